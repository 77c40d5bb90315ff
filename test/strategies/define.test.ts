import { describe, expect, test } from "vitest";
import { hold } from "../../src/domain/signal.ts";
import { SlotPast } from "../../src/engine/past.ts";
import { bollinger } from "../../src/indicators/bollinger.ts";
import { ema } from "../../src/indicators/ema.ts";
import { apart, closeOf, crossedAbove, crossedBelow, defineStrategy, level, period, rounded } from "../../src/strategies/define.ts";

const reading = (before: number, now: number) => ({ before, now });

describe("a crossing", () => {
  test.each([
    { a: reading(1, 3), above: true, below: false },
    { a: reading(2, 3), above: true, below: false },
    { a: reading(3, 4), above: false, below: false },
    { a: reading(1, 2), above: false, below: false },
    { a: reading(2, 2), above: false, below: false },
    { a: reading(3, 1), above: false, below: true },
    { a: reading(2, 1), above: false, below: true },
    { a: reading(Number.NaN, 3), above: false, below: false },
    { a: reading(1, Number.NaN), above: false, below: false },
  ])("of the level 2 from $a.before to $a.now is above: $above, below: $below", ({ a, above, below }) => {
    expect(crossedAbove(a, level(2))).toBe(above);
    expect(crossedBelow(a, level(2))).toBe(below);
    expect(crossedBelow(level(2), a)).toBe(above);
  });
});

describe("numbers in reasons", () => {
  test("have six significant digits at any price level", () => {
    expect(rounded(42_150.237)).toBe("42,150.2");
    expect(rounded(0.000_012_345_678)).toBe("0.0000123457");
    expect(rounded(30)).toBe("30");
  });

  test("get as many digits as it takes to tell two of them apart", () => {
    expect(apart(42_150.2, 42_148.9)).toEqual(["42,150.2", "42,148.9"]);
    expect(apart(42_150.237, 42_150.231)).toEqual(["42,150.24", "42,150.23"]);
    expect(apart(30.04, 30, 3)).toEqual(["30.04", "30"]);
    expect(apart(7, 7)).toEqual(["7", "7"]);
  });
});

test("the close of a feed's first candle has nothing before it", () => {
  const candle = { openTimeMs: 0, open: 1, high: 1, low: 1, close: 1, volume: 0, missingMinutes: 0 };
  expect(closeOf({ candle, previous: undefined })).toEqual({ now: 1, before: Number.NaN });
  expect(closeOf({ candle, previous: { ...candle, close: 2 } })).toEqual({ now: 1, before: 2 });
});

test("a strategy's parameters and lines are typed by what it declares", () => {
  const strategy = defineStrategy({
    summary: "Reads what it declared",
    params: { length: period(3).describe("Candles") },
    indicators: ({ length }) => ({ average: ema(length), band: bollinger(length, 1) }),
    decide: ({ values, params }) => {
      // @ts-expect-error a single line is called value
      const wrongLine = values.average.upper;
      // @ts-expect-error it declared no such indicator
      const wrongIndicator = values.rsi;
      // @ts-expect-error it has no such parameter
      const wrongParam = params.period;
      const known: number = values.band.upper.now + values.average.value.before + params.length;
      return { ...hold, reason: `${known} ${wrongLine} ${wrongIndicator} ${wrongParam}` };
    },
  });
  const one = reading(1, 1);
  const candle = { openTimeMs: 0, open: 1, high: 1, low: 1, close: 1, volume: 0, missingMinutes: 0 };
  const position = { flat: true, long: false, entryPrice: undefined, barsHeld: 0 };
  const values = { average: { value: one }, band: { upper: one, middle: one, lower: one } };
  const signal = strategy.decide({ candle, previous: undefined, values, position, params: { length: 3 }, past: new SlotPast(new Map()) });
  expect(signal).toEqual({ kind: "hold", reason: "5 undefined undefined undefined" });
});
