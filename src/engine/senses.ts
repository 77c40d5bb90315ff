import type { Candle } from "../domain/candle.ts";
import { MINUTE_MS } from "../domain/time.ts";
import { SPIKE_LEAST_PCT } from "../risk/breaker-defaults.ts";
import { BREAKER_RULES } from "../risk/breaker-rules.ts";

export type SensedBreaker = "volatility" | "gap" | "stale" | "diverging";

/** Something unusual about one symbol in one minute. */
export interface Alarm {
  readonly symbol: string;
  readonly breaker: SensedBreaker;
  readonly value: number;
  readonly because: string;
}

/** Minutes that the usual width of a minute is averaged over, and how many must have been seen. */
const USUAL_MINUTES = 60;
const USUAL_LEAST = 30;
/** A watched price so close to the end of a candle is of the same moment. */
const SAME_MOMENT_MS = 5_000;

/** What is usual for one symbol, and what is not. Constant work for each candle; equal candles give equal alarms. */
export class Sense {
  readonly #symbol: string;
  #close = 0;
  #closeMs = 0;
  /** Average width of a minute, in percent of the price. */
  #usualPct = 0;
  #seen = 0;

  constructor(symbol: string) {
    this.#symbol = symbol;
  }

  /** Takes a candle in. `watched` is the price that was seen beside it, where one was. */
  push(candle: Candle, watched?: { readonly price: number; readonly atMs: number }): Alarm[] | undefined {
    const { open, high, low, close, openTimeMs } = candle;
    const alarms: Alarm[] = [];
    const closedMs = openTimeMs + MINUTE_MS;
    if (this.#seen > 0 && this.#close > 0) {
      const missing = Math.round((openTimeMs - this.#closeMs) / MINUTE_MS);
      if (missing >= BREAKER_RULES.stale.least)
        alarms.push(this.#alarm("stale", missing, `${this.#symbol} had no candle for ${missing} min`));
      const gapPct = Math.abs(open / this.#close - 1) * 100;
      if (gapPct >= BREAKER_RULES.gap.least)
        alarms.push(
          this.#alarm("gap", gapPct, `${this.#symbol} opened at ${open}, ${gapPct.toFixed(2)}% from the close of ${this.#close} before`),
        );
      const widthPct = ((Math.max(high, this.#close) - Math.min(low, this.#close)) / this.#close) * 100;
      if (widthPct >= SPIKE_LEAST_PCT) this.#spike(widthPct, alarms);
      this.#usualPct += (widthPct - this.#usualPct) / Math.min(this.#seen, USUAL_MINUTES);
    }
    const apartPct = watched && Math.abs(watched.atMs - closedMs) <= SAME_MOMENT_MS ? Math.abs(close / watched.price - 1) * 100 : 0;
    if (apartPct >= BREAKER_RULES.diverging.least)
      alarms.push(
        this.#alarm("diverging", apartPct, `a candle of ${this.#symbol} closed at ${close}, and ${watched?.price} was seen beside it`),
      );
    this.#close = close;
    this.#closeMs = closedMs;
    this.#seen += 1;
    return alarms.length > 0 ? alarms : undefined;
  }

  #spike(widthPct: number, alarms: Alarm[]): void {
    // The first candle has no close before it, so that one fewer is in the average.
    if (this.#seen <= USUAL_LEAST || this.#usualPct <= 0) return;
    const times = widthPct / this.#usualPct;
    if (times < BREAKER_RULES.volatility.least) return;
    const usual = this.#usualPct.toPrecision(2);
    alarms.push(this.#alarm("volatility", times, `a minute of ${this.#symbol} was ${widthPct.toFixed(2)}% wide, and ${usual}% is usual`));
  }

  #alarm(breaker: SensedBreaker, value: number, because: string): Alarm {
    return { symbol: this.#symbol, breaker, value, because };
  }
}
