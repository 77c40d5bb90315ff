import { afterEach, describe, expect, test, vi } from "vitest";
import type { Logger } from "../../src/ports/logger.ts";
import type { Painter, Picture } from "../../src/ports/picture.ts";
import { candleChart } from "../../src/reports/charts/candle-chart.ts";
import { openPainter, PAINT_MAX_MS, PICTURES_WAITING_MAX, SVG_CHARACTERS_MAX } from "../../src/system/painter.ts";
import { FakeClock } from "../kit/fake-clock.ts";

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};
const SOUND = new URL("painter/odd-thread.ts", import.meta.url);
const UNFIT = new URL("painter/unfit-thread.ts", import.meta.url);

const opened: Painter[] = [];
afterEach(async () => {
  for (const painter of opened.splice(0)) await painter.close();
});

function painterOn(thread?: URL) {
  const clock = new FakeClock();
  const painter = openPainter({ clock, logger: silent, ...(thread === undefined ? {} : { thread }) });
  opened.push(painter);
  return { painter, clock };
}

const pictureOf = (svg: string): Picture => ({ name: "chart", svg, alt: "words", course: [] });
const textIn = (painted: Awaited<ReturnType<Painter["paint"]>>) =>
  "png" in painted ? Buffer.from(painted.png).toString() : `problem: ${painted.problem}`;

describe("The painter", () => {
  test("draws a chart with its letters, the same bytes each time", async () => {
    const candles = [{ openTimeMs: 0, open: 1, high: 3, low: 1, close: 2, volume: 1 }];
    const chart = candleChart({ symbol: "BTC/USDT", timeframe: "1m", quote: "USDT", market: "m", candles });
    const { painter } = painterOn();
    const first = await painter.paint(chart);
    const lettered = await painter.paint({ ...chart, svg: chart.svg.replace("BTC/USDT", "ETH/USDT") });
    const again = await painterOn().painter.paint(chart);
    if (!("png" in first && "png" in lettered && "png" in again)) throw new Error(`not drawn: ${JSON.stringify([first, lettered, again])}`);
    const header = Buffer.from(first.png).subarray(0, 24);
    expect([header.readUInt32BE(0), header.readUInt32BE(16), header.readUInt32BE(20)]).toEqual([0x89504e47, 1_120, 840]);
    expect(Buffer.compare(Buffer.from(first.png), Buffer.from(again.png))).toBe(0);
    // A library without its font would draw both alike.
    expect(Buffer.compare(Buffer.from(first.png), Buffer.from(lettered.png))).not.toBe(0);
    const broken = await painter.paint(pictureOf("<svg"));
    expect(broken).toMatchObject({ problem: expect.any(String) });
  });

  test("goes on after a picture that took its thread down", async () => {
    const { painter } = painterOn(SOUND);
    const outcomes = await Promise.all([painter.paint(pictureOf("die")), painter.paint(pictureOf("after"))]);
    expect(outcomes.map(textIn)).toEqual(["problem: its thread ended", "drawn after"]);
  });

  test("gives up a picture that takes too long, and draws the next one on a new thread", async () => {
    const { painter, clock } = painterOn(SOUND);
    await painter.paint(pictureOf("one before, so that the thread is at work"));
    const stuck = painter.paint(pictureOf("hang"));
    await clock.advance(PAINT_MAX_MS);
    expect(textIn(await stuck)).toBe("problem: it took too long");
    expect(textIn(await painter.paint(pictureOf("next")))).toBe("drawn next");
    expect(clock.sleeping).toBe(0);
  });

  test("refuses one more than may wait, and what is far too large, at once", async () => {
    const { painter } = painterOn(SOUND);
    const waiting = Array.from({ length: PICTURES_WAITING_MAX }, (_, index) => painter.paint(pictureOf(`p${index}`)));
    expect(textIn(await painter.paint(pictureOf("one more")))).toBe("problem: too many others are being drawn");
    expect(textIn(await painter.paint(pictureOf("x".repeat(SVG_CHARACTERS_MAX + 1))))).toBe("problem: it is too large");
    expect((await Promise.all(waiting)).map(textIn)).toEqual(waiting.map((_, index) => `drawn p${index}`));
  });

  test("draws equal pictures once, and one that failed again", async () => {
    const { painter } = painterOn(SOUND);
    const drawn = await Promise.all([painter.paint(pictureOf("count")), painter.paint(pictureOf("count"))]);
    expect(drawn.map(textIn)).toEqual(["drawn count", "drawn count"]);
    expect(textIn(await painter.paint(pictureOf("first time fails")))).toBe("problem: not now");
    expect(textIn(await painter.paint(pictureOf("first time fails")))).toBe("drawn first time fails");
  });

  test("says for each picture that this installation cannot draw, without trying for ever", async () => {
    const { painter } = painterOn(UNFIT);
    expect(textIn(await painter.paint(pictureOf("a")))).toBe("problem: this installation cannot draw: no font");
    expect(textIn(await painter.paint(pictureOf("b")))).toBe("problem: this installation cannot draw: no font");
  });

  test("lets go of everything when the desk stops", async () => {
    const { painter, clock } = painterOn(SOUND);
    const waiting = painter.paint(pictureOf("hang"));
    await painter.close();
    expect(textIn(await waiting)).toBe("problem: the desk stops");
    expect(textIn(await painter.paint(pictureOf("late")))).toBe("problem: the desk stops");
    await vi.waitFor(() => expect(clock.sleeping).toBe(0));
  });
});
