import { describe, expect, it } from "vitest";
import type { Limits, RiskScope } from "../../src/domain/limits.ts";
import { decimal } from "../../src/domain/money.ts";
import { wallMs } from "../../src/domain/time.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { scripted } from "../kit/engine-market.ts";
import { type EngineRig, OWNER, openRig, startBot } from "../kit/engine-rig.ts";
import { moodyStore } from "../kit/engine-store.ts";

const BTC = "BTC/USDT";
const ETH = "ETH/USDT";
const OTHER = "discord:2";
const money = (value: number) => ({ value: decimal(value), currency: "USDT" });
const JUMP = [100, 102, 102, 102];
/** Up, a loss, up again. */
const LOSS_THEN_UP = [100, 102, 102, 102, 96, 96, 104, 104, 104];

const set = (rig: EngineRig, scope: RiskScope, limits: Limits) => rig.desk.append([{ type: "limits-set", scope, limits, by: OWNER }]);
const denials = async (rig: EngineRig, owner = OWNER) => (await rig.eventsOf(owner, "wish-denied")).map(({ code }) => code);
const entered = async (rig: EngineRig, owner = OWNER) =>
  (await rig.eventsOf(owner, "intent")).filter(({ intent }) => intent.purpose === "entry").map(({ intent }) => intent.quantity.toNumber());

describe("limits at work", () => {
  it("give the last of an account's exposure to one of two bots that want it in one minute, and cut the other", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: JUMP, [ETH]: JUMP }) });
    await set(rig, `account:paper:${OWNER}`, { exposure: money(3_000) });
    await startBot(rig, { name: "a" });
    await startBot(rig, { name: "b", symbol: ETH });
    await rig.move(2);
    expect(await entered(rig)).toEqual([19.607, 9.804]);
    await rig.move(2);
    expect(rig.engine.limits()).toMatchObject([{ name: "Exposure", limit: "3,000 USDT" }]);
  });

  it("give the desk's last position to one of two accounts that race for it", async () => {
    const moody = moodyStore(openMemoryStore());
    const rig = await openRig({ market: scripted({ [BTC]: JUMP }), store: moody.store });
    await set(rig, "all", { positions: 1 });
    await startBot(rig, { name: "a" });
    await startBot(rig, { name: "b" }, OTHER);
    // The first one's entry is allowed and not in any books yet while the second one is decided on.
    await rig.move(1);
    moody.held.add(`account:paper:${OWNER}`);
    const moving = rig.move(3);
    await rig.clock.advance(10);
    moody.release(`account:paper:${OWNER}`);
    await moving;
    expect([...(await entered(rig)), ...(await entered(rig, OTHER))]).toHaveLength(1);
    expect([...(await denials(rig)), ...(await denials(rig, OTHER))]).toEqual(["positions"]);
  });

  it("are asked again at the send, where a slow disk has given somebody the time to tighten one", async () => {
    const moody = moodyStore(openMemoryStore());
    const rig = await openRig({ market: scripted({ [BTC]: JUMP }), store: moody.store });
    await startBot(rig, { name: "a" });
    await rig.move(1);
    moody.held.add(`account:paper:${OWNER}`);
    const moving = rig.move(3);
    await rig.clock.advance(10);
    await set(rig, "all", { position: money(100) });
    moody.release(`account:paper:${OWNER}`);
    await moving;
    expect(await entered(rig)).toHaveLength(1);
    expect(await rig.eventsOf(OWNER, "order-filled")).toEqual([]);
    expect((await rig.eventsOf(OWNER, "order-canceled")).map(({ reason }) => reason)).toEqual([
      "not sent: the one position limit of the desk, 100 USDT, leaves 100 USDT by now",
    ]);
  });

  it("hold across a restart: a loss in a row, a cool-down, entries and orders are counted from the stream", async () => {
    const market = scripted({ [BTC]: LOSS_THEN_UP });
    for (const [limits, code] of [
      [{ losses: 1 }, "losses"],
      [{ coolDownMs: 3_600_000 }, "cool-down"],
      [{ entries: 1 }, "entries"],
      [{ dailyLossPct: 0.5 }, "loss"],
      [{ drawdownPct: 0.5 }, "drawdown"],
    ] satisfies [Limits, string][]) {
      const store = openMemoryStore();
      const first = await openRig({ market, store });
      await startBot(first, { name: "one" });
      await set(first, "bot:b1", limits);
      await first.move(5);
      const next = await openRig({ market, store });
      await next.engine.moveMarket("end");
      expect(await denials(next), code).toEqual([code]);
      expect((await next.eventsOf(OWNER, "order-filled")).map(({ fill }) => fill.side)).toEqual(["buy", "sell"]);
    }
  });

  it("count orders of the last minute only", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: JUMP, [ETH]: [100, 100, 100, 102, 102] }) });
    await set(rig, "all", { orders: 1 });
    await startBot(rig, { name: "a" });
    await startBot(rig, { name: "b", symbol: ETH });
    await rig.move(5);
    expect(await denials(rig)).toEqual([]);
    expect(await entered(rig)).toHaveLength(2);
  });

  it("follow the desk's time zone for the session", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: JUMP }), timeZone: "Asia/Tokyo" });
    await startBot(rig, { name: "one" });
    await set(rig, "all", { session: { from: "08:00", to: "20:00" } });
    await rig.move(4);
    expect((await rig.eventsOf(OWNER, "wish-denied")).map(({ because }) => because)).toEqual([
      expect.stringMatching(/^it is 21:0\d, outside of 08:00-20:00 \(limit of the desk\)$/),
    ]);
  });

  it("say how wide a paper market's modeled spread is, and how little is traded", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: JUMP }, 10, { halfSpreadBps: 6 }) });
    await startBot(rig, { name: "one" });
    await set(rig, `symbol:${BTC}`, { spreadBps: 10 });
    await rig.move(1);
    expect(rig.engine.entryNow("one")).toMatchObject({ code: "spread", because: expect.stringContaining("12 bps") });
    await set(rig, `symbol:${BTC}`, { volume: money(5_000) });
    expect(rig.engine.entryNow("one")).toMatchObject({ code: "volume" });
  });
});

describe("a lock", () => {
  const lock = (rig: EngineRig, scope: RiskScope, untilMs?: number) =>
    rig.desk.append([
      { type: "entries-locked", lock: { scope, reason: "news", by: OWNER, untilMs: untilMs === undefined ? undefined : wallMs(untilMs) } },
    ]);

  it("denies entries of what it names, lets exits pass, and outlives a restart", async () => {
    const store = openMemoryStore();
    const market = scripted({ [BTC]: LOSS_THEN_UP });
    const rig = await openRig({ market, store });
    await startBot(rig, { name: "one" });
    await rig.move(3);
    await lock(rig, `symbol:${BTC}`);
    const next = await openRig({ market, store });
    await next.engine.moveMarket("end");
    expect((await next.eventsOf(OWNER, "order-filled")).map(({ fill }) => fill.side)).toEqual(["buy", "sell"]);
    expect(await denials(next)).toEqual(["locked"]);
  });

  it("ends at its time, or when it is removed", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: JUMP }) });
    await startBot(rig, { name: "one" });
    await lock(rig, "bot:b1", rig.clock.wall() + 60_000);
    await rig.move(1);
    expect(rig.engine.entryNow("one")).toMatchObject({ code: "locked" });
    await rig.clock.advance(60_000);
    expect(rig.engine.entryNow("one")).toMatchObject({ allowed: true });
    await lock(rig, "all");
    expect(rig.engine.entryNow("one")).toMatchObject({ code: "locked" });
    await rig.desk.append([{ type: "entries-unlocked", scope: "all", by: OWNER }]);
    expect(rig.engine.entryNow("one")).toMatchObject({ allowed: true });
  });
});
