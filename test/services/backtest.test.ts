import { describe, expect, test } from "vitest";
import { runBacktest } from "../../src/backtest/run.ts";
import { MarketSource } from "../../src/backtest/source.ts";
import { exitsFrom, stop, take } from "../../src/chat/args-exits.ts";
import { decimal, toJson } from "../../src/domain/money.ts";
import { openReplay } from "../../src/feeds/replay.ts";
import type { NewBot } from "../../src/ports/engine.ts";
import type { Market } from "../../src/ports/market.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { strategyNamed, strategyNames } from "../../src/strategies/registry.ts";
import { systemClock } from "../../src/system/clock.ts";
import { SILENT } from "../../src/system/silent-logger.ts";
import { openPaperVenue } from "../../src/venues/paper.ts";
import { openRig, startBot, wishFor } from "../kit/engine-rig.ts";
import { recordedOrSkip } from "../kit/recorded.ts";

const LIMITS = { dailyLossPct: 5, positionCapPct: 50 };
const CAPITAL = decimal(10_000);

/** A crash and its recovery, a coin of a few cents, and an illiquid pair with many minutes without a trade. */
const MARKETS = [
  ["BTC/USDT", "market-data/binance-spot-BTCUSDT-1m-20210420-20210520.csv.gz"],
  ["DOGE/USDT", "market-data/binance-spot-DOGEUSDT-1m-20210420-20210520.csv.gz"],
  ["BTC/USDC", "market-data/binanceus-BTCUSDC-1m-20230301-20230321.csv.gz"],
] as const;

describe.each(MARKETS)("over a recording of %s, a backtest and a paper account that lives through the replay", (symbol, file) => {
  test.for(strategyNames())("agree to the last digit for %s", async (strategy, context) => {
    const market = await openReplay(`${symbol}=${recordedOrSkip(context, file)}`);
    const bot = twinFor(strategy, symbol);
    const quote = market.instruments.get(symbol)!.quote;
    const rig = await openRig({ market, limits: LIMITS, paperBalances: new Map([[quote, CAPITAL]]) });
    await startBot(rig, bot);
    await rig.engine.moveMarket("end");
    const lived = [...rig.books("discord:1").bots.values()][0]!;
    const denied = (await rig.eventsOf("discord:1", "wish-denied")).length;
    // A range that follows from the price is that of the moment at which the bot was made.
    const tried = await triedOn(market, { ...bot, params: lived.spec.params });
    expect(toJson(tried.results)).toBe(toJson(lived.results));
    expect(toJson(tried.equity)).toBe(toJson(rig.engine.accountOf("discord:1")?.equity));
    expect([...tried.denials.values()].reduce((sum, count) => sum + count, 0)).toBe(denied);
    expect(tried.entries).toBeGreaterThan(0);
    if (!strategyNamed(strategy).plan) return;
    const filled = await rig.eventsOf("discord:1", "order-filled");
    expect(filled.some(({ purpose, after, fill }) => purpose === "entry" && after.positionQuantity.isGreaterThan(fill.quantity))).toBe(
      true,
    );
  });
});

/** A bot with what one of its strategy has where nothing else is said. */
function twinFor(name: string, symbol: string): NewBot {
  const { params, exits = { stop: "2%", take: "4%" } } = strategyNamed(name);
  const protection = exitsFrom([stop.parse(exits.stop), take.parse(exits.take)]);
  return wishFor({ name: "twin", symbol, strategy: name, params: params.parse({}) as Record<string, number>, timeframe: "5m", protection });
}

function triedOn(market: Market, bot: NewBot) {
  const clock = systemClock();
  const toMs = market.recordedUntilMs!;
  return runBacktest(
    {
      bot,
      instrument: market.instruments.get(bot.symbol)!,
      market: market.key,
      marketLabel: market.label,
      fromMs: market.startMs,
      toMs,
      capital: CAPITAL,
      timeZone: "UTC",
      limits: LIMITS,
    },
    {
      source: new MarketSource(market, { symbol: bot.symbol, fromMs: market.startMs, toMs }, clock),
      store: openMemoryStore(),
      clock,
      logger: SILENT,
      openVenue: openPaperVenue,
      onProgress: () => {},
    },
  );
}
