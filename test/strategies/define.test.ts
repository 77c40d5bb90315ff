import { describe, expect, test } from "vitest";
import { hold } from "../../src/domain/signal.ts";
import { SlotPast } from "../../src/engine/past.ts";
import { bollinger } from "../../src/indicators/bollinger.ts";
import { ema } from "../../src/indicators/ema.ts";
import { apart, defineStrategy, period, rounded } from "../../src/strategies/define.ts";

describe("numbers in reasons", () => {
  test("have six significant digits at any price level", () => {
    expect(rounded(42_150.237)).toBe("42,150.2");
    expect(rounded(0.000_012_345_678)).toBe("0.0000123457");
    expect(rounded(30)).toBe("30");
  });

  test("get as many digits as it takes to tell two of them apart", () => {
    expect(apart(42_150.2, 42_148.9)).toEqual(["42,150.2", "42,148.9"]);
    expect(apart(42_150.237, 42_150.231)).toEqual(["42,150.24", "42,150.23"]);
    expect(apart(7, 7)).toEqual(["7", "7"]);
  });
});

test("a strategy's parameters and lines are typed by what it declares", () => {
  const strategy = defineStrategy({
    summary: "Reads what it declared",
    params: { length: period(3).describe("Candles") },
    indicators: ({ length }) => ({ average: ema(length), band: bollinger(length, 1) }),
    decide: ({ values }, params) => {
      // @ts-expect-error a single line is called value
      const wrongLine = values.average.upper;
      // @ts-expect-error it declared no such indicator
      const wrongIndicator = values.rsi;
      // @ts-expect-error it has no such parameter
      const wrongParam = params.period;
      const known: number = values.band.upper.now + values.average.value.before + params.length;
      return { ...hold, reason: `${known} ${wrongLine} ${wrongIndicator} ${wrongParam}` };
    },
  })("story");
  const one = { now: 1, before: 1 };
  const candle = { openTimeMs: 0, open: 1, high: 1, low: 1, close: 1, volume: 0, missingMinutes: 0 };
  const position = { flat: true, long: false, entryPrice: undefined, barsHeld: 0, barsSinceEntry: 0, parts: [] };
  const values = { average: { value: one }, band: { upper: one, middle: one, lower: one } };
  const signal = strategy.decider({ length: 3 }).decide({ candle, previous: undefined, values, position, past: new SlotPast(new Map()) });
  expect(signal).toEqual({ kind: "hold", reason: "5 undefined undefined undefined" });
});
