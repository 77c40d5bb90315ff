import { createKernel } from "../../src/indicators/registry.ts";

const CANDLES = 4_096;
const ROUNDS = 8_000;
/** Rounds before the clock runs, so that the compiler is done. */
const WARM_ROUNDS = 60;

/**
 * What one step of honest work costs on this machine now, in nanoseconds: one candle through an exponential average and a comparison,
 * called in blocks. Every time of a run is told as a multiple of it, because machines differ and so do their bad days. The best block
 * counts, for noise only ever adds.
 */
export function calibrate(): number {
  const kernel = createKernel({ name: "ema", params: { period: 12 } });
  const candles = Array.from({ length: CANDLES }, (_, index) => {
    const close = 100 + Math.sin(index / 7) + Math.sin(index / 61);
    return { openTimeMs: index * 60_000, open: close, high: close + 0.5, low: close - 0.5, close, volume: 1 };
  });
  let crossings = 0;
  const block = () => {
    for (const candle of candles) {
      kernel.push(candle);
      if (candle.close > kernel.at(0)) crossings += 1;
    }
  };
  for (let round = 0; round < WARM_ROUNDS; round += 1) block();
  let bestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    block();
    bestMs = Math.min(bestMs, performance.now() - began);
  }
  if (crossings === 0) throw new Error("the calibration kernel did nothing");
  return (bestMs * 1e6) / CANDLES;
}
