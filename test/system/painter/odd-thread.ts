import { parentPort } from "node:worker_threads";
import type { FromPainter, PaintRequest } from "../../../src/system/painter/protocol.ts";

/** A drawing thread that does what the picture says. */
const tried = new Set<string>();
const post = (message: FromPainter) => parentPort?.postMessage(message);

parentPort?.on("message", ({ id, svg }: PaintRequest) => {
  if (svg === "die") process.exit(1);
  if (svg === "hang") for (;;) Math.sqrt(2);
  if (svg === "first time fails" && !tried.has(svg)) {
    tried.add(svg);
    post({ kind: "refused", id, problem: "not now" });
  } else post({ kind: "painted", id, png: new TextEncoder().encode(`drawn ${svg}`) });
});
post({ kind: "ready" });
