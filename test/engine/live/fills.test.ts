import { expect, it } from "vitest";
import { applyAccountEvent } from "../../../src/domain/account.ts";
import { type AccountState, emptyAccount, newBot } from "../../../src/domain/books.ts";
import type { BotSpec } from "../../../src/domain/bot.ts";
import { decimal, plain, ZERO } from "../../../src/domain/money.ts";
import type { Order } from "../../../src/domain/order.ts";
import { FLAT } from "../../../src/domain/position.ts";
import { marketMs, wallMs } from "../../../src/domain/time.ts";
import { fillEvents } from "../../../src/engine/live/fills.ts";
import type { VenueFill } from "../../../src/ports/live-venue.ts";

const SYMBOL = "BTC/USDT:USDT";
const SPEC: BotSpec = {
  ...{ id: "b1", name: "dip", group: undefined, owner: "terminal:local", account: "perps", mode: "live", symbol: SYMBOL },
  ...{ timeframe: "1m", strategy: "ema-cross", params: {}, sizing: { kind: "notional", notional: decimal(20) } },
  protection: { stopPct: 2, takePct: undefined, trailingPct: undefined },
};
const SALE: Order = {
  ...{ clientOrderId: "ss1sale", intentId: "b1:x", attempt: 1, botId: "b1", symbol: SYMBOL, side: "sell", type: "market", purpose: "exit" },
  ...{ quantity: decimal("0.02"), filledQuantity: ZERO, fillIds: [], status: "open", reason: "exit", sinceMs: marketMs(0) },
};

function sold(fillId: string, quantity: string): VenueFill {
  return {
    ...{ fillId, venueOrderId: "7", symbol: SYMBOL, side: "sell", price: decimal(61_000), quantity: decimal(quantity) },
    ...{ fee: decimal("0.1"), feeCurrency: "USDT", liquidity: "taker", venueMs: 1_000 },
  };
}

function holding(quantity: string): AccountState {
  const state: AccountState = { ...emptyAccount(), account: "perps", mode: "live" };
  const bot = newBot(SPEC);
  bot.position = { ...FLAT, quantity: decimal(quantity), cost: decimal(quantity).times(60_000) };
  state.bots.set(SPEC.id, bot);
  state.orders.set(SALE.clientOrderId, SALE);
  return state;
}

it.each([
  ["0.01", "9.9"],
  ["0", undefined],
])("a sale that closed more of a contract than the %s that was held closes only that, opens nothing and holds nothing up", (held, made) => {
  const state = holding(held);
  const fills = [sold("1", "0.015"), sold("2", "0.005")].map((fill) => ({ fill, order: SALE }));
  const events = fillEvents(state, fills);
  expect(events.map((event) => event.type === "order-filled" && plain(event.after.positionQuantity))).toEqual(["0", "0"]);
  const [first] = events;
  expect(first?.type === "order-filled" && first.after.realized && plain(first.after.realized)).toBe(made);
  events.forEach((event, index) => {
    applyAccountEvent(state, { sequence: index + 1, event, marketMs: marketMs(1_000), wallMs: wallMs(1_000), requestId: undefined });
  });
  const { position } = state.bots.get(SPEC.id)!;
  expect([plain(position.quantity), plain(position.cost), position.openedMs]).toEqual(["0", "0", undefined]);
  expect(state.orders.size).toBe(0);
});
