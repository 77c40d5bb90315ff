import type { Candle } from "../../src/domain/candle.ts";
import type { Kernel } from "../../src/domain/indicator.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";

/** Candles without a range, one a minute, from closes. */
export function candlesOf(closes: readonly number[]): Candle[] {
  return closes.map((close, index) => ({ openTimeMs: index * MINUTE_MS, open: close, high: close, low: close, close, volume: 1 }));
}

/** What each line of a kernel says after each candle. */
export function outputsOf(kernel: Kernel, candles: readonly Candle[]): number[][] {
  return candles.map((candle) => {
    kernel.push(candle);
    return kernel.lines.map((_, line) => kernel.at(line));
  });
}

/** Mean and population deviation of the last `period` closes up to an index, each summed anew in two passes. */
export function windowOf(closes: readonly number[], index: number, period: number): { mean: number; deviation: number } {
  if (index + 1 < period) return { mean: Number.NaN, deviation: Number.NaN };
  const window = closes.slice(index + 1 - period, index + 1);
  const base = window[0]!;
  const mean = base + window.reduce((sum, close) => sum + (close - base), 0) / period;
  return { mean, deviation: Math.sqrt(window.reduce((sum, close) => sum + (close - mean) ** 2, 0) / period) };
}

/** The exponential average as an explicit weighted sum: the seed and every later close times its weight. */
export function weightedEma(closes: readonly number[], index: number, period: number): number {
  if (index + 1 < period) return Number.NaN;
  const keep = (period - 1) / (period + 1);
  const age = index + 1 - period;
  let sum = windowOf(closes, period - 1, period).mean * keep ** age;
  for (let back = 0; back < age; back += 1) sum += closes[index - back]! * (1 - keep) * keep ** back;
  return sum;
}

/** Wilder's index through relative strength, 100 - 100 / (1 + RS), with its averages as explicit weighted sums. */
export function wilderRsi(closes: readonly number[], index: number, period: number): number {
  if (index < period) return Number.NaN;
  const changes = closes.slice(1, index + 1).map((close, at) => close - closes[at]!);
  const gain = wilderAverage(
    changes.map((change) => Math.max(change, 0)),
    period,
  );
  const loss = wilderAverage(
    changes.map((change) => Math.max(-change, 0)),
    period,
  );
  if (gain + loss < 1e-14) return 0;
  return loss === 0 ? 100 : 100 - 100 / (1 + gain / loss);
}

function wilderAverage(values: readonly number[], period: number): number {
  const keep = (period - 1) / period;
  const later = values.slice(period);
  const seed = values.slice(0, period).reduce((sum, value) => sum + value, 0) / period;
  return later.reduce((sum, value, at) => sum + (value / period) * keep ** (later.length - 1 - at), seed * keep ** later.length);
}
