import { expect, test } from "vitest";
import { EquityCurve } from "../../src/backtest/curve.ts";
import { decimal, plain } from "../../src/domain/money.ts";

const HOUR_MS = 3_600_000;

/** A curve of one mark an hour. */
function curveOf(...equities: readonly number[]): EquityCurve {
  const points = equities.map((equity, hour) => ({ atMs: hour * HOUR_MS, equity: decimal(equity), held: decimal(100) }));
  const [begun, ...later] = points;
  if (!begun) throw new Error("a curve begins somewhere");
  const curve = new EquityCurve(begun, later.length);
  for (const point of later) curve.see(point);
  return curve;
}

test("the longest time below a peak ends when the peak is reached again, and lasts until the end where it is not", () => {
  expect(curveOf(100, 90, 95, 100, 110).belowPeakMs).toBe(3 * HOUR_MS);
  expect(curveOf(100, 90, 101, 100, 99, 98).belowPeakMs).toBe(3 * HOUR_MS);
  expect(curveOf(100, 110, 120).belowPeakMs).toBe(0);
});

test("the deepest fall is measured from the highest equity before it", () => {
  expect(plain(curveOf(100, 200, 150, 180, 160, 210).drawdown)).toBe("0.25");
});
