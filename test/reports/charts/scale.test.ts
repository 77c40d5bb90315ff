import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { percentOf, spanWords } from "../../../src/reports/charts/caption.ts";
import { brief, digits, scale, ticks } from "../../../src/reports/charts/scale.ts";
import { fitting, widthOf } from "../../../src/reports/charts/svg.ts";
import { timeTicks } from "../../../src/reports/charts/time-ticks.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (...parts: [number, number, number?, number?]) => Date.UTC(...parts);
const labels = (fromMs: number, toMs: number, count = 6) => timeTicks(fromMs, toMs, count).map(({ label }) => label);

describe("Ticks", () => {
  test("are round numbers in steps of 1, 2, 2.5 or 5", () => {
    expect(ticks(0, 10, 5)).toEqual({ values: [0, 2, 4, 6, 8, 10], decimals: 0 });
    expect(ticks(54_766, 58_000, 6).values).toEqual([55_000, 56_000, 57_000, 58_000]);
    expect(ticks(0.612, 0.675, 6)).toEqual({ values: [0.62, 0.64, 0.66], decimals: 2 });
    expect(ticks(-3, 3, 5).values).toEqual([-2, 0, 2]);
    expect(ticks(5, 5, 5).values).toEqual([]);
  });

  test("lie inside of their range, ascend, and are never many", () => {
    const range = fc.tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 1e9, noNaN: true }));
    fc.assert(
      fc.property(range, fc.integer({ min: 2, max: 10 }), ([low, extent], count) => {
        const { values } = ticks(low, low + extent, count);
        expect(values.length).toBeLessThanOrEqual(count + 1);
        for (const [index, value] of values.entries()) {
          expect(value).toBeGreaterThanOrEqual(low - extent * 1e-3);
          expect(value).toBeLessThanOrEqual(low + extent * 1.001);
          if (index > 0) expect(value).toBeGreaterThan(values[index - 1]!);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("of time are round times of a day, dates at midnight, months and years over longer spans", () => {
    expect(labels(at(2021, 4, 11, 8), at(2021, 4, 12, 14))).toEqual(["12:00", "18:00", "12 May", "06:00", "12:00"]);
    expect(labels(at(2021, 4, 11, 8), at(2021, 4, 11, 8) + HOUR)).toEqual(["08:00", "08:10", "08:20", "08:30", "08:40", "08:50", "09:00"]);
    expect(labels(at(2021, 0, 1), at(2022, 1, 1), 5)).toEqual(["2021", "Apr", "Jul", "Oct", "2022"]);
    expect(labels(at(2019, 0, 1), at(2023, 5, 1), 5)).toEqual(["2019", "2020", "2021", "2022", "2023"]);
    expect(timeTicks(at(2021, 4, 1), at(2021, 4, 1) + 60 * DAY, 6).every(({ atMs }) => new Date(atMs).getUTCDay() === 1)).toBe(true);
    expect(labels(5, 5)).toEqual([]);
  });
});

describe("Numbers", () => {
  test("are grouped, and what rounds to nothing has no sign", () => {
    expect([digits(1_234_567.891, 2), digits(-0.001, 2), digits(-1234, 0)]).toEqual(["1,234,567.89", "0.00", "-1,234"]);
  });

  test("are brief without losing their size", () => {
    expect([0, 0.0523, 7, 830, 999.9, 12_345, 4_100_000, 1.87e9, 2e13].map(brief)).toEqual([
      "0",
      "0.0523",
      "7",
      "830",
      "1k",
      "12.3k",
      "4.1M",
      "1.87B",
      "20T",
    ]);
  });

  test("as a change carry their sign, and none where nothing moved", () => {
    expect([percentOf(110, 100), percentOf(99.9999, 100), percentOf(50, 0), percentOf(400, 100)]).toEqual([
      "+10.00%",
      "0.00%",
      "0.00%",
      "+300%",
    ]);
  });

  test("have a place even where all are the same", () => {
    expect(scale(5, 5, 0, 100)(5)).toBe(50);
  });
});

test("A span names one day once", () => {
  expect(spanWords(at(2021, 4, 19, 10), at(2021, 4, 19, 12))).toBe("2021-05-19 10:00 to 12:00 UTC");
  expect(spanWords(at(2021, 4, 19, 10), at(2021, 4, 20, 12))).toBe("2021-05-19 10:00 to 2021-05-20 12:00 UTC");
});

test("A text that is too wide ends in a mark", () => {
  expect(fitting("BTC/USDT", 200)).toBe("BTC/USDT");
  const cut = fitting("A market with a very long name indeed", 100);
  expect(cut).toMatch(/…$/);
  expect(widthOf(cut)).toBeLessThanOrEqual(100);
});
