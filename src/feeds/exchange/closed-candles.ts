import type { Candle } from "../../domain/candle.ts";
import { TransientError } from "../../domain/errors.ts";
import { exchangeName } from "../../domain/exchange-names.ts";
import { MINUTE_MS, minuteText, SECOND_MS } from "../../domain/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { CANDLES_MAX, type MarketData } from "../../ports/marketData.ts";

/** An exchange needs a moment after the minute until its candle is whole. */
export const CLOSE_GRACE_MS = 2 * SECOND_MS;
/** So long after the grace a candle that did not come is given up: the symbol is absent from that minute. */
export const LATE_WAIT_MS = 10 * SECOND_MS;
/** A late candle is asked for again after this. */
export const LATE_RETRY_MS = 2 * SECOND_MS;
/** So long after its minute a candle is whole, whoever answers it. */
const SETTLED_MS = MINUTE_MS;
/** Minutes of one request: the candle that follows them is asked for, too. */
export const PAGE_MINUTES = CANDLES_MAX - 1;

/** Closed candles of a span, and the minute bound before which nothing more will come. */
export interface FinalCandles {
  readonly candles: readonly Candle[];
  readonly untilMs: number;
}

/** The minute bound at or before an instant. */
export function minuteBound(atMs: number): number {
  return atMs - (atMs % MINUTE_MS);
}

/** The last minute bound whose candles are closed and past the grace. */
export function closedBound(wallMs: number): number {
  return minuteBound(wallMs - CLOSE_GRACE_MS);
}

/** Whether a candle that would have closed at a bound is no longer waited for. */
export function isGivenUp(boundMs: number, wallMs: number): boolean {
  return wallMs >= boundMs + CLOSE_GRACE_MS + LATE_WAIT_MS;
}

/** One request for candles that open at or after an instant. Throws TransientError for an answer that is older than the question or lies in the future. */
export async function askCandles(data: MarketData, clock: Clock, symbol: string, fromMs: number, minutes: number): Promise<Candle[]> {
  const candles = await data.candles(symbol, fromMs, minutes);
  const [first, last] = [candles[0], candles.at(-1)];
  const who = `${exchangeName(data.exchangeId)} answered a candle of ${symbol}`;
  if (first && first.openTimeMs < fromMs)
    throw new TransientError(`${who} for ${minuteText(first.openTimeMs)} UTC, older than the asked ${minuteText(fromMs)}`);
  if (last && last.openTimeMs > clock.wall())
    throw new TransientError(`${who} for ${minuteText(last.openTimeMs)} UTC, which lies in the future; check this machine's clock`);
  return candles;
}

/** Closed candles of one symbol: each minute is asked for once, however many bots wait for it. */
export class ClosedCandles {
  readonly #symbol: string;
  readonly #data: MarketData;
  readonly #clock: Clock;
  readonly #now: () => number;
  #newest: Candle | undefined;
  #kept: (FinalCandles & { readonly fromMs: number; readonly toMs: number; readonly askedAtMs: number }) | undefined;

  /** `now` tells the exchange's time where it is known. */
  constructor(symbol: string, data: MarketData, clock: Clock, now: () => number) {
    this.#symbol = symbol;
    this.#data = data;
    this.#clock = clock;
    this.#now = now;
  }

  /** Candles that open in [fromMs, toMs), all closed, at most as many minutes as one request may ask for. What is known is not asked again. */
  async between(fromMs: number, toMs: number): Promise<FinalCandles> {
    const wallMs = this.#now();
    const kept = this.#kept;
    if (kept && kept.fromMs <= fromMs && fromMs <= kept.untilMs) {
      const asked = kept.toMs >= toMs && this.#clock.monotonicMs() < kept.askedAtMs + LATE_RETRY_MS;
      if (kept.untilMs >= toMs || asked) {
        const candles = kept.candles.filter(({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs < toMs);
        return { candles, untilMs: Math.min(kept.untilMs, toMs) };
      }
    }
    const askedAtMs = this.#clock.monotonicMs();
    const answered = await askCandles(this.#data, this.#clock, this.#symbol, fromMs, (toMs - fromMs) / MINUTE_MS + 1);
    const closed = answered.filter(({ openTimeMs }) => openTimeMs < toMs);
    const isWhole = answered.length > closed.length || this.#isSettled(closed.at(-1), wallMs);
    const final = isWhole ? closed : closed.slice(0, -1);
    const last = final.at(-1);
    const reachedMs = last ? last.openTimeMs + MINUTE_MS : fromMs;
    const untilMs = isGivenUp(toMs, wallMs) ? toMs : reachedMs;
    this.#newest = closed.at(-1);
    this.#kept = { candles: final, untilMs, fromMs, toMs, askedAtMs };
    return { candles: final, untilMs };
  }

  /**
   * Whether the newest candle of an answer is whole although none follows it. An exchange's replica may be behind, and this machine's clock ahead: a
   * candle that still forms looks like any other. It is whole when nothing changed since the last time, or long after its minute.
   */
  #isSettled(newest: Candle | undefined, wallMs: number): boolean {
    if (!newest || wallMs >= newest.openTimeMs + MINUTE_MS + SETTLED_MS) return true;
    const before = this.#newest;
    return before !== undefined && CANDLE_PARTS.every((part) => before[part] === newest[part]);
  }
}

const CANDLE_PARTS = ["openTimeMs", "open", "high", "low", "close", "volume"] as const;
