import { deflateSync } from "node:zlib";
import type { Painted, Painter, Picture } from "../../src/ports/picture.ts";

/** A PNG whose header says so many points; what it shows does not matter. */
export function pngOf(width: number, height: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const chunk = (type: string, data: Buffer) => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(data.length);
    // No counterpart looks at checksums.
    return Buffer.concat([size, Buffer.from(type), data, Buffer.alloc(4)]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.alloc(height * (width + 1)))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

export const PICTURE: Picture = {
  name: "btc-usdt-15m",
  svg: "<svg/>",
  alt: "BTC/USDT, 120 candles of 15m: from 100.00 to 101.00 USDT (+1.00%).",
  course: [1, 2, 3, 4],
};

/** Paints what a test says, and remembers what it was asked for. */
export class FakePainter implements Painter {
  readonly asked: Picture[] = [];
  outcome: Painted = { png: pngOf(64, 48) };

  paint(picture: Picture): Promise<Painted> {
    this.asked.push(picture);
    return Promise.resolve(this.outcome);
  }

  async close(): Promise<void> {}
}
