import { expect, it } from "vitest";
import { type AccountState, emptyAccount, newBot } from "../../../src/domain/books.ts";
import type { BotSpec } from "../../../src/domain/bot.ts";
import type { AccountEvent } from "../../../src/domain/events.ts";
import { decimal, ZERO } from "../../../src/domain/money.ts";
import type { Order } from "../../../src/domain/order.ts";
import { marketMs } from "../../../src/domain/time.ts";
import { Lane } from "../../../src/engine/live/lane.ts";
import type { Logger } from "../../../src/ports/logger.ts";
import { order, Rig, SYMBOL, stop } from "../../venues/perpetual-rig.ts";

const STOP = "ss1stop";
const SILENT: Logger = { debug: none, info: none, warn: none, error: none, child: () => SILENT };
const SPEC: BotSpec = {
  ...{ id: "b1", name: "dip", group: undefined, owner: "terminal:local", account: "perps", mode: "live", symbol: SYMBOL },
  ...{ timeframe: "1m", strategy: "ema-cross", params: {}, sizing: { kind: "notional", notional: decimal(20) } },
  protection: { stopPct: 2, takePct: undefined, trailingPct: undefined },
};

function none(): void {}

/** A bot at Blofin that holds 0.01 BTC behind its stop, with the lane that follows it and what that lane writes. */
async function held() {
  const rig = new Rig();
  const { stage, venue } = rig;
  await venue.place(order());
  const placed = await venue.place(stop({ clientOrderId: STOP }));
  const venueOrderIds = placed.kind === "accepted" ? placed.venueOrderIds : [];
  const state: AccountState = { ...emptyAccount(), account: "perps", mode: "live" };
  const resting: Order = {
    ...{ clientOrderId: STOP, intentId: "b1:stop", attempt: 1, botId: "b1", symbol: SYMBOL, side: "sell", type: "stop" },
    ...{ purpose: "stop", quantity: decimal("0.01"), filledQuantity: ZERO, fillIds: [], status: "open", reason: "stop loss" },
    ...{ sinceMs: marketMs(stage.nowMs), price: decimal(58_000), venueOrderIds },
  };
  state.orders.set(STOP, resting);
  const bot = newBot(SPEC);
  bot.position = { ...bot.position, quantity: decimal("0.01"), cost: decimal(600), openedMs: marketMs(stage.nowMs), fillCount: 1 };
  state.bots.set(SPEC.id, bot);
  const rules = (await venue.instruments()).get(SYMBOL);
  const written: AccountEvent[] = [];
  const times = { monotonicMs: () => stage.nowMs, venueMs: () => stage.nowMs };
  const lane = new Lane(
    {
      ...{
        state,
        times,
        unsent: new Map<string, number>(),
        venue,
        services: { logger: SILENT, caughtUp: undefined },
        answered: none,
        reconciler: { unlisted: none },
        refused: () => [],
      },
      look: () => ({
        ...{ rules, traits: venue.traits, dust: ZERO, others: () => ZERO, price: 60_000, listed: true, turn: true },
        ...{ nowMs: stage.nowMs, venueMs: stage.nowMs },
      }),
      appendEvents: async (facts) => void written.push(...(typeof facts === "function" ? facts() : facts)),
      syncFills: async () => false,
      entryForbidden: () => undefined,
    },
    bot,
  );
  const beat = async () => {
    lane.wake((failure) => {
      throw failure;
    });
    await lane.idle();
  };
  return { rig, bot, beat, written };
}

it("a stop that the venue says it has canceled protects no more, however long its reading stays out", async () => {
  const { rig, bot, beat, written } = await held();
  bot.exit = { purpose: "close", key: "x1", slotMs: marketMs(0), reason: "closed by hand", values: {}, tries: 0 };
  let canceled = false;
  rig.wire.spoil = ({ path }) => {
    if (canceled) return { phase: "lost", reason: "no answer" };
    canceled = path.includes("cancel-tpsl");
    return undefined;
  };
  await beat();
  expect(canceled).toBe(true);
  for (let second = 0; second < 6; second += 1) {
    rig.stage.pass(1_000);
    await beat();
  }
  expect(written.filter(({ type }) => type === "position-naked")).not.toEqual([]);
});

it("the order that a stop became when it triggered is known by its id with the first reading", async () => {
  const { rig, beat, written } = await held();
  rig.stage.tape.write(1, 60_000, 60_000, 57_000, 57_500);
  rig.stage.pass(120_000);
  await beat();
  const [child] = rig.stage.account.orders.all().filter(({ algoClientOrderId }) => algoClientOrderId === STOP);
  const accepted = written.find(({ type }) => type === "order-accepted");
  expect(accepted).toMatchObject({ clientOrderId: STOP, venueOrderIds: [expect.any(String), child?.id] });
});
