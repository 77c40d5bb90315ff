import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedFactor, type LinedSpec, SINGLE_LINE } from "./declare.ts";

/** Largest step and largest maximum: at 1 the line is at the extreme one candle later. */
export const STEP_MAX = 1;
/** Candles after which it no longer matters where the first direction came from: longer than trends last. */
const SETTLES_CANDLES = 300;

/**
 * Parabolic stop and reverse (J. Welles Wilder, New Concepts in Technical Trading Systems, 1978), as TA-Lib's `TA_SAR`: below the price in a rise,
 * above it in a fall. Each candle it goes towards the trend's extreme by a share that begins at `step`, grows by `step` with each new extreme and is at
 * most `maximum`; it never enters the range of the newest two candles. A candle that touches it turns the trend around: the line starts at the extreme
 * of the trend that ended.
 *
 * The first direction is down when the second candle's low falls further than its high rises, else up. Flat prices turn it every candle, and it is
 * then the price itself.
 */
export const psarDefinition: IndicatorDefinition = {
  name: "psar",
  lines: SINGLE_LINE,
  create: (params) => new PsarKernel(checked(params)),
};

/** Declares a parabolic stop and reverse. Throws RangeError for a step or a maximum outside 0 (exclusive) to 1, or a step above the maximum. */
export function psar(step: number, maximum: number): LinedSpec<"value"> {
  return { name: "psar", params: { ...checked({ step, maximum }) }, lines: SINGLE_LINE };
}

interface Params {
  readonly step: number;
  readonly maximum: number;
}

/** A fall is a rise of the prices below zero, so one code serves both: all numbers of a fall are kept negative. */
class PsarKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup = 2;
  readonly settles = { candles: SETTLES_CANDLES };
  readonly #params: Params;
  #before: Candle | undefined;
  /** 1 in a rise, -1 in a fall, 0 before there is a direction. */
  #direction = 0;
  #share = 0;
  #extreme = 0;
  /** Where the line is at the next candle, unless that turns it around. */
  #next = 0;
  #value = Number.NaN;

  constructor(params: Params) {
    this.#params = params;
  }

  push(candle: Candle): void {
    const before = this.#before;
    this.#before = candle;
    if (before === undefined) return;
    const first = this.#direction === 0;
    if (first) this.#begin(candle, before);
    // At its first candle TA-Lib takes that candle for the one before, too.
    const previous = first ? candle : before;
    let [top, bottom, bottomBefore] = sides(candle, previous, this.#direction);
    if (bottom <= this.#next) {
      const end = this.#extreme;
      this.#direction = -this.#direction;
      [top, bottom, bottomBefore] = sides(candle, previous, this.#direction);
      this.#next = Math.min(-end, bottom, bottomBefore);
      this.#value = this.#direction * this.#next;
      this.#share = this.#params.step;
      this.#extreme = top;
    } else {
      this.#value = this.#direction * this.#next;
      if (top > this.#extreme) {
        this.#extreme = top;
        this.#share = Math.min(this.#params.maximum, this.#share + this.#params.step);
      }
    }
    this.#next = Math.min(this.#next + this.#share * (this.#extreme - this.#next), bottom, bottomBefore);
  }

  at(line: number): number {
    return line === 0 ? this.#value : Number.NaN;
  }

  #begin(candle: Candle, before: Candle): void {
    const fall = before.low - candle.low;
    this.#direction = fall > 0 && fall > candle.high - before.high ? -1 : 1;
    this.#share = this.#params.step;
    const [top] = sides(candle, candle, this.#direction);
    const [, bottom] = sides(before, before, this.#direction);
    this.#extreme = top;
    this.#next = bottom;
  }
}

/** The side towards which a trend goes, and the other one now and a candle before, all as in a rise. */
function sides(candle: Candle, before: Candle, direction: number): [top: number, bottom: number, bottomBefore: number] {
  return direction > 0 ? [candle.high, candle.low, before.low] : [-candle.low, -candle.high, -before.high];
}

function checked({ step, maximum }: Readonly<Record<string, number>>): Params {
  const params = { step: checkedFactor("psar", step, "step", STEP_MAX), maximum: checkedFactor("psar", maximum, "maximum", STEP_MAX) };
  if (params.step <= params.maximum) return params;
  throw new RangeError(`psar: maximum must be at least the step, found ${maximum} and ${step}; choose for example 0.02 and 0.2`);
}
