import { describe, expect, it } from "vitest";
import { applyAccountEvent } from "../../src/domain/account.ts";
import { emptyAccount } from "../../src/domain/books.ts";
import { emptyDesk } from "../../src/domain/desk.ts";
import { decimal } from "../../src/domain/money.ts";
import { enter, exit, type Signal } from "../../src/domain/signal.ts";
import { MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { Days } from "../../src/engine/days.ts";
import { FeedHub } from "../../src/engine/feeds.ts";
import { PaperAccount } from "../../src/engine/paper-account.ts";
import { RiskGuard } from "../../src/engine/risk-guard.ts";
import { BotRunner } from "../../src/engine/runner.ts";
import { openStream } from "../../src/engine/stream.ts";
import type { DecideInput, Decider } from "../../src/ports/strategy.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { openPaperVenue } from "../../src/venues/paper.ts";
import { NOON, scripted } from "../kit/engine-market.ts";
import { OWNER, wishFor } from "../kit/engine-rig.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { ONLY_USDT } from "../kit/rates.ts";

const BTC = "BTC/USDT";
const market = scripted({ [BTC]: [100, 101, 102, 103, 104, 105] });

/** One account whose bots run the given strategies, moved by hand. */
async function accountWith(strategies: Readonly<Record<string, (input: DecideInput) => Signal>>) {
  const clock = new FakeClock();
  const hub = new FeedHub(market, market.startMs);
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
  const store = openMemoryStore();
  const writer = await openStream({
    name: "account:a",
    state: emptyAccount(),
    store,
    clock,
    apply: applyAccountEvent,
    onAppend: () => undefined,
    onTaken: () => undefined,
  });
  const services = {
    market,
    hub,
    clock,
    logger: quiet,
    limits: { dailyLossPct: 50, positionCapPct: 100 },
    days: new Days("UTC"),
    risk: new RiskGuard({
      desk: { state: emptyDesk(), clock },
      accounts: () => [],
      days: new Days("UTC"),
      defaults: undefined,
      dailyLossPct: 50,
      rates: ONLY_USDT,
    }),
    lagMs: 0,
  };
  const account = new PaperAccount(writer, openPaperVenue(), {
    ...services,
    halted: () => undefined,
    caughtUp: undefined,
    now: () => hub.atMs,
    advisor: () => undefined,
    matchUntil: () => Number.POSITIVE_INFINITY,
  });
  await account.appendOnce([
    {
      type: "account-opened",
      account: "a",
      owner: OWNER,
      mode: "paper",
      market: market.key,
      balances: new Map([["USDT", decimal(1_000)]]),
    },
  ]);
  for (const [name, decide] of Object.entries(strategies)) {
    const { params: _params, ...wish } = wishFor({ name });
    const bot = { ...wish, id: name, owner: OWNER, account: "a", mode: "paper" as const, params: {} };
    await account.appendOnce([
      { type: "bot-created", bot },
      { type: "bot-started", botId: name },
    ]);
    const decider: Decider = { indicators: {}, series: [], decide };
    const feed = await hub.subscribe(BTC, "1m", { specs: [], series: [] });
    account.runners.add(new BotRunner(account.state.bots.get(name)!, decider), feed.key);
  }
  const { steps } = await market.advance(market.startMs, marketMs(NOON + 6 * MINUTE_MS), new Set([BTC]), 100);
  for (const step of steps) await account.onStep(step, hub.push(step));
  return account;
}

describe("a strategy's fault", () => {
  it("ends in its bot; the others trade on", async () => {
    const { state } = await accountWith({
      bad: () => {
        throw new Error("divided by nothing");
      },
      good: ({ position }) => (position.flat ? enter("long", "why not") : { kind: "hold" }),
    });
    const bad = state.bots.get("bad")!;
    expect([bad.status, bad.statusReason]).toEqual(["faulted", "strategy ema-cross failed: divided by nothing"]);
    expect(state.bots.get("good")!.position.fillCount).toBe(1);
  });

  it("in wishing what does not fit its position is a hold", async () => {
    const { state } = await accountWith({ sells: () => exit("always"), buys: () => enter("long", "always") });
    expect(state.bots.get("sells")!.position.fillCount).toBe(0);
    expect(state.bots.get("buys")!.position.fillCount).toBe(1);
    expect(state.orders.size).toBe(0);
  });
});
