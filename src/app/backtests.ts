import type { BacktestJob } from "../backtest/run.ts";
import type { BacktestRecord } from "../domain/backtest.ts";
import { UserError } from "../domain/errors.ts";
import { DAY_MS, MINUTE_MS, minuteText } from "../domain/time.ts";
import type { BacktestProgress, Backtests, BacktestWish } from "../ports/backtest.ts";
import type { Clock } from "../ports/clock.ts";
import type { Caller, DeskLedger } from "../ports/engine.ts";
import type { Market } from "../ports/market.ts";
import type { BreakerDefaults } from "../risk/breaker-defaults.ts";
import type { AccountLimits } from "../risk/entry.ts";
import type { BacktestDoing } from "./backtest-threads.ts";

/** What is tried where nobody says from when. */
const DAYS_DEFAULT = 30;
/** Reading more than this from an exchange would take its request budget for minutes. */
const LIVE_DAYS_MAX = 90;

export interface BacktestsOptions {
  readonly clock: Clock;
  readonly desk: DeskLedger;
  readonly timeZone: string;
  readonly limits: AccountLimits;
  readonly breakers: BreakerDefaults;
  /** A market of this desk with the instant it has reached. */
  readonly marketOf: (key: string) => { readonly market: Market; readonly atMs: number } | undefined;
  /** Does them, in this process or elsewhere. */
  readonly does: BacktestDoing;
}

/** The backtests that people want: one at a time for each of them, and what comes of one is kept by the desk, once. */
export class DeskBacktests implements Backtests {
  readonly #options: BacktestsOptions;
  /** What ends the run of each person. */
  readonly #running = new Map<string, AbortController>();
  #kept: Promise<unknown> = Promise.resolve();

  constructor(options: BacktestsOptions) {
    this.#options = options;
  }

  async run(wish: BacktestWish, { user, requestId }: Caller, onProgress: (progress: BacktestProgress) => void): Promise<BacktestRecord> {
    const { clock, does } = this.#options;
    if (this.#running.has(user)) throw new UserError("One of your backtests runs already. Wait for it or cancel it, then ask again.");
    const { job, market } = this.#job(wish);
    const { fromMs, toMs } = job;
    const begunMs = clock.monotonicMs();
    const ending = new AbortController();
    this.#running.set(user, ending);
    const told = (atMs: number) => onProgress({ atMs, fromMs, toMs });
    const result = await does(job, { id: requestId, market, signal: ending.signal, onProgress: told }).finally(() =>
      this.#running.delete(user),
    );
    const tookMs = Math.round(clock.monotonicMs() - begunMs);
    return this.#keep({ by: user, market: job.market, marketLabel: job.marketLabel, bot: wish.bot, tookMs, result }, requestId);
  }

  cancel(user: string): boolean {
    const found = this.#running.get(user);
    found?.abort(new UserError("The backtest was canceled; nothing was kept."));
    return found !== undefined;
  }

  /** Ends what still runs; whoever waits for it is told. */
  stop(): void {
    for (const each of this.#running.values())
      each.abort(new UserError("The desk is stopping, so the backtest was ended; nothing was kept."));
  }

  /** One after the other, because each is named by the number of those before it. */
  #keep(done: Omit<BacktestRecord, "id">, requestId: string): Promise<BacktestRecord> {
    const { desk } = this.#options;
    const kept = this.#kept.then(async () => {
      const record = { id: `t${desk.state.backtestsEver + 1}`, ...done };
      await desk.append([{ type: "backtest-done", record }], requestId);
      return record;
    });
    this.#kept = kept.catch(() => undefined);
    return kept;
  }

  #job(wish: BacktestWish): { job: BacktestJob; market: Market } {
    const { timeZone, limits, breakers, marketOf } = this.#options;
    const found = marketOf(wish.market);
    if (!found) throw new UserError("This desk does not read that market any more.");
    const { market } = found;
    const instrument = market.instruments.get(wish.bot.symbol);
    if (!instrument) throw new UserError(`There is no ${wish.bot.symbol.slice(0, 40)} in this market.`);
    const { fromMs, toMs } = spanOf(wish, market, found.atMs);
    const job = { bot: wish.bot, instrument, market: market.key, marketLabel: market.label, fromMs, toMs, capital: wish.capital };
    return { job: { ...job, timeZone, limits, breakers }, market };
  }
}

/** The span on whole minutes. A recording may be tried to its last candle, also where market time has not come there yet; invented and real prices up to now. */
function spanOf({ fromMs, toMs }: BacktestWish, market: Market, atMs: number): { fromMs: number; toMs: number } {
  const { pace, label, startMs, recordedUntilMs } = market;
  const earliestMs = pace === "live" ? 0 : startMs;
  const latestMs = recordedUntilMs ?? Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  const to = Math.min(toMs ?? latestMs, latestMs);
  const from = Math.max(fromMs ?? (recordedUntilMs === undefined ? to - DAYS_DEFAULT * DAY_MS : startMs), earliestMs);
  if (pace === "live" && to - from > LIVE_DAYS_MAX * DAY_MS)
    throw new UserError(`From an exchange, at most ${LIVE_DAYS_MAX} days are tried at once. Name a later from: or an earlier to:.`);
  if (to - from < MINUTE_MS) {
    const known = pace === "live" ? `up to ${minuteText(latestMs)} UTC` : `from ${minuteText(startMs)} to ${minuteText(latestMs)} UTC`;
    throw new UserError(
      `There is nothing to try between these days: the ${label} has candles ${known}. Name other days with from: and to:.`,
    );
  }
  return { fromMs: Math.ceil(from / MINUTE_MS) * MINUTE_MS, toMs: to };
}
