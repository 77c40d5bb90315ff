import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Candle } from "../../src/domain/candle.ts";
import type { IndicatorSpec } from "../../src/domain/signal.ts";
import { createKernel } from "../../src/indicators/registry.ts";

export const CHECKED_FILE = join(import.meta.dirname, "../fixtures/indicators/checked.json");
export const GOLDEN_FILE = join(import.meta.dirname, "../fixtures/indicators/golden.json");

/** What may be off: so much of what the numbers are made of. TA-Lib's own running sums drift by up to a tenth of it. */
interface Tolerance {
  readonly share: number;
  /** Of the close, of 100 (or of the number, when it is larger), or of 1. */
  readonly of: "close" | "hundred" | "one";
}

const OF_PRICE: Tolerance = { share: 1e-12, of: "close" };
const OF_INDEX: Tolerance = { share: 1e-9, of: "hundred" };
const TOLERANCES: Readonly<Record<string, Tolerance>> = {
  adx: OF_INDEX,
  // Volumes span orders of magnitude, and TA-Lib's running sum keeps what a large one leaves in it.
  avgvolume: { share: 1e-10, of: "hundred" },
  // A price less an average that is nearly equal, over a distance that may be small: what rounding leaves is magnified.
  cci: { share: 1e-8, of: "hundred" },
  mfi: OF_INDEX,
  obv: { share: 1e-12, of: "hundred" },
  roc: { share: 1e-12, of: "hundred" },
  rsi: OF_INDEX,
  // A difference of roots of nearly equal logarithms.
  spread: { share: 1e-12, of: "one" },
  stochastic: OF_INDEX,
  zscore: { share: 1e-9, of: "one" },
};

/** The indicators, with their numbers, that are compared with TA-Lib. */
export function checkedSpecs(): readonly IndicatorSpec[] {
  return JSON.parse(readFileSync(CHECKED_FILE, "utf8")) as IndicatorSpec[];
}

/** Where one indicator's lines first differ from what was expected, in a sentence; undefined where they are the same. NaN is expected exactly where it is. */
export function firstDifference(
  spec: IndicatorSpec,
  candles: readonly Candle[],
  expected: readonly (readonly number[] | Float64Array)[],
): string | undefined {
  const kernel = createKernel(spec);
  if (kernel.lines.length !== expected.length) return `${spec.name} has ${kernel.lines.length} lines, expected ${expected.length}`;
  const { share, of } = TOLERANCES[spec.name] ?? OF_PRICE;
  for (const [index, candle] of candles.entries()) {
    kernel.push(candle);
    for (const [line, values] of expected.entries()) {
      const [found, wanted] = [kernel.at(line), values[index] ?? Number.NaN];
      const scale = of === "close" ? candle.close : of === "one" ? 1 : Math.max(100, Math.abs(wanted));
      const same = Number.isNaN(wanted) ? Number.isNaN(found) : Math.abs(found - wanted) <= share * scale;
      if (!same)
        return `${spec.name} ${JSON.stringify(spec.params)} .${kernel.lines[line]} at candle ${index}: ${found}, expected ${wanted}`;
    }
  }
  return undefined;
}
