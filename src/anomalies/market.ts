import type { AnomalySeries } from "../domain/anomaly.ts";
import type { Candle } from "../domain/candle.ts";
import { MINUTE_MS } from "../domain/time.ts";
import { ANOMALY_TERMS } from "./defaults.ts";
import { type Finding, WatchedSeries } from "./series.ts";

export interface NamedFinding {
  readonly series: AnomalySeries;
  readonly finding: Finding;
}

const SLIDE_MS = 15 * MINUTE_MS;

/** Price and volume of one symbol, a minute at a time. */
export class MarketSeries {
  readonly #price = new WatchedSeries(ANOMALY_TERMS.price);
  readonly #slide = new WatchedSeries(ANOMALY_TERMS.slide);
  readonly #volume = new WatchedSeries(ANOMALY_TERMS.volume);
  #last: { readonly openTimeMs: number; readonly close: number } | undefined;
  #quarter: { readonly openTimeMs: number; readonly close: number } | undefined;

  /** A minute that is not newer than the last one is known already. A change over minutes that never came is no change of one minute. */
  push(candle: Candle): NamedFinding[] {
    const { openTimeMs, close, volume } = candle;
    const last = this.#last;
    if (last !== undefined && openTimeMs <= last.openTimeMs) return [];
    this.#last = { openTimeMs, close };
    const found = [named("volume", this.#volume.push(Math.log1p(volume * close)))];
    if (last !== undefined && openTimeMs === last.openTimeMs + MINUTE_MS)
      found.push(named("price", this.#price.push(changePct(last.close, close))));
    const endMs = openTimeMs + MINUTE_MS;
    if (endMs % SLIDE_MS === 0) {
      const before = this.#quarter;
      this.#quarter = { openTimeMs, close };
      if (before !== undefined && openTimeMs === before.openTimeMs + SLIDE_MS)
        found.push(named("slide", this.#slide.push(changePct(before.close, close))));
    }
    return found.filter((each) => each !== undefined);
  }
}

function named(series: AnomalySeries, finding: Finding | undefined): NamedFinding | undefined {
  return finding && { series, finding };
}

function changePct(from: number, to: number): number {
  return (to / from - 1) * 100;
}
