import fc from "fast-check";
import { expect, test } from "vitest";
import { RobustWindow } from "../../src/anomalies/robust.ts";

const VALUES = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

test("median and spread are those that the definition gives over the newest values, whatever came before", () => {
  fc.assert(
    fc.property(VALUES, fc.integer({ min: 1, max: 12 }), (values, capacity) => {
      const window = new RobustWindow(capacity);
      for (const [index, value] of values.entries()) {
        window.push(value);
        const kept = values.slice(Math.max(0, index + 1 - capacity), index + 1);
        const median = medianOf(kept);
        expect(window.count).toBe(kept.length);
        expect(window.median()).toBeCloseTo(median, 6);
        expect(window.spread()).toBeCloseTo(medianOf(kept.map((each) => Math.abs(each - median))) * 1.4826, 4);
      }
    }),
    { numRuns: 150, seed: 11 },
  );
});

test("what is no number is not taken", () => {
  const window = new RobustWindow(3);
  for (const value of [1, Number.NaN, Number.POSITIVE_INFINITY, 3]) window.push(value);
  expect(window.count).toBe(2);
  expect(window.median()).toBe(2);
});

test("half of all values may be wild without moving it", () => {
  const window = new RobustWindow(101);
  for (let index = 0; index < 51; index += 1) window.push(10 + (index % 3));
  for (let index = 0; index < 50; index += 1) window.push(1e9);
  expect(window.median()).toBeLessThanOrEqual(12);
});
