import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { DAY_MS } from "../domain/time.ts";
import { type LinedSpec, SINGLE_LINE } from "./declare.ts";
import { typicalPrice } from "./typical.ts";

/**
 * Volume-weighted average price of the day, anchored at 00:00 UTC: the mean of the typical prices of the day's candles so far, each weighted with its
 * volume (Berkowitz, Logue and Noser 1988), as TA-Lib's `TA_VWAP` over the candles of one day.
 *
 * NaN until the day's beginning was seen, so that the number does not depend on when the desk was started, and until something was traded that day
 * (where TA-Lib says 0, which is no price). A day whose first candles never came begins with the first that did.
 */
export const vwapDefinition: IndicatorDefinition = {
  name: "vwap",
  lines: SINGLE_LINE,
  create: () => new VwapKernel(),
};

/** Declares a volume-weighted average price of the day (UTC). */
export function vwap(): LinedSpec<"value"> {
  return { name: "vwap", params: {}, lines: SINGLE_LINE };
}

class VwapKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup = 1;
  readonly settles = { ms: DAY_MS };
  #day: number | undefined;
  /** Whether candles of the current day are missing before the first that was pushed. */
  #cutOff = false;
  #volume = 0;
  #mean = 0;

  push(candle: Candle): void {
    const day = Math.floor(candle.openTimeMs / DAY_MS);
    if (day !== this.#day) {
      this.#cutOff = this.#day === undefined && candle.openTimeMs % DAY_MS !== 0;
      this.#day = day;
      this.#volume = 0;
      this.#mean = 0;
    }
    if (candle.volume <= 0) return;
    this.#volume += candle.volume;
    this.#mean += (typicalPrice(candle) - this.#mean) * (candle.volume / this.#volume);
  }

  at(line: number): number {
    return line === 0 && this.#volume > 0 && !this.#cutOff ? this.#mean : Number.NaN;
  }
}
