import { describe, expect, it } from "vitest";
import { emptyAccount } from "../../../src/domain/books.ts";
import type { AccountEvent } from "../../../src/domain/events.ts";
import { decimal, ZERO } from "../../../src/domain/money.ts";
import type { Order } from "../../../src/domain/order.ts";
import { marketMs } from "../../../src/domain/time.ts";
import { FillSync } from "../../../src/engine/live/fill-sync.ts";
import type { LiveVenue, OrderReading, OrderRef, VenueFill } from "../../../src/ports/live-venue.ts";
import type { Logger } from "../../../src/ports/logger.ts";
import { PERPETUAL_TRAITS } from "./traits.ts";

const SYMBOL = "BTC/USDT:USDT";
const CHILD = "28150817";
const QUIET: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => QUIET };

function stopNamed(clientOrderId: string, status: Order["status"], venueOrderId: string): Order {
  return {
    ...{ clientOrderId, intentId: `b1:${clientOrderId}:stop`, attempt: 1, botId: "b1", symbol: SYMBOL, side: "sell", type: "stop" },
    ...{ purpose: "stop", quantity: decimal("0.01"), filledQuantity: ZERO, fillIds: [], status, reason: "stop loss" },
    ...{ sinceMs: marketMs(0), venueOrderIds: [venueOrderId] },
  } as Order;
}

const FILL: VenueFill = {
  ...{ fillId: "7772218", venueOrderId: CHILD, symbol: SYMBOL, side: "sell", price: decimal(50_000), quantity: decimal("0.01") },
  ...{ fee: decimal("0.3"), feeCurrency: "USDT", liquidity: "taker", venueMs: 1_000 },
};

/** Blofin's way: the order that a stop became has an id of its own and none of ours, and only the stop tells of it. */
function venueWhere(becameChild: string, asked: string[]): LiveVenue {
  const find = async ({ clientOrderId, venueOrderIds }: OrderRef): Promise<OrderReading> => {
    asked.push(clientOrderId);
    const base = { symbol: SYMBOL, side: "sell", quantity: decimal("0.01"), createdMs: 0 } as const;
    if (clientOrderId === "")
      return { kind: "found", order: { ...base, clientOrderId, venueOrderIds, status: "filled", filledQuantity: decimal("0.01") } };
    const ids = clientOrderId === becameChild ? [...venueOrderIds, CHILD] : venueOrderIds;
    return { kind: "found", order: { ...base, clientOrderId, venueOrderIds: ids, status: "canceled", filledQuantity: ZERO } };
  };
  return { traits: PERPETUAL_TRAITS, find, fills: async () => ({ fills: [FILL], cursor: "1000" }) } as Partial<LiveVenue> as LiveVenue;
}

describe("a fill of what a triggered stop became", () => {
  it("is the stop's, however many stops the symbol had before it", async () => {
    const state = emptyAccount();
    for (const index of [1, 2, 3, 4]) state.venue.closed.set(`ss-old${index}`, stopNamed(`ss-old${index}`, "canceled", `10${index}`));
    state.orders.set("ss-now", stopNamed("ss-now", "open", "1020"));
    const asked: string[] = [];
    const events: AccountEvent[] = [];
    const sync = new FillSync({
      state,
      venue: venueWhere("ss-now", asked),
      logger: QUIET,
      times: { monotonicMs: () => 0, venueMs: () => 0 },
      appendEvents: async (facts) => void events.push(...(typeof facts === "function" ? facts() : facts)),
      fillsSince: () => 0,
    });
    await sync.sync(SYMBOL);
    expect(asked.slice(0, 2)).toEqual(["", "ss-now"]);
    expect(events.find(({ type }) => type === "order-accepted")).toMatchObject({ clientOrderId: "ss-now", venueOrderIds: ["1020", CHILD] });
    expect(sync.foreign(SYMBOL)).toBeUndefined();
  });
});
