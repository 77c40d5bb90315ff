import { describe, expect, test } from "vitest";
import { levels } from "../../src/analysis/levels.ts";
import { change, strength, strengthVote } from "../../src/analysis/momentum.ts";
import { pattern } from "../../src/analysis/patterns.ts";
import { averageRanges } from "../../src/analysis/range.ts";
import { trend } from "../../src/analysis/trend.ts";
import { volatility } from "../../src/analysis/volatility.ts";
import { buyingShare, volume } from "../../src/analysis/volume.ts";
import type { Candle } from "../../src/domain/candle.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { minutesAt, path, START_MS } from "./made.ts";

const rising = minutesAt(path(80, (index) => 100 + index));
const falling = minutesAt(path(80, (index) => 300 - index));
const flat = minutesAt(path(80, () => 100));
const rangeOf = (candles: readonly Candle[]) => averageRanges(candles).at(-1);

describe("the trend", () => {
  test("is the distance of the averages in average ranges, up in a rise and down in a fall", () => {
    // An average of n closes that rise by 1 a candle lags by (n - 1) / 2: 9.5 behind for 20, 24.5 for 50; the range is 1.
    expect(trend(rising, rangeOf(rising))).toMatchObject({ text: "+15.00 ATR", vote: 1 });
    expect(trend(rising, rangeOf(rising)).value).toBeCloseTo(15, 9);
    expect(trend(falling, rangeOf(falling))).toMatchObject({ text: "-15.00 ATR", vote: -1 });
  });

  test("of a price that does not move is none, and is known", () => {
    expect(trend(flat, rangeOf(flat))).toMatchObject({ value: 0, vote: 0, text: "0.00 ATR" });
    expect(trend(flat, 0).meaning).toContain("there is no trend");
  });

  test("needs 50 candles and says how many there are", () => {
    expect(trend(rising.slice(0, 49), 1)).toMatchObject({ value: undefined, vote: undefined, text: "-" });
    expect(trend(rising.slice(0, 49), 1).meaning).toBe("It needs 50 closed candles, and there are 49.");
    expect(trend(rising.slice(0, 50), 1).value).toBeDefined();
  });
});

describe("momentum", () => {
  test.each([
    [0, 1],
    [20, 0],
    [25, -0.5],
    [30, -1],
    [50, 0],
    [60, 0.5],
    [70, 1],
    [80, 0],
    [100, -1],
  ])("an RSI of %d votes %d: with the move between 30 and 70, against it beyond", (value, vote) => {
    expect(strengthVote(value)).toBeCloseTo(vote, 12);
  });

  test("of gains alone is overbought, of losses alone oversold", () => {
    expect(strength(rising)).toMatchObject({ value: 100, text: "100.0", vote: -1 });
    expect(strength(falling)).toMatchObject({ value: 0, text: "0.0", vote: 1 });
    expect(strength(falling).meaning).toContain("oversold");
  });

  test("without movement is unknown and not oversold, also long after the last move", () => {
    expect(strength(flat)).toMatchObject({ value: undefined, vote: undefined });
    const still = minutesAt([...path(20, (index) => 100 + index), ...path(400, () => 119)]);
    expect(strength(still)).toMatchObject({ value: undefined, vote: undefined });
  });

  test("the change is that of the close over ten candles", () => {
    expect(change(minutesAt(path(11, (index) => (index === 10 ? 103 : 100))))).toMatchObject({ text: "+3.00%", vote: undefined });
    expect(change(flat)).toMatchObject({ value: 0, text: "0.00%" });
    expect(change(flat.slice(0, 10)).value).toBeUndefined();
  });
});

describe("volatility", () => {
  test("is the average range in percent of the price, against its own past", () => {
    const calmThenWild = minutesAt(path(200, (index) => 1_000 + (index % 2) * (index < 170 ? 1 : 20)));
    const { figure, ratio } = volatility(calmThenWild, averageRanges(calmThenWild));
    expect(ratio).toBeGreaterThan(10);
    expect(figure.meaning).toContain("wild");
    expect(figure.vote).toBeUndefined();
  });

  test("of flat prices is zero and compares with nothing", () => {
    expect(volatility(flat, averageRanges(flat))).toMatchObject({
      figure: { value: 0, meaning: "The price has not moved." },
      ratio: undefined,
    });
    expect(volatility([], [])).toMatchObject({ figure: { value: undefined }, ratio: undefined });
  });
});

describe("volume", () => {
  test("is compared with the median of the twenty candles before", () => {
    expect(
      volume(
        minutesAt(
          path(30, () => 100),
          (index) => (index === 29 ? 6 : 2),
        ),
      ),
    ).toMatchObject({ value: 3, text: "3.00 x" });
    // One giant among the twenty does not make the newest candle look quiet.
    expect(
      volume(
        minutesAt(
          path(30, () => 100),
          (index) => (index === 20 ? 9_999 : 2),
        ),
      ),
    ).toMatchObject({ value: 1 });
  });

  test("that nobody reports is unknown", () => {
    const silent = minutesAt(
      path(30, (index) => 100 + index),
      () => 0,
    );
    expect(volume(silent)).toMatchObject({ value: undefined, text: "-" });
    expect(buyingShare(silent)).toMatchObject({ value: undefined, vote: undefined });
    expect(buyingShare(flat)).toMatchObject({ value: undefined });
  });

  test("in rising candles is the buying share", () => {
    const closes = path(21, (index) => 100 + (index % 2));
    expect(buyingShare(minutesAt(closes, (index) => (index % 2 === 1 ? 3 : 1)))).toMatchObject({ value: 0.75, text: "75%", vote: 1 });
    expect(buyingShare(minutesAt(closes))).toMatchObject({ value: 0.5, vote: 0 });
  });
});

describe("levels", () => {
  // Swings between 90 and 110, ending at 97 on the way up.
  const swings = minutesAt(path(120, (index) => 100 + 10 * Math.sin((index * Math.PI) / 10)));

  test("are the prices at which the market turned, with how often", () => {
    const { support, resistance } = levels(swings, 1);
    expect(support!.price).toBeCloseTo(90, 0);
    expect(resistance!.price).toBeCloseTo(110, 0);
    expect(resistance!.touches).toBeGreaterThanOrEqual(5);
    expect(levels(swings, 1).figures[2]).toMatchObject({ name: "Room", vote: expect.any(Number) });
    expect(levels(swings, 1).figures[2].vote).toBeGreaterThan(0);
  });

  // The candle after a close opens there, so that each peak stands twice and the later one counts.
  test("turn only in hindsight: an extreme counts once three candles have confirmed it", () => {
    const peak = [...path(40, (index) => 100 + index), 150, 130, 129, 128];
    expect(levels(minutesAt(peak), 1).resistance).toBeUndefined();
    expect(levels(minutesAt([...peak, 127]), 1).resistance).toEqual({ price: 150, touches: 1 });
  });

  test("are not there in a price that never turned, and room is unknown then", () => {
    for (const candles of [rising, flat]) {
      const { support, resistance, figures } = levels(candles, rangeOf(candles));
      expect([support, resistance, figures[2].value]).toEqual([undefined, undefined, undefined]);
    }
  });
});

describe("candle patterns", () => {
  const bars = (...rows: readonly (readonly [open: number, high: number, low: number, close: number])[]): Candle[] =>
    rows.map(([open, high, low, close], index) => ({ openTimeMs: START_MS + index * MINUTE_MS, open, high, low, close, volume: 1 }));
  const plainBar = [100, 101, 99, 100] as const;

  test.each([
    ["three white soldiers", 1, bars([100, 106, 99, 105], [103, 111, 102, 110], [108, 116, 107, 115])],
    ["three black crows", -1, bars([115, 116, 109, 110], [112, 113, 104, 105], [107, 108, 99, 100])],
    ["bullish engulfing", 1, bars(plainBar, [105, 106, 99, 100], [99, 108, 98, 107])],
    ["bearish engulfing", -1, bars(plainBar, [100, 106, 99, 105], [106, 107, 97, 98])],
    ["bullish harami", 1, bars(plainBar, [110, 111, 99, 100], [102, 105, 101, 104])],
    ["bearish harami", -1, bars(plainBar, [100, 111, 99, 110], [108, 109, 104, 105])],
    ["none", 0, bars(plainBar, plainBar, plainBar)],
  ])("%s is told and votes %d", (name, vote, candles) => {
    const before = structuredClone(candles);
    expect(pattern(candles, MINUTE_MS)).toMatchObject({ text: name, vote, value: vote });
    expect(candles).toEqual(before);
  });

  test("are not looked for across a gap", () => {
    const [first, second, third] = bars([100, 106, 99, 105], [103, 111, 102, 110], [108, 116, 107, 115]);
    const late = { ...third!, openTimeMs: third!.openTimeMs + MINUTE_MS };
    expect(pattern([first!, second!, late], MINUTE_MS)).toMatchObject({ value: undefined, vote: undefined });
  });
});
