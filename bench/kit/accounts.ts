import type { BotSpec } from "../../src/domain/bot.ts";
import type { Rates } from "../../src/domain/conversion.ts";
import type { AccountEvent } from "../../src/domain/events.ts";
import type { Limits, RiskScope } from "../../src/domain/limits.ts";
import { type Decimal, decimal, ZERO } from "../../src/domain/money.ts";
import { type MarketMs, marketMs } from "../../src/domain/time.ts";
import { Accounts } from "../../src/engine/accounts.ts";
import { Days } from "../../src/engine/days.ts";
import { openDesk } from "../../src/engine/desk.ts";
import { FeedHub } from "../../src/engine/feeds.ts";
import { clientOrderIdOf, intentIdOf } from "../../src/engine/intents.ts";
import { RiskGuard } from "../../src/engine/risk-guard.ts";
import { StreamBook } from "../../src/engine/streams.ts";
import type { Market } from "../../src/ports/market.ts";
import type { Store } from "../../src/ports/store.ts";
import type { BreakerDefaults } from "../../src/risk/breaker-defaults.ts";
import { systemClock } from "../../src/system/clock.ts";
import { openPaperVenue } from "../../src/venues/paper.ts";
import { quietLogger } from "./desk.ts";

/** One coin bought at a price, with its stop. */
export function holding(bot: BotSpec, at: MarketMs, { price, stop }: { readonly price: Decimal; readonly stop: Decimal }): AccountEvent[] {
  const intentId = intentIdOf(bot.id, at, "entry");
  const clientOrderId = clientOrderIdOf(intentId, 1);
  const order = { botId: bot.id, symbol: bot.symbol, side: "buy", quantity: decimal(1) } as const;
  const wish = { reason: "bought for the bench", values: {}, slotMs: at } as const;
  const fill = {
    fillId: `${clientOrderId}.1`,
    clientOrderId,
    symbol: bot.symbol,
    side: "buy",
    price,
    quantity: decimal(1),
    fee: ZERO,
    feeCurrency: "USDT",
    liquidity: "taker",
    marketMs: at,
  } as const;
  const after = { positionQuantity: decimal(1), entryPrice: price, realized: undefined, stopPrice: stop, takePrice: decimal(120) };
  return [
    { type: "intent", intent: { ...order, ...wish, intentId, type: "market", purpose: "entry", clientOrderId } },
    { type: "order-filled", fill, botId: bot.id, purpose: "entry", reason: wish.reason, after },
  ];
}

/** All money is in one currency. */
const NO_RATES: Rates = { currency: "USDT", of: () => "nothing is counted here" };

export interface BenchRisk {
  /** Nothing opens where it is left out. */
  readonly breakers?: BreakerDefaults;
  readonly limits?: readonly (readonly [RiskScope, Limits])[];
}

/** The accounts of a desk at work, without the beat that brings them prices. */
export async function openAccounts(store: Store, market: Market, { breakers, limits = [] }: BenchRisk = {}) {
  const clock = systemClock();
  const streams = new StreamBook(store, (refusal) => {
    throw refusal;
  });
  const desk = await openDesk(store, clock, streams);
  await desk.append(limits.map(([scope, each]) => ({ type: "limits-set", scope, limits: each, by: "bench" }) as const));
  const accounts = new Accounts({ store, streams, desk, paperBalances: new Map(), openVenue: openPaperVenue, logger: quietLogger });
  const hub = new FeedHub(market, marketMs(market.startMs));
  const services = {
    market,
    hub,
    clock,
    logger: quietLogger,
    limits: { dailyLossPct: 50, positionCapPct: 50 },
    days: new Days("UTC"),
    risk: new RiskGuard({
      desk,
      accounts: () => accounts.all(),
      days: new Days("UTC"),
      defaults: breakers,
      dailyLossPct: 50,
      rates: NO_RATES,
    }),
    halted: () => undefined,
    caughtUp: undefined,
    now: () => hub.atMs,
    lagMs: 0,
    advisor: () => undefined,
    matchUntil: () => Number.POSITIVE_INFINITY,
  };
  for (const writer of await accounts.load()) accounts.put(writer, services);
  return { accounts, hub };
}
