import { expect, test } from "vitest";
import { runBacktest } from "../../src/backtest/run.ts";
import { MarketSource } from "../../src/backtest/source.ts";
import { exitsFrom, stop, take } from "../../src/chat/args-exits.ts";
import { type Decimal, decimal, plain } from "../../src/domain/money.ts";
import { DAY_MS, marketMs } from "../../src/domain/time.ts";
import { openSimulated } from "../../src/feeds/simulated.ts";
import type { NewBot } from "../../src/ports/engine.ts";
import type { Market } from "../../src/ports/market.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { strategyNamed, strategyNames } from "../../src/strategies/registry.ts";
import { SILENT } from "../../src/system/silent-logger.ts";
import { openPaperVenue } from "../../src/venues/paper.ts";
import { openRig, startBot, wishFor } from "../kit/engine-rig.ts";
import { FakeClock } from "../kit/fake-clock.ts";

const SPAN_MS = 2 * DAY_MS;
const LIMITS = { dailyLossPct: 50, positionCapPct: 100 };
/** Two days of invented minutes after three days of history. */
const market = () => endingMarket(openSimulated({ seed: 42 }));

for (const name of strategyNames()) {
  test(`a backtest of ${name} has the money and the counts of a paper account that lived through the same candles`, async () => {
    const wish = twinFor(name);
    const paper = await livedThrough(wish);
    // A range that follows from the price is that of the moment at which the bot was made.
    const tried = await triedOn({ ...wish, params: paper.params });
    expect(resultsText(tried.results)).toEqual(resultsText(paper.results));
    expect(plain(tried.equity)).toBe(paper.equity);
    expect(tried.entries).toBe(paper.entries);
    expect(tried.minutes).toBe(SPAN_MS / 60_000);
    expect(tried.exposure.toNumber()).toBeCloseTo(paper.heldMs / SPAN_MS, 12);
  });
}

test("some of these strategies trade in those two days, or their agreement would say nothing", async () => {
  const entries = await Promise.all(
    strategyNames().map(async (strategy) => {
      return (await triedOn(twinFor(strategy))).entries;
    }),
  );
  expect(entries.filter((count) => count > 0).length).toBeGreaterThan(1);
});

test("the curve begins with the capital and ends with the equity, and the drawdown is at least that of its points", async () => {
  const tried = await triedOn(wishFor({ name: "twin", timeframe: "5m" }));
  expect(tried.curve[0]).toEqual({ atMs: market().startMs, equity: decimal(10_000), held: decimal(10_000) });
  expect(tried.curve.at(-1)?.equity).toEqual(tried.equity);
  let peak = tried.capital;
  for (const { equity } of tried.curve) {
    if (equity.isGreaterThan(peak)) peak = equity;
    expect(peak.minus(equity).dividedBy(peak).isLessThanOrEqualTo(tried.drawdown)).toBe(true);
  }
  expect(tried.entries).toBeGreaterThan(0);
  expect(tried.drawdown.isGreaterThan(0)).toBe(true);
});

test("buying and holding is the capital at the first open and the last close, less the fee of each", async () => {
  const tried = await triedOn(wishFor({ name: "twin", timeframe: "5m" }));
  const { steps } = await market().advance(market().startMs, marketMs(market().startMs + SPAN_MS), new Set(["BTC/USDT"]), 10_000);
  const first = steps[0]?.candles.get("BTC/USDT")?.open ?? Number.NaN;
  const last = steps.at(-1)?.candles.get("BTC/USDT")?.close ?? Number.NaN;
  const fee = market().instruments.get("BTC/USDT")!.takerFeeBps / 10_000;
  expect(tried.curve.at(-1)?.held).toEqual(tried.held);
  expect(tried.held?.toNumber()).toBeCloseTo(10_000 * (1 - fee) * (last / first) * (1 - fee), 6);
});

test("a bot that cannot be created is refused in one sentence", async () => {
  await expect(triedOn(wishFor({ name: "twin", symbol: "NOPE/USDT" }))).rejects.toThrow("This market has no symbol NOPE/USDT");
});

/** A bot with narrow exits where its strategy has no own. */
function twinFor(name: string): NewBot {
  const { params, exits = { stop: "1%", take: "2%" } } = strategyNamed(name);
  const protection = exitsFrom([stop.parse(exits.stop), take.parse(exits.take)]);
  return wishFor({ name: "twin", strategy: name, params: params.parse({}) as Record<string, number>, timeframe: "5m", protection });
}

async function livedThrough(wish: NewBot) {
  const rig = await openRig({ market: market(), limits: LIMITS });
  await startBot(rig, wish);
  await rig.engine.moveMarket("end");
  const { bots } = rig.books("discord:1");
  const fills = await rig.eventsOf("discord:1", "order-filled");
  const equity = rig.engine.accountOf("discord:1")?.equity;
  const { results, spec, held, heldSinceMs } = [...bots.values()][0]!;
  const spans = heldSinceMs === undefined ? held : [...held, heldSinceMs, market().startMs + SPAN_MS];
  return {
    results,
    heldMs: spans.reduce((sum, ms, index) => sum + (index % 2 === 0 ? -ms : ms), 0),
    params: spec.params,
    equity: equity && plain(equity),
    entries: fills.filter(({ purpose }) => purpose === "entry").length,
  };
}

function triedOn(bot: NewBot) {
  const source = market();
  const span = { symbol: bot.symbol, fromMs: source.startMs, toMs: source.startMs + SPAN_MS };
  const clock = new FakeClock();
  return runBacktest(
    {
      bot,
      instrument: source.instruments.get("BTC/USDT")!,
      market: source.key,
      marketLabel: source.label,
      fromMs: span.fromMs,
      toMs: span.toMs,
      capital: decimal(10_000),
      timeZone: "UTC",
      limits: LIMITS,
    },
    {
      source: new MarketSource(source, span, clock),
      store: openMemoryStore(),
      clock,
      logger: SILENT,
      openVenue: openPaperVenue,
      onProgress: () => {},
    },
  );
}

/** The same market with an end. */
function endingMarket(endless: Market): Market {
  const endMs = marketMs(endless.startMs + SPAN_MS);
  const { key, label, pace, startMs, instruments, assumptions } = endless;
  return {
    ...{ key, label, pace, startMs, instruments, assumptions },
    history: (symbol, before, minutes) => endless.history(symbol, before, minutes),
    async advance(after, until, symbols, limit) {
      const { steps } = await endless.advance(after, marketMs(Math.min(until, endMs)), symbols, limit);
      return { steps, ended: steps.length < limit && until >= endMs };
    },
    prices: async () => [],
    close: async () => {},
  };
}

function resultsText(
  results: ReadonlyMap<number, { readonly realized: Decimal; readonly fees: Decimal; readonly fills: number }>,
): string[] {
  return [...results].map(([atMs, { realized, fees, fills }]) => `${atMs} ${plain(realized)} ${plain(fees)} ${fills}`);
}
