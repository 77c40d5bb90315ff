import { type BacktestResult, markedEveryMs } from "../domain/backtest.ts";
import type { BotState } from "../domain/books.ts";
import { OWN_RULES } from "../domain/bot.ts";
import type { AccountEvent, DeskEvent, Recorded } from "../domain/events.ts";
import type { Instrument } from "../domain/instrument.ts";
import { type Decimal, decimal, lessBps, ZERO } from "../domain/money.ts";
import type { Result } from "../domain/result.ts";
import { DAY_MS, MINUTE_MS } from "../domain/time.ts";
import { type OpenedEngine, openEngine } from "../engine/open.ts";
import type { Clock } from "../ports/clock.ts";
import type { NewBot } from "../ports/engine.ts";
import type { Logger } from "../ports/logger.ts";
import type { Store } from "../ports/store.ts";
import type { StrategyParams } from "../ports/strategy.ts";
import type { Vault } from "../ports/vault.ts";
import type { PaperVenue } from "../ports/venue.ts";
import type { BreakerDefaults } from "../risk/breaker-defaults.ts";
import type { AccountLimits } from "../risk/entry.ts";
import { strategyNamed } from "../strategies/registry.ts";
import { EquityCurve } from "./curve.ts";
import { BacktestMarket } from "./market.ts";
import type { CandleSource } from "./source.ts";

/** One bot on one symbol's past, as plain values. */
export interface BacktestJob {
  readonly bot: NewBot;
  readonly instrument: Instrument;
  readonly market: string;
  readonly marketLabel: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly capital: Decimal;
  readonly timeZone: string;
  readonly limits: AccountLimits;
  /** As those of the desk, so that a backtest is what paper would have done. */
  readonly breakers?: BreakerDefaults | undefined;
}

export interface BacktestPlugs {
  readonly source: CandleSource;
  /** An empty one, for this run alone. */
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly openVenue: () => PaperVenue;
  /** Called about once in a market day. */
  readonly onProgress: (atMs: number) => void;
}

const OWNER = "backtest:run";
const CREATE = { requestId: "create", user: OWNER };
const START = { requestId: "start", user: OWNER };
const EVENTS_PAGE = 1_000;

/**
 * Runs a bot over the past on an engine of its own: the very code of a paper account on a replay, with its slots, matching, risk and books, over a store that
 * is thrown away. Equal candles give equal decisions and equal money. Throws UserError for a bot that cannot be created.
 */
export async function runBacktest(job: BacktestJob, plugs: BacktestPlugs): Promise<BacktestResult> {
  const seen = new SeenCandles();
  const market = new BacktestMarket({ ...job, key: job.market, label: job.marketLabel, source: plugs.source, onCandle: seen.see });
  const failures: unknown[] = [];
  const opened = await openEngine({
    market,
    store: plugs.store,
    clock: plugs.clock,
    logger: plugs.logger,
    openVenue: plugs.openVenue,
    limits: job.limits,
    breakers: job.breakers,
    timeZone: job.timeZone,
    speed: "script",
    paperBalances: new Map([[job.instrument.quote, job.capital]]),
    reportCurrency: job.instrument.quote,
    live: { vault: NO_VAULT, exchanges: [], openVenue: refuse },
    openMarket: refuse,
    ceiling: undefined,
    version: "backtest",
    safeAfterCrashes: 0,
    crashCause: undefined,
    residentBytes: () => 0,
    onFatal: (failure) => void failures.push(failure),
  });
  const curve = watchEquity(opened, job, seen, plugs.onProgress);
  await opened.engine.createBot(await settled(job.bot, market), CREATE);
  await opened.engine.startBot(job.bot.name, START);
  await opened.engine.moveMarket("end");
  if (failures.length > 0) throw failures[0];
  return resultOf(opened, job, curve, seen, await countedEvents(opened));
}

/** The bot with what follows from the price when it is made: that of the first candle. */
async function settled(bot: NewBot, market: BacktestMarket): Promise<NewBot> {
  const strategy = bot.strategy === OWN_RULES ? undefined : strategyNamed(bot.strategy);
  const given = strategy?.settle && strategy.params.safeParse(bot.params);
  if (!strategy?.settle || !given?.success) return bot;
  const params = strategy.settle(given.data as StrategyParams, await market.firstPrice());
  return typeof params === "string" ? bot : { ...bot, params };
}

/** Marks the equity now and then; what lies between two marks is in no drawdown. */
function watchEquity(opened: OpenedEngine, job: BacktestJob, seen: SeenCandles, onProgress: (atMs: number) => void): EquityCurve {
  const { fromMs, toMs, capital, bot } = job;
  const everyMs = markedEveryMs(bot.timeframe);
  const curve = new EquityCurve({ atMs: fromMs, equity: capital, held: capital }, Math.ceil((toMs - fromMs) / everyMs));
  let dueMs = fromMs + everyMs;
  let toldMs = fromMs;
  opened.schedule({
    dueMs: () => dueMs,
    async run(atMs) {
      while (dueMs <= atMs) dueMs += everyMs;
      const equity = opened.engine.accountOf(OWNER)?.equity;
      if (equity) curve.see({ atMs, equity, held: heldOf(job, seen) ?? capital });
      if (atMs - toldMs < DAY_MS) return;
      toldMs = atMs;
      onProgress(atMs);
    },
  });
  return curve;
}

class SeenCandles {
  minutes = 0;
  firstOpen: number | undefined;
  lastClose: number | undefined;
  firstMs: number | undefined;
  lastMs: number | undefined;

  readonly see = ({ open, close, openTimeMs }: { readonly open: number; readonly close: number; readonly openTimeMs: number }): void => {
    this.minutes += 1;
    this.firstOpen ??= open;
    this.firstMs ??= openTimeMs;
    this.lastClose = close;
    this.lastMs = openTimeMs + MINUTE_MS;
  };
}

interface Counts {
  entries: number;
  readonly exits: Map<string, number>;
  readonly denials: Map<string, number>;
}

/** What the streams tell of fills and denials. */
async function countedEvents({ streams }: OpenedEngine): Promise<Counts> {
  const counts: Counts = { entries: 0, exits: new Map(), denials: new Map() };
  for (const stream of streams.names()) {
    for (let after = 0; ; ) {
      const page = await streams.since(stream, after, EVENTS_PAGE);
      for (const recorded of page) count(counts, recorded);
      const last = page.at(-1);
      if (!last) break;
      after = last.sequence;
    }
  }
  return counts;
}

function count(counts: Counts, { event }: Recorded<AccountEvent | DeskEvent>): void {
  if (event.type === "wish-denied") counts.denials.set(event.code, (counts.denials.get(event.code) ?? 0) + 1);
  if (event.type !== "order-filled") return;
  if (event.purpose === "entry") counts.entries += 1;
  else counts.exits.set(event.purpose, (counts.exits.get(event.purpose) ?? 0) + 1);
}

function resultOf({ engine }: OpenedEngine, job: BacktestJob, curve: EquityCurve, seen: SeenCandles, counts: Counts): BacktestResult {
  const { bot: wish, instrument, capital, fromMs, toMs } = job;
  const bot = engine.bot(wish.name);
  const equity = engine.accountOf(OWNER)?.equity ?? capital;
  const results: ReadonlyMap<number, Result> = bot?.state.results ?? new Map();
  const bought = heldOf(job, seen);
  curve.see({ atMs: seen.lastMs ?? toMs, equity, held: bought ?? capital });
  const span = { fromMs: seen.firstMs ?? fromMs, toMs: seen.lastMs ?? toMs };
  return {
    currency: instrument.quote,
    capital,
    ...span,
    minutes: seen.minutes,
    results,
    curve: curve.points,
    equity,
    unrealized: bot?.unrealized ?? ZERO,
    drawdown: curve.drawdown,
    drawdownMs: curve.belowPeakMs,
    exposure: bot ? exposureOf(bot.state, span) : ZERO,
    entries: counts.entries,
    exits: counts.exits,
    denials: counts.denials,
    held: bought,
    fault: bot?.state.status === "faulted" ? bot.state.statusReason : undefined,
  };
}

/** Share of a span in which a bot held something. */
function exposureOf(
  { held, heldSinceMs }: Readonly<BotState>,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Decimal {
  if (toMs <= fromMs) return ZERO;
  const ends = heldSinceMs === undefined ? held : [...held, heldSinceMs, toMs];
  const heldMs = ends.reduce((sum, ms, index) => sum + (index % 2 === 0 ? -ms : ms), 0);
  return decimal(heldMs).dividedBy(toMs - fromMs);
}

/** Buying with everything at the first price and selling at the last one that was seen, with the fee of each; undefined before the first. */
function heldOf({ capital, instrument: { takerFeeBps } }: BacktestJob, { firstOpen, lastClose }: SeenCandles): Decimal | undefined {
  if (firstOpen === undefined || lastClose === undefined) return undefined;
  const bought = lessBps(capital, takerFeeBps).dividedBy(decimal(firstOpen));
  return lessBps(bought.times(decimal(lastClose)), takerFeeBps);
}

const refuse = (): Promise<never> => Promise.reject(new Error("a backtest reaches no exchange"));

const NO_VAULT: Vault = { locked: "a backtest holds no keys", seal: refuse, open: refuse, rewrap: refuse };
