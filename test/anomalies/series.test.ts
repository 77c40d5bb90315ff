import { describe, expect, test } from "vitest";
import type { SeriesTerms } from "../../src/anomalies/defaults.ts";
import { WatchedCount, WatchedSeries } from "../../src/anomalies/series.ts";

const TERMS: SeriesTerms = { window: 50, samplesMin: 10, spreads: 10, distanceMin: 5, spreadMin: 0.1, side: "both" };

function fed(terms: SeriesTerms, count: number): WatchedSeries {
  const series = new WatchedSeries(terms);
  for (let index = 0; index < count; index += 1) expect(series.push(index % 3)).toBeUndefined();
  return series;
}

describe("A value is unusual", () => {
  test("when it is so many spreads away, and the finding holds every number behind that", () => {
    const found = fed(TERMS, 30).push(100);
    expect(found).toEqual({ value: 100, usual: 1, spread: 1.4826, limit: expect.closeTo(14.826, 9), samples: 30 });
  });

  test("on either side, or above only where that is meant", () => {
    expect(fed(TERMS, 30).judge(-100)).toBeDefined();
    expect(fed({ ...TERMS, side: "above" }, 30).judge(-100)).toBeUndefined();
  });

  test("never while too few are known, and never when it is no number", () => {
    expect(fed(TERMS, 9).push(1e9)).toBeUndefined();
    expect(fed(TERMS, 30).push(Number.NaN)).toBeUndefined();
  });

  test("never when it is nearer than what is worth telling, however still it was before", () => {
    const still = new WatchedSeries(TERMS);
    for (let index = 0; index < 30; index += 1) still.push(1);
    expect(still.judge(5.9)).toBeUndefined();
    expect(still.judge(6)).toBeDefined();
  });
});

test("a count is judged within its hour, and hours without anything count", () => {
  const count = new WatchedCount({ ...TERMS, side: "above", spreadMin: 1, distanceMin: 20 });
  for (let hour = 0; hour < 40; hour += 4) expect(count.push(hour)).toBeUndefined();
  const found = Array.from({ length: 21 }, () => count.push(40)).filter((each) => each !== undefined);
  expect(found).toHaveLength(2);
  expect(found[0]).toMatchObject({ value: 20, usual: 0, limit: 20 });
});

test("a pause of years costs no more than a window of hours", () => {
  const count = new WatchedCount(TERMS);
  count.push(0);
  expect(count.push(10_000_000)).toBeUndefined();
});
