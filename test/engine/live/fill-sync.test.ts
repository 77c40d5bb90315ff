import { expect, it } from "vitest";
import { applyAccountEvent } from "../../../src/domain/account.ts";
import { type AccountState, emptyAccount, newBot } from "../../../src/domain/books.ts";
import type { BotSpec } from "../../../src/domain/bot.ts";
import type { AccountEvent } from "../../../src/domain/events.ts";
import { decimal, ZERO } from "../../../src/domain/money.ts";
import type { Order } from "../../../src/domain/order.ts";
import { marketMs, wallMs } from "../../../src/domain/time.ts";
import { FillSync } from "../../../src/engine/live/fill-sync.ts";
import type { Logger } from "../../../src/ports/logger.ts";
import { order, Rig, SYMBOL, stop } from "../../venues/perpetual-rig.ts";

const WORKS = "ss1works";
const SILENT: Logger = { debug: none, info: none, warn: none, error: none, child: () => SILENT };

function none(): void {}

const SPEC: BotSpec = {
  ...{ id: "b1", name: "dip", group: undefined, owner: "terminal:local", account: "perps", mode: "live", symbol: SYMBOL },
  ...{ timeframe: "1m", strategy: "ema-cross", params: {}, sizing: { kind: "notional", notional: decimal(20) } },
  protection: { stopPct: 2, takePct: undefined, trailingPct: undefined },
};

function protective(clientOrderId: string, about: Partial<Order>): Order {
  return {
    ...{ clientOrderId, intentId: `b1:${clientOrderId}`, attempt: 1, botId: "b1", symbol: SYMBOL, side: "sell", type: "stop" },
    ...{ purpose: "stop", quantity: decimal("0.01"), filledQuantity: ZERO, fillIds: [], status: "open", reason: "stop loss" },
    ...{ sinceMs: marketMs(0), price: decimal(58_000), ...about },
  };
}

it("a stop that has triggered into another order is found, however many earlier ones of its symbol are over", async () => {
  const rig = new Rig();
  const { stage, venue } = rig;
  await venue.place(order());
  const placed = await venue.place(stop({ clientOrderId: WORKS }));
  const venueOrderIds = placed.kind === "accepted" ? placed.venueOrderIds : [];
  const state: AccountState = { ...emptyAccount(), account: "perps", mode: "live" };
  state.orders.set(WORKS, protective(WORKS, { venueOrderIds }));
  for (const id of ["ss1over", "ss2over", "ss3over"]) state.venue.closed.set(id, protective(id, { status: "expired" }));
  const bot = newBot(SPEC);
  bot.position = { ...bot.position, quantity: decimal("0.01"), cost: decimal(600), fillCount: 1 };
  state.bots.set(SPEC.id, bot);
  const begunMs = stage.nowMs;
  const written: AccountEvent[] = [];
  const sync = new FillSync({
    ...{ state, venue, logger: SILENT, fillsSince: () => begunMs },
    times: { monotonicMs: () => stage.nowMs, venueMs: () => stage.nowMs },
    appendEvents: async (facts) => {
      for (const event of typeof facts === "function" ? facts() : facts) {
        written.push(event);
        if (event.type === "fills-synced") state.venue.cursors.set(event.symbol, event.cursor);
      }
    },
  });
  stage.tape.write(1, 60_000, 60_000, 57_000, 57_500);
  stage.pass(120_000);
  await sync.sync(SYMBOL);
  expect(written.find(({ type }) => type === "order-filled")).toMatchObject({ fill: { clientOrderId: WORKS, side: "sell" } });
});

it("the last fill of a symbol that rests is no stranger's once the account has forgotten its order", async () => {
  const rig = new Rig();
  const { stage, venue } = rig;
  const entry = `ss${"a".repeat(20)}`;
  const begunMs = stage.nowMs;
  const placed = await venue.place(order({ clientOrderId: entry }));
  const venueOrderIds = placed.kind === "accepted" ? placed.venueOrderIds : [];
  const state: AccountState = { ...emptyAccount(), account: "perps", mode: "live" };
  state.bots.set(SPEC.id, newBot(SPEC));
  state.orders.set(entry, protective(entry, { venueOrderIds, type: "market", purpose: "entry", side: "buy", status: "open" }));
  const written: AccountEvent[] = [];
  const sync = () =>
    new FillSync({
      ...{ state, venue, logger: SILENT, fillsSince: () => begunMs },
      times: { monotonicMs: () => stage.nowMs, venueMs: () => stage.nowMs },
      appendEvents: async (facts) => {
        for (const event of typeof facts === "function" ? facts() : facts) {
          written.push(event);
          applyAccountEvent(state, {
            ...{ sequence: state.sequence + 1, wallMs: wallMs(0), marketMs: marketMs(stage.nowMs), requestId: undefined },
            event,
          });
        }
      },
    }).sync(SYMBOL);
  await sync();
  stage.pass(900_000);
  await sync();
  expect(state.bots.get("b1")!.position.quantity.toFixed()).toBe("0.01");
  expect(state.venue.closed.has(entry)).toBe(true);
  // Its other bots have ended hundreds of orders since.
  state.venue.closed.clear();
  written.length = 0;
  expect(await sync()).toBe(true);
  expect(written).toEqual([]);
});
