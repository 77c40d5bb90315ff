import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type MessagePort, parentPort } from "node:worker_threads";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import type { FromPainter, PaintRequest } from "./protocol.ts";

/** Two points of the picture for one unit of the drawing: sharp on a phone. */
const ZOOM = 2;
const FAMILY = "Inter";
const LIBRARY = "@resvg/resvg-wasm/index_bg.wasm";
const FONTS = ["400Regular/Inter_400Regular.ttf", "600SemiBold/Inter_600SemiBold.ttf"].map((file) => `@expo-google-fonts/inter/${file}`);
/** Without its font the library draws no letter and says nothing. */
const PROBE = `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20" font-family="${FAMILY}"><text x="2" y="16" font-size="16" fill="#fff">0123</text></svg>`;
const LIT_MIN = 50;
const LIT = 128;

/** The drawing thread: one picture after another, each freed before the next. */
class Drawer {
  readonly #fonts = FONTS.map((file) => new Uint8Array(readFileSync(pathOf(file))));

  png(svg: string): Uint8Array {
    return this.#drawn(svg, ZOOM, (image) => image.asPng());
  }

  /** How many points of the probe are lit. */
  litPoints(): number {
    return this.#drawn(PROBE, 1, ({ pixels }) => pixels.filter((value, index) => index % 4 === 3 && value > LIT).length);
  }

  #drawn<T>(svg: string, zoom: number, take: (image: ReturnType<InstanceType<typeof Resvg>["render"]>) => T): T {
    const font = { fontBuffers: this.#fonts, defaultFontFamily: FAMILY };
    const drawing = new Resvg(svg, { fitTo: { mode: "zoom", value: zoom }, font });
    try {
      const image = drawing.render();
      try {
        return take(image);
      } finally {
        image.free();
      }
    } finally {
      drawing.free();
    }
  }
}

function pathOf(file: string): string {
  return fileURLToPath(import.meta.resolve(file));
}

async function start(port: MessagePort): Promise<void> {
  const post = (message: FromPainter, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved);
  try {
    await initWasm(readFileSync(pathOf(LIBRARY)));
    const drawer = new Drawer();
    if (drawer.litPoints() < LIT_MIN) throw new Error("the font is not drawn");
    port.on("message", ({ id, svg }: PaintRequest) => {
      try {
        const png = new Uint8Array(drawer.png(svg));
        post({ kind: "painted", id, png }, [png.buffer]);
      } catch (error) {
        post({ kind: "refused", id, problem: wordsOf(error) });
      }
    });
    post({ kind: "ready" });
  } catch (error) {
    post({ kind: "unfit", problem: wordsOf(error) });
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (parentPort) void start(parentPort);
