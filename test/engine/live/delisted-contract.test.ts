import { expect, it } from "vitest";
import { type AccountState, emptyAccount, newBot } from "../../../src/domain/books.ts";
import type { BotSpec } from "../../../src/domain/bot.ts";
import type { AccountEvent } from "../../../src/domain/events.ts";
import { decimal } from "../../../src/domain/money.ts";
import { marketMs } from "../../../src/domain/time.ts";
import { Preparations } from "../../../src/engine/live/preparations.ts";
import { Reconciler } from "../../../src/engine/live/reconciler.ts";
import type { Logger } from "../../../src/ports/logger.ts";
import { order, Rig, SYMBOL } from "../../venues/perpetual-rig.ts";

const SPEC: BotSpec = {
  ...{ id: "b1", name: "dip", group: undefined, owner: "terminal:local", account: "perps", mode: "live", symbol: SYMBOL },
  ...{ timeframe: "1m", strategy: "ema-cross", params: {}, sizing: { kind: "notional", notional: decimal(20) } },
  protection: { stopPct: 2, takePct: undefined, trailingPct: undefined },
};
const ROUNDS = 20;
const SILENT: Logger = { debug: none, info: none, warn: none, error: none, child: () => SILENT };

function none(): void {}

/** A process that begins while a bot holds 0.01 BTC in a contract that is listed no more. */
async function restarted() {
  const rig = new Rig();
  await rig.venue.place(order());
  const cash = (await rig.venue.balances()).get("USDT");
  rig.delist();
  rig.stage.pass(1_000);
  const state: AccountState = { ...emptyAccount(), account: "perps", mode: "live" };
  state.venue.openedMs = marketMs(rig.stage.nowMs);
  if (cash) state.balances.set("USDT", cash.free.plus(cash.locked));
  const bot = newBot(SPEC);
  bot.position = { ...bot.position, quantity: decimal("0.01"), cost: decimal(600), openedMs: marketMs(rig.stage.nowMs), fillCount: 1 };
  state.bots.set(SPEC.id, bot);
  const venue = rig.restarted();
  const written: AccountEvent[] = [];
  const monotonicMs = () => rig.stage.nowMs;
  let rules: ReadonlySet<string> = new Set();
  const host = {
    ...{ venue, state, logger: SILENT, preparations: new Preparations(monotonicMs), times: { monotonicMs, venueMs: monotonicMs } },
    fills: { sync: async () => false, foreign: () => undefined },
    symbols: () => [SYMBOL],
    concerns: () => true,
    lists: (symbol: string) => rules.has(symbol),
    activity: () => 0,
    movedMs: () => Number.NEGATIVE_INFINITY,
    priceOf: () => undefined,
    loadRules: async () => {
      rules = new Set((await venue.instruments()).keys());
    },
    appendEvents: async (facts: AccountEvent[] | (() => AccountEvent[])) =>
      void written.push(...(typeof facts === "function" ? facts() : facts)),
  };
  return { rig, written, reconciler: new Reconciler(host) };
}

it("a contract that was delisted while a bot holds it keeps nothing else of the account from being reconciled, and is not taken for closed", async () => {
  const { rig, written, reconciler } = await restarted();
  for (let round = 0; round < ROUNDS; round += 1) {
    expect(await reconciler.run()).toEqual({ findings: [], complete: true });
    rig.stage.pass(30_000);
  }
  expect(written).toEqual([]);
});
