import { expect, test } from "vitest";
import { metersOf } from "../../src/app/meters.ts";
import type { AccountEvent } from "../../src/domain/events.ts";
import { type OrderCount, OrderTally } from "../../src/http/api/order-tally.ts";
import { fillOf } from "../chat/delivery.rig.ts";
import { wishFor } from "../kit/engine-rig.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { FakeEngine } from "../kit/fake-desk.ts";
import { FakeLedger } from "../kit/fake-ledger.ts";
import { FakeStreams } from "../kit/fake-streams.ts";

const CANCELED: AccountEvent = { type: "order-canceled", botId: "b", clientOrderId: "o", reason: "asked for" };
const told = (counts: readonly OrderCount[]) =>
  counts.filter(({ count }) => count > 0).map(({ mode, event, count }) => `${count} ${event} on ${mode}`);

function rig() {
  const clock = new FakeClock();
  const streams = new FakeStreams(clock);
  const modeOf = (stream: string) => (stream === "account:real" ? ("live" as const) : stream === "desk" ? undefined : ("paper" as const));
  return { clock, streams, parts: { clock, streams, modeOf } };
}

test("orders are counted by mode from when the process began, each once however often and at once it is asked", async () => {
  const { clock, streams, parts } = rig();
  streams.append("account:a", fillOf("b", 1), CANCELED);
  await clock.advance(1);
  const tally = new OrderTally(parts);
  expect(told(await tally.counts())).toEqual([]);
  streams.append("account:a", fillOf("b", 2), fillOf("b", 3), CANCELED);
  streams.append("account:real", fillOf("b", 4));
  streams.append("desk", { type: "resumed", reason: "x", by: "y" });
  const [first, second] = await Promise.all([tally.counts(), tally.counts()]);
  expect(told(first)).toEqual(["2 filled on paper", "1 canceled on paper", "1 filled on live"]);
  expect(second).toEqual(first);
});

test("a stream that is opened later is counted without what happened before the process", async () => {
  const { clock, streams, parts } = rig();
  const late = new FakeStreams(clock);
  late.append("account:late", fillOf("b", 1));
  await clock.advance(1_000);
  const tally = new OrderTally({ ...parts, streams: late, modeOf: parts.modeOf });
  expect(streams.names()).toEqual([]);
  late.append("account:late", fillOf("b", 2));
  expect(told(await tally.counts())).toEqual(["1 filled on paper"]);
});

test("a reading is bounded, and the next one counts on", async () => {
  const { streams, parts } = rig();
  const tally = new OrderTally(parts);
  streams.append("account:a", ...Array.from({ length: 20_700 }, () => CANCELED));
  expect(told(await tally.counts())).toEqual(["20000 canceled on paper"]);
  expect(told(await tally.counts())).toEqual(["20700 canceled on paper"]);
  expect(streams.pageMax).toBe(500);
});

test("a store that fails fails the reading, and nothing is counted twice after it", async () => {
  const { streams, parts } = rig();
  let fails = true;
  const since: FakeStreams["since"] = (...page) => (fails ? Promise.reject(new Error("full")) : streams.since(...page));
  const failing = {
    names: () => streams.names(),
    lastSequence: streams.lastSequence.bind(streams),
    onAppend: streams.onAppend.bind(streams),
    since,
  };
  const tally = new OrderTally({ ...parts, streams: failing });
  streams.append("account:a", fillOf("b", 1));
  await expect(tally.counts()).rejects.toThrow("full");
  fails = false;
  expect(told(await tally.counts())).toEqual(["1 filled on paper"]);
});

test("the meters of a desk count by the account's mode and pass on what is measured", async () => {
  const { clock, streams } = rig();
  const engine = new FakeEngine(new FakeLedger());
  await engine.createBot(wishFor({ name: "dip" }), { requestId: "r", user: "discord:1" });
  const account = engine.accounts()[0]!.state.account;
  const budgets = [{ exchange: "binance", environment: "demo", usedShare: 0.1, queued: 0 }];
  const own = { isHeld: () => true, slots: () => 5, deskAgeMs: () => undefined };
  const parts = {
    engine,
    streams,
    clock,
    own,
    symbolsOn: () => new Set<string>(),
    delivery: { backlogs: () => [] },
    venues: { budgets: async () => budgets },
  };
  const meters = metersOf({ ...parts, role: "all" });
  streams.append(`account:${account}`, fillOf("b", 1));
  streams.append("account:gone", fillOf("b", 1));
  expect(told(await meters.orders())).toEqual(["1 filled on paper"]);
  expect([await meters.budgets(), meters.loopDelay(), meters.backlogs()]).toEqual([budgets, undefined, []]);
  expect([meters.role, meters.accountsHeld(), meters.slots(), meters.deskAgeMs()]).toEqual(["all", 2, 5, undefined]);
  expect(meters.isMarketRead()).toBe(false);
});

test("an engine counts the orders of the accounts that it has, and of those that it had or takes only what happened while it had them", async () => {
  const { clock, streams } = rig();
  const engine = new FakeEngine(new FakeLedger());
  await engine.createBot(wishFor({ name: "dip" }), { requestId: "r", user: "discord:1" });
  const account = engine.accounts()[0]!.state.account;
  let isHeld = false;
  const own = { isHeld: () => isHeld, slots: () => 0, deskAgeMs: () => 40 };
  const meters = metersOf({
    role: "engine",
    engine,
    streams,
    clock,
    own,
    symbolsOn: (key) => new Set([key]),
    venues: { budgets: async () => [] },
  });
  streams.append(`account:${account}`, fillOf("b", 1));
  expect([told(await meters.orders()), meters.accountsHeld(), meters.deskAgeMs()]).toEqual([[], 0, 40]);
  expect(meters.isMarketRead()).toBe(true);
  isHeld = true;
  streams.append(`account:${account}`, fillOf("b", 2), CANCELED);
  expect([told(await meters.orders()), meters.accountsHeld()]).toEqual([["1 filled on paper", "1 canceled on paper"], 1]);
  isHeld = false;
  streams.append(`account:${account}`, fillOf("b", 3));
  expect(told(await meters.orders())).toEqual(["1 filled on paper", "1 canceled on paper"]);
});
