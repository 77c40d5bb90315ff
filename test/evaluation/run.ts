import { type BacktestJob, runBacktest } from "../../src/backtest/run.ts";
import { MarketSource } from "../../src/backtest/source.ts";
import type { Protection } from "../../src/domain/bot.ts";
import { decodeEvent } from "../../src/domain/event-codec.ts";
import type { AccountEvent, DeskEvent } from "../../src/domain/events.ts";
import { decimal, toDouble } from "../../src/domain/money.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Market } from "../../src/ports/market.ts";
import type { Store } from "../../src/ports/store.ts";
import { BREAKER_DEFAULTS, FEWEST_BREAKERS } from "../../src/risk/breaker-defaults.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { strategyNamed } from "../../src/strategies/registry.ts";
import { systemClock } from "../../src/system/clock.ts";
import { openPaperVenue } from "../../src/venues/paper.ts";
import { type Outcome, type Row, smallerSizePct, type Trip } from "./outcome.ts";
import { timeframeFor } from "./spans.ts";

/** Of the equity, for each entry: what a desk allows at most where nobody set a cap. */
export const SIZE_PCT = 50;
export const STOP_PCT = 2;
export const TAKE_PCT = 4;
/** What a desk has where nobody set one. */
export const DAILY_LOSS_PCT = 10;
/** A loss that no day reaches. */
const NO_DAILY_LOSS_PCT = 100;
const CAPITAL = decimal(10_000);
/** What is worth far more than a dollar is not given in thousands. */
const CAPITAL_BY_QUOTE: Readonly<Record<string, typeof CAPITAL>> = { BTC: decimal(1) };
const PAGE = 1_000;

const quiet = (): void => undefined;
const SILENT: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => SILENT };

/** Where a bot is tried. */
export interface Place {
  readonly market: Market;
  readonly symbol: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** One strategy with its own parameters, in every variant. */
export async function triedRow(place: Place, strategy: string): Promise<Row> {
  const none = await tried(place, strategy, SIZE_PCT, false);
  const breakers = await tried(place, strategy, SIZE_PCT, true);
  const sizePct = smallerSizePct(SIZE_PCT, none.drawdownPct, breakers.drawdownPct);
  const smaller = sizePct === SIZE_PCT ? none : await tried(place, strategy, sizePct, false);
  const half = await tried(place, strategy, SIZE_PCT / 2, false);
  return { symbol: place.symbol, strategy, timeframe: timeframeFor(strategy), outcomes: { none, breakers, smaller, half } };
}

async function tried({ market, symbol, fromMs, toMs }: Place, strategy: string, sizePct: number, isGuarded: boolean): Promise<Outcome> {
  const [clock, store] = [systemClock(), openMemoryStore()];
  const instrument = market.instruments.get(symbol)!;
  const capital = CAPITAL_BY_QUOTE[instrument.quote] ?? CAPITAL;
  const job: BacktestJob = {
    bot: {
      ...{ name: "tried", group: undefined, symbol, timeframe: timeframeFor(strategy), strategy, params: {} },
      sizing: { kind: "equity-percent", pct: sizePct },
      protection: protectionOf(strategy),
    },
    ...{ instrument, market: market.key, marketLabel: market.label, fromMs, toMs, capital, timeZone: "UTC" },
    limits: { dailyLossPct: isGuarded ? DAILY_LOSS_PCT : NO_DAILY_LOSS_PCT, positionCapPct: SIZE_PCT },
    breakers: isGuarded ? BREAKER_DEFAULTS : FEWEST_BREAKERS,
  };
  const source = new MarketSource(market, { symbol, fromMs, toMs }, clock);
  const result = await runBacktest(job, { source, store, clock, logger: SILENT, openVenue: openPaperVenue, onProgress: quiet });
  if (result.fault !== undefined) throw new Error(`${strategy} on ${symbol}: ${result.fault}`);
  const worthOf = (equity: typeof capital): number => toDouble(equity.dividedBy(capital));
  return {
    sizePct,
    resultPct: (worthOf(result.equity) - 1) * 100,
    drawdownPct: toDouble(result.drawdown) * 100,
    entries: result.entries,
    trips: await tripsIn(store),
    curve: result.curve.map(({ atMs, equity }) => ({ atMs, worth: worthOf(equity) })),
  };
}

/** The same for all, but for those that build a position: their stop and target fit their plan. */
function protectionOf(strategy: string): Protection {
  const { exits } = strategyNamed(strategy);
  const pctOf = (text: string) => (text === "none" ? undefined : Number.parseFloat(text));
  const [stopPct, takePct] = exits ? [pctOf(exits.stop), pctOf(exits.take)] : [STOP_PCT, TAKE_PCT];
  return { stopPct, takePct, trailingPct: undefined };
}

/** Breakers that opened, from what the run wrote down. */
async function tripsIn(store: Store): Promise<readonly Trip[]> {
  const found: Trip[] = [];
  for (const stream of await store.streams()) {
    for (let after = 0; ; ) {
      const page = await store.read(stream, after, PAGE);
      for (const { sequence, body } of page) {
        const { event, marketMs } = decodeEvent<AccountEvent | DeskEvent>(sequence, body);
        if (event.type === "breaker-tripped") found.push({ breaker: event.breaker, atMs: marketMs });
      }
      const last = page.at(-1);
      if (!last) break;
      after = last.sequence;
    }
  }
  return found.sort((a, b) => a.atMs - b.atMs);
}
