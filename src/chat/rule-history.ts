import { settlingMs } from "../domain/indicator.ts";
import { createKernel } from "../indicators/registry.ts";
import type { Rule } from "../rules/plan.ts";

/** How much history lets a rule say at `candles` closed candles what it would say had it run all along. */
export function historyMs({ specs, warmup }: Rule, candleMs: number, candles: number): number {
  const settling = specs.map((spec) => settlingMs(createKernel(spec), candleMs));
  // The newest candle may still form, and the first one may be cut by where the reading begins.
  return (candles + warmup + 2) * candleMs + Math.max(0, ...settling);
}
