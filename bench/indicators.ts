import type { Kernel } from "../src/domain/indicator.ts";
import type { IndicatorSpec } from "../src/domain/signal.ts";
import { MINUTE_MS } from "../src/domain/time.ts";
import { createKernel } from "../src/indicators/registry.ts";
import { exampleOf, FUNCTIONS, type RuleFunction } from "../src/rules/functions.ts";
import type { Figures } from "./kit/figures.ts";

const CANDLES = 4_096;
const ROUNDS = 300;
const WARM_ROUNDS = 30;

const MADE = Array.from({ length: CANDLES }, (_, index) => {
  const close = 100 + 10 * Math.sin(index / 61) + Math.sin(index * 1.7);
  const wick = 0.2 + (index % 7) / 10;
  return { openTimeMs: index * MINUTE_MS, open: close - wick / 3, high: close + wick, low: close - wick, close, volume: 1 + (index % 5) };
});

/**
 * What a candle costs in each kernel, one output read, and how many times that is what a plain loop over the same candles costs. All kernels go through
 * one call, as they do on a feed, and through it before the clock runs: what is measured first has no advantage.
 */
export default async function indicators(figures: Figures): Promise<void> {
  let total = 0;
  for (const known of FUNCTIONS) total += advanced(createKernel(specOf(known)));
  const loopNs = bestNs(() => {
    total += summed();
  });
  figures.time("plain loop over candles, per candle", loopNs / 1e6);
  for (const known of FUNCTIONS) {
    const kernel = createKernel(specOf(known));
    const ns = bestNs(() => {
      total += advanced(kernel);
    });
    const name = exampleOf(known).replace(/\.[a-z]+$/, "");
    figures.time(`${name}, per candle`, ns / 1e6);
    figures.ratio(`${name} over a plain loop`, ns / loopNs);
  }
  if (total === 0) throw new Error("the kernels did nothing");
}

function specOf({ name, params }: RuleFunction): IndicatorSpec {
  return { name, params: Object.fromEntries(params.map((param) => [param.name, param.example])) };
}

function summed(): number {
  let sum = 0;
  for (const { high, low, close, volume } of MADE) sum += (high - low) * volume + close;
  return sum;
}

function advanced(kernel: Kernel): number {
  let sum = 0;
  for (const candle of MADE) {
    kernel.push(candle);
    const value = kernel.at(0);
    if (value > 0) sum += value;
  }
  return sum;
}

/** Nanoseconds a candle of the best block: noise only ever adds. */
function bestNs(block: () => void): number {
  for (let round = 0; round < WARM_ROUNDS; round += 1) block();
  let bestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    block();
    bestMs = Math.min(bestMs, performance.now() - began);
  }
  return (bestMs * 1e6) / CANDLES;
}
