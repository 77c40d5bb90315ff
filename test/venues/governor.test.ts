import { beforeEach, describe, expect, it } from "vitest";
import { Window } from "../../src/venues/governor/window.ts";
import { Governor, type GovernorOptions, governed } from "../../src/venues/governor.ts";
import { BLOFIN } from "../../src/venues/quirks/blofin.ts";
import type { WireAnswer, WireCall, WirePriority } from "../../src/venues/wire.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { answered, ScriptedWire } from "./spot/scripted-wire.ts";

const MINUTE_MS = 60_000;
let clock: FakeClock;
let settled: string[];

beforeEach(() => {
  clock = new FakeClock();
  settled = [];
});

function governorOf(options: Partial<GovernorOptions> = {}): Governor {
  return new Governor({
    clock,
    weightLimits: [{ limit: 100, spanMs: MINUTE_MS }],
    orderLimits: [{ limit: 10, spanMs: 10_000 }],
    ...options,
  });
}

/** Asks and notes when and how it was settled. */
function ask(governor: Governor, name: string, priority: WirePriority, weight = 10, account = "main"): Promise<void> {
  const orders = priority === "read" ? 0 : 1;
  return governor.admit(account, { weight, orders }, priority).then((refusal) => {
    settled.push(refusal ? `${name}: ${refusal.reason}` : name);
  });
}

describe("the budget of an address", () => {
  it("keeps below four fifths of the exchange's limit, and a fifth of that for what reduces", async () => {
    const governor = governorOf();
    for (let n = 0; n < 20; n += 1) void ask(governor, "read", "read");
    await clock.advance(0);
    expect([settled.length, governor.usedShare]).toEqual([6, 0.6]);
    await ask(governor, "exit", "exit");
    await ask(governor, "exit", "exit");
    expect(governor.usedShare).toBeCloseTo(0.8, 9);
    void ask(governor, "too much", "exit");
    await clock.advance(0);
    expect(settled.filter((name) => name === "too much")).toEqual([]);
  });

  it("refuses at once what an account that closes has waiting, and lets the others wait", async () => {
    const governor = governorOf();
    await ask(governor, "first", "exit", 80);
    void ask(governor, "mine", "exit", 10, "main");
    void ask(governor, "other", "exit", 10, "other");
    await governed({ wire: new ScriptedWire(), governor, account: "main", costOf: () => ({ weight: 1, orders: 0 }) }).close();
    await clock.advance(0);
    expect(settled).toEqual(["first", "mine: the desk is closing"]);
    await clock.advance(MINUTE_MS);
    expect(settled.at(-1)).toMatch(/^other/);
  });

  it("lets what exits go before reads, and reads before entries, each in the order they came", async () => {
    const governor = governorOf();
    await ask(governor, "first", "exit", 80);
    await clock.advance(55_000);
    for (const [name, priority] of [
      ["read 1", "read"],
      ["exit 1", "exit"],
      ["read 2", "read"],
      ["exit 2", "exit"],
    ] as const)
      void ask(governor, name, priority);
    await clock.advance(4_000);
    void ask(governor, "entry", "entry", 5);
    expect(settled).toEqual(["first"]);
    await clock.advance(1_500);
    expect(settled).toEqual(["first", "exit 1", "exit 2", "read 1", "read 2", "entry"]);
  });

  it("gives up an entry early and says when there is room", async () => {
    const governor = governorOf();
    await ask(governor, "first", "exit", 80);
    const refusal = governor.admit("main", { weight: 10, orders: 1 }, "entry");
    await clock.advance(2_000);
    expect(await refusal).toEqual({ reason: "the request budget is used up", retryAfterMs: 58_100 });
    expect(clock.sleeping).toBe(0);
  });

  it("has a bounded queue that drops the newest entry for an exit", async () => {
    const governor = governorOf();
    await ask(governor, "first", "exit", 80);
    for (let n = 0; n < 128; n += 1) void ask(governor, `entry ${n}`, "entry");
    void ask(governor, "exit", "exit");
    await clock.advance(0);
    expect(governor.queued).toBe(128);
    expect(settled).toEqual(["first", "entry 127: too many requests are waiting for their turn"]);
  });

  it("counts what others behind the same address use", async () => {
    const governor = governorOf();
    governor.observe("main", answered(200, {}, { "x-mbx-used-weight-1m": "75" }));
    expect(governor.usedShare).toBe(0.75);
    await ask(governor, "exit", "exit", 5);
    governor.observe("main", answered(200, {}, { "x-mbx-used-weight-1m": "80" }));
    expect(governor.usedShare).toBe(0.8);
    await clock.advance(MINUTE_MS + 200);
    expect(governor.usedShare).toBe(0);
  });

  it("has orders of its own for each account", async () => {
    const governor = governorOf({ weightLimits: [] });
    for (let n = 0; n < 12; n += 1) void ask(governor, `main ${n}`, "exit");
    await ask(governor, "other", "exit", 1, "other");
    expect(settled.filter((name) => name.startsWith("main"))).toHaveLength(8);
    expect(settled).toContain("other");
    await clock.advance(10_100);
    expect(settled.filter((name) => /^main \d+$/.test(name))).toHaveLength(8);
  });

  it("fits beside that of a process that died a moment ago, where answers do not tell what it used, and leaves exits their reserve", async () => {
    const { weightLimits, orderLimits, usedShareAtStart } = BLOFIN;
    const begin = (share: number) => governorOf({ weightLimits, orderLimits, usedShareAtStart: share });
    const readAll = async (governor: Governor) => {
      for (let n = 0; n < 40; n += 1)
        void governor.admit("main", { weight: 1, orders: 1 }, "read").then((no) => settled.push(no ? "no" : "read"));
      await clock.advance(0);
    };
    await readAll(begin(0));
    const died = settled.length;
    const next = begin(usedShareAtStart);
    await readAll(next);
    for (let n = 0; n < 3; n += 1) await ask(next, "exit", "exit", 1);
    expect([died, settled.length - died]).toEqual([19, 10 + 3]);
    expect(settled.filter((name) => name === "read").length).toBeLessThan(orderLimits[0].limit);
    await clock.advance(orderLimits[0].spanMs + 100);
    expect(await next.admit("main", { weight: 1, orders: 1 }, "read")).toBeUndefined();
  });

  it("refuses at once what would never fit", async () => {
    await ask(governorOf(), "huge", "read", 65);
    expect(settled).toEqual(["huge: the request budget is used up"]);
  });
});

describe("silence that the exchange asks for", () => {
  it.each([
    [429, { "retry-after": "7" }, 7_000],
    [418, { "retry-after": "600" }, 600_000],
    [418, {}, 120_000],
    [429, {}, 60_000],
    [403, {}, 60_000],
    [418, { "retry-after": "99999999" }, 259_200_000],
  ] as const)("after %i with %o lasts %i ms and is told, so that a restart keeps it", async (status, headers, lastsMs) => {
    const bans: number[] = [];
    const governor = governorOf({ onBan: (untilMs) => bans.push(untilMs) });
    governor.observe("main", answered(status, undefined, headers));
    expect(bans).toEqual([clock.wall() + lastsMs]);
    expect(await governor.admit("main", { weight: 1, orders: 1 }, "exit")).toMatchObject({ retryAfterMs: lastsMs });
    const restarted = governorOf({ bannedUntilMs: governor.bannedUntilMs });
    await clock.advance(lastsMs - 1);
    expect(await restarted.admit("main", { weight: 1, orders: 1 }, "exit")).toMatchObject({ retryAfterMs: 1 });
    await clock.advance(1);
    expect(await restarted.admit("main", { weight: 1, orders: 1 }, "exit")).toBeUndefined();
    expect(await governor.admit("main", { weight: 1, orders: 1 }, "exit")).toBeUndefined();
  });

  it("refuses whatever waits, and is never shortened by a later answer", async () => {
    const governor = governorOf();
    await ask(governor, "first", "exit", 80);
    void ask(governor, "waiting", "exit");
    governor.observe("main", answered(418, undefined, { "retry-after": "600" }));
    governor.observe("main", answered(429, undefined, { "retry-after": "1" }));
    await clock.advance(0);
    expect(settled).toEqual(["first", "waiting: the exchange asked for silence for another 10 min"]);
    expect(governor.bannedUntilMs).toBe(clock.wall() + 600_000);
    expect(clock.sleeping).toBe(0);
  });

  it.each([-90_000, 90_000])("lasts as long as was asked for when the wall clock is set by %i ms meanwhile", async (stepMs) => {
    const governor = governorOf();
    governor.observe("main", answered(418, undefined, { "retry-after": "120" }));
    clock.stepWall(stepMs);
    await clock.advance(119_999);
    expect(await governor.admit("main", { weight: 1, orders: 1 }, "exit")).toMatchObject({ retryAfterMs: 1 });
    expect(governor.bannedUntilMs).toBe(clock.wall() + 1);
    await clock.advance(1);
    expect(await governor.admit("main", { weight: 1, orders: 1 }, "exit")).toBeUndefined();
  });
});

describe("too many orders of one account (-1015)", () => {
  const refusal = { code: -1015, msg: "Too many new orders; current limit is 10 orders per 10 SECOND." };

  it.each([
    [{}, 10_000],
    [{ "retry-after": "40000" }, 40_000_000],
  ] as const)(
    "with %o keeps that account's orders back for %i ms and silences nobody: the address is no part of it",
    async (headers, lastsMs) => {
      const bans: number[] = [];
      const governor = governorOf({ onBan: (untilMs) => bans.push(untilMs) });
      governor.observe("main", answered(429, refusal, headers));
      expect([bans, governor.bannedUntilMs <= clock.wall()]).toEqual([[], true]);
      expect(await governor.admit("main", { weight: 1, orders: 0 }, "read")).toBeUndefined();
      expect(await governor.admit("main", { weight: 1, orders: 0 }, "exit")).toBeUndefined();
      expect(await governor.admit("other", { weight: 1, orders: 1 }, "exit")).toBeUndefined();
      expect(await governor.admit("main", { weight: 1, orders: 1 }, "exit")).toMatchObject({ retryAfterMs: lastsMs });
      await clock.advance(lastsMs);
      expect(await governor.admit("main", { weight: 1, orders: 1 }, "exit")).toBeUndefined();
    },
  );

  it("is heard by the orders of that account that wait for their turn", async () => {
    const governor = governorOf();
    await ask(governor, "first", "exit", 80);
    void ask(governor, "mine", "exit", 10, "main");
    void ask(governor, "other", "exit", 10, "other");
    governor.observe("main", answered(429, refusal));
    await clock.advance(0);
    expect(settled).toEqual(["first", "mine: the exchange takes no more orders of this account for another 10 s"]);
  });
});

describe("an exchange that says `too many` in one way (Blofin)", () => {
  const { silences, oneRefusalForBoth } = BLOFIN;
  const tooMany = answered(429, { code: "429", msg: "Too Many Requests" });
  const admits = async (governor: Governor, account: string, orders: number) =>
    (await governor.admit(account, { weight: 1, orders }, "exit"))?.retryAfterMs ?? 0;

  it("keeps back the one account for ten seconds at first, and everybody once it is said of anything else", async () => {
    const bans: number[] = [];
    const governor = governorOf({ silences, oneRefusalForBoth, onBan: (untilMs) => bans.push(untilMs - clock.wall()) });
    governor.observe("main", tooMany, 1);
    governor.observe("main", tooMany, 1);
    expect([await admits(governor, "main", 1), await admits(governor, "main", 0), await admits(governor, "other", 1)]).toEqual([
      10_000, 0, 0,
    ]);
    expect(bans).toEqual([]);
    await clock.advance(2_000);
    governor.observe("public", tooMany);
    expect([bans, await admits(governor, "other", 1)]).toEqual([[300_000], 300_000]);
  });

  it("sends everybody away when an account is refused that had sent nothing, but not when it is long after", async () => {
    const governor = governorOf({ silences, oneRefusalForBoth });
    governor.observe("main", tooMany, 1);
    await clock.advance(30_000);
    governor.observe("main", tooMany, 1);
    expect(await admits(governor, "other", 1)).toBe(0);
    await clock.advance(11_000);
    governor.observe("main", tooMany, 1);
    expect(await admits(governor, "other", 1)).toBe(300_000);
  });

  it("has a firewall that sends an address away for five minutes", async () => {
    const governor = governorOf({ silences, oneRefusalForBoth });
    governor.observe("main", answered(403, undefined), 1);
    expect(await admits(governor, "other", 0)).toBe(300_000);
  });

  it("hears of its wire which calls were orders", async () => {
    const wire = new ScriptedWire();
    wire.tell("POST /api/v1/trade/order", tooMany);
    const governor = governorOf({ silences, oneRefusalForBoth });
    const limited = governed({ wire, governor, account: "main", costOf: () => ({ weight: 1, orders: 1 }) });
    await limited.send({ method: "POST", path: "/api/v1/trade/order", params: {}, signed: true, timeoutMs: 1, priority: "exit" });
    expect([await admits(governor, "main", 1), await admits(governor, "other", 1)]).toEqual([10_000, 0]);
  });
});

describe("a governed wire", () => {
  const call: WireCall = { method: "POST", path: "/api/v3/order", params: {}, signed: true, timeoutMs: 1, priority: "entry" };

  it("sends nothing while silence is asked for, and says so as `not sent`", async () => {
    const wire = new ScriptedWire();
    wire.tell("POST /api/v3/order", answered(418, { code: -1003, msg: "Way too much." }, { "retry-after": "60" }), answered(200, {}));
    const limited = governed({ wire, governor: governorOf(), account: "main", costOf: () => ({ weight: 1, orders: 1 }) });
    expect(await limited.send(call)).toMatchObject({ phase: "answered", status: 418 });
    const refused: WireAnswer = { phase: "not-sent", reason: "the exchange asked for silence for another 1 min", retryAfterMs: 60_000 };
    expect(await limited.send(call)).toEqual(refused);
    expect(wire.calls).toHaveLength(1);
    await clock.advance(60_000);
    expect(await limited.send(call)).toMatchObject({ phase: "answered", status: 200 });
  });
});

describe("a window of usage", () => {
  it("never holds less than the last span, and few pieces", () => {
    const window = new Window({ limit: 10, spanMs: 60_000 });
    for (let ms = 0; ms < 120_000; ms += 7) window.add(1, ms);
    const exact = Math.floor(60_000 / 7);
    expect(window.used(120_000)).toBeGreaterThanOrEqual(exact);
    expect(window.used(120_000)).toBeLessThan(exact * 1.01);
    expect(window.used(181_000)).toBe(0);
  });
});
