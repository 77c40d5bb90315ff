import { describe, expect, it } from "vitest";
import { type AccountState, emptyAccount, newBot } from "../../src/domain/books.ts";
import { decimal, ZERO } from "../../src/domain/money.ts";
import type { Order } from "../../src/domain/order.ts";
import { marketMs } from "../../src/domain/time.ts";
import { AccountSums, type Part } from "../../src/engine/account-sums.ts";
import { random as randomOf } from "../kit/engine-market.ts";

const SYMBOLS = ["BTC/USDT", "ETH/USDT", "SOL/USDT"];
const PARTS: readonly Part[] = ["everything", ...SYMBOLS.map((symbol) => ({ symbol })), { botId: "b1" }];
const DAY = "2026-03-01";

function account(): AccountState {
  const state = { ...emptyAccount(), account: "paper:1", currency: "USDT", day: { day: DAY, equity: decimal(1_000) } };
  state.balances.set("USDT", decimal(1_000));
  SYMBOLS.flatMap((symbol) => [symbol, symbol]).forEach((symbol, index) => {
    const bot = newBot({
      ...{ id: `b${index}`, name: `dip-${index}`, owner: "discord:1", account: "paper:1", mode: "paper", group: undefined },
      ...{ symbol, timeframe: "1m", strategy: "ema-cross", params: {} },
      sizing: { kind: "notional", notional: decimal(100) },
      protection: { stopPct: 2, takePct: undefined, trailingPct: undefined },
    });
    state.bots.set(bot.spec.id, bot);
  });
  return state;
}

function entryOf(botId: string, symbol: string, about: Partial<Order>): Order {
  return {
    ...{ clientOrderId: `ss-${botId}`, intentId: `${botId}:x:entry#1`, attempt: 1, botId, symbol, side: "buy", type: "market" },
    ...{ purpose: "entry", quantity: decimal(2), filledQuantity: ZERO, fillIds: [], status: "open", reason: "", sinceMs: marketMs(0) },
    ...about,
  } as Order;
}

const sumsOf = (sums: AccountSums) =>
  PARTS.map((part) => [sums.exposure(part).toFixed(), [...sums.open(part)].sort(), sums.entries(part), sums.equity()?.toFixed()]);

describe("the sums of an account", () => {
  it("are those of a fresh count after every change of its books and of its prices", () => {
    const random = randomOf(7);
    const state = account();
    const bots = [...state.bots.values()];
    const prices = new Map<string, number | undefined>(SYMBOLS.map((symbol) => [symbol, 100]));
    const asked = { state, priceOf: (symbol: string) => prices.get(symbol) };
    const kept = new AccountSums(asked);
    const seen = new Set<string>();
    const changes = [
      (bot: (typeof bots)[number]) => {
        const quantity = decimal(Math.floor(random() * 3));
        bot.position = { ...bot.position, quantity, cost: quantity.times(90) };
        state.balances.set(bot.spec.symbol.split("/")[0]!, quantity);
      },
      ({ spec: { id, symbol } }: (typeof bots)[number]) => {
        const order = entryOf(id, symbol, random() < 0.5 ? { price: decimal(80) } : {});
        if (!state.orders.delete(order.clientOrderId)) state.orders.set(order.clientOrderId, order);
      },
      (bot: (typeof bots)[number]) => {
        bot.risk = { ...bot.risk, entries: bot.risk.entries + 1, entriesDay: random() < 0.8 ? DAY : "2026-02-28" };
      },
    ];
    for (let step = 0; step < 500; step += 1) {
      if (random() < 0.5) {
        changes[Math.floor(random() * changes.length)]!(bots[Math.floor(random() * bots.length)]!);
        state.sequence += 1;
      } else prices.set(SYMBOLS[Math.floor(random() * SYMBOLS.length)]!, random() < 0.1 ? undefined : 50 + Math.floor(random() * 100));
      const sums = sumsOf(kept);
      expect(sums, `step ${step}`).toEqual(sumsOf(new AccountSums(asked)));
      seen.add(JSON.stringify(sums));
    }
    expect(seen.size).toBeGreaterThan(300);
  });

  it("are not counted again while neither books nor prices move", () => {
    const state = account();
    const bot = state.bots.get("b0")!;
    bot.position = { ...bot.position, quantity: decimal(1), cost: decimal(90) };
    let lookedAt = 0;
    const bots = state.bots;
    const watched = {
      ...state,
      get bots() {
        lookedAt += 1;
        return bots;
      },
    };
    let price = 100;
    const sums = new AccountSums({ state: watched, priceOf: () => price });
    expect(sums.exposure("everything").toFixed()).toBe("100");
    expect(sums.exposure("everything").toFixed()).toBe("100");
    expect(lookedAt).toBe(1);
    price = 120;
    expect(sums.exposure("everything").toFixed()).toBe("120");
    watched.sequence += 1;
    sums.exposure("everything");
    expect(lookedAt).toBe(3);
  });
});
