import { describe, expect, it } from "vitest";
import type { BreakerName, BreakerSetting } from "../../../src/domain/breaker.ts";
import { decimal } from "../../../src/domain/money.ts";
import { ExchangeHealth } from "../../../src/engine/live/health.ts";
import { StorePace } from "../../../src/engine/technical.ts";
import { BREAKER_DEFAULTS } from "../../../src/risk/breaker-defaults.ts";
import { by } from "../../kit/engine-rig.ts";
import { expectSettled, expectSound } from "../../kit/live-referee.ts";
import { connectedRig, handOrder, type LiveRig, protectedRig } from "../../kit/live-rig.ts";

const ORDER = "POST /api/v3/order";
const REFUSED = { instead: { status: 400, headers: {}, body: JSON.stringify({ code: -1013, msg: "Filter failure: NOTIONAL" }) } };
const MINUTE_S = 60;

const set = (rig: LiveRig, breaker: BreakerName, setting: BreakerSetting) =>
  rig.opened.desk.append([{ type: "breaker-set", scope: "account:main", breaker, setting, by: "discord:1" }]);
const trips = async (rig: LiveRig) => (await rig.events("breaker-tripped")).map(({ breaker, trips: count }) => `${breaker} ${count}`);
const openNow = (rig: LiveRig) => [...rig.books().breakers.open.values()].map(({ breaker }) => breaker);

describe("the breaker of refused orders", () => {
  async function tripped(): Promise<LiveRig> {
    const rig = await connectedRig();
    await rig.beat(65);
    rig.faults.next(ORDER, REFUSED, 5);
    for (let count = 0; count < 5; count += 1) {
      await rig.engine.enterOrder(handOrder(), by(`enter ${count}`));
      await rig.beat(3);
    }
    expect(openNow(rig)).toEqual(["rejects"]);
    return rig;
  }

  it("is tried with one entry after its time, also by the next process, and closes when that is taken", async () => {
    const rig = await tripped();
    await rig.restart();
    await rig.beat(14 * MINUTE_S);
    await expect(rig.engine.enterOrder(handOrder(), by("too early"))).rejects.toThrow("the rejects breaker of its account is open");
    await rig.beat(2 * MINUTE_S);
    expect((await rig.events("breaker-probing")).map(({ breaker }) => breaker)).toEqual(["rejects"]);
    await rig.engine.enterOrder(handOrder(), by("probe"));
    // Nothing else is let through before its end is known.
    await expect(rig.engine.enterOrder(handOrder({ symbol: "ETH/USDT" }), by("beside it"))).rejects.toThrow(
      "it is half-open and being tried",
    );
    await rig.beat(5);
    expect((await rig.events("breaker-reset")).map(({ by: who }) => who)).toEqual(["desk"]);
    expect(openNow(rig)).toEqual([]);
    await expectSettled(rig);
  });

  it("opens again for twice as long when what it was tried with is refused, too", async () => {
    const rig = await tripped();
    await rig.beat(16 * MINUTE_S);
    rig.faults.next(ORDER, REFUSED, 1);
    await rig.engine.enterOrder(handOrder(), by("probe"));
    await rig.beat(5);
    expect(await trips(rig)).toEqual(["rejects 1", "rejects 2"]);
    await rig.beat(29 * MINUTE_S);
    await expect(rig.engine.enterOrder(handOrder(), by("too early"))).rejects.toThrow("the rejects breaker");
    await rig.beat(2 * MINUTE_S);
    await rig.engine.enterOrder(handOrder(), by("second probe"));
    await rig.beat(5);
    expect(openNow(rig)).toEqual([]);
  });
});

describe("the breaker of errors", () => {
  it("opens while an exchange does not answer, and closes by itself once it does", async () => {
    const { errors } = BREAKER_DEFAULTS;
    const rig = await protectedRig({ breakers: { ...(errors ? { errors } : {}) } });
    await rig.beat(65);
    rig.down = true;
    await rig.until(() => openNow(rig).length > 0, 15 * MINUTE_S);
    expect(await trips(rig)).toEqual(["errors 1"]);
    expect((await rig.events("breaker-tripped"))[0]?.reason).toMatch(
      /^\d+ of the last \d+ requests of the exchange failed; it opens at 50%$/,
    );
    await rig.beat(30);
    rig.down = false;
    await rig.beat(5);
    await expect(rig.engine.enterOrder(handOrder({ symbol: "ETH/USDT" }), by("too early"))).rejects.toThrow("denied");
    await rig.until(() => openNow(rig).length === 0, 10 * MINUTE_S);
    expect(openNow(rig)).toEqual([]);
    expect((await rig.events("breaker-reset"))[0]).toMatchObject({ by: "desk", reason: "what it was tried with went well" });
    await expectSound(rig);
  });
});

describe("a breaker that closes positions", () => {
  it("sells what a real bot holds within seconds, and a death in the middle changes nothing", async () => {
    for (const dies of [false, true]) {
      const rig = await protectedRig({}, { notional: decimal(900), stopPct: 20 });
      await set(rig, "drawdown", { at: 2, reaction: "flatten", span: "reset" });
      rig.price("BTCUSDT", 48_000);
      await rig.until(() => openNow(rig).length > 0, 10);
      if (dies) await rig.restart();
      expect(await rig.until(() => rig.bot().position.quantity.isZero(), dies ? 90 : 10)).toBe(true);
      expect((await rig.events("exit-wanted"))[0]).toMatchObject({
        purpose: "close",
        reason: expect.stringContaining("the drawdown breaker"),
      });
      await rig.beat(90);
      await expect(rig.engine.enterOrder(handOrder({ symbol: "ETH/USDT" }), by("eth"))).rejects.toThrow("denied");
      await expectSound(rig);
    }
  });
});

describe("a breaker that moves stops nearer", () => {
  it("leaves at the nearer level, which the desk watches beside the stop that rests, also after a restart", async () => {
    const rig = await protectedRig({}, { notional: decimal(900), stopPct: 20 });
    await set(rig, "drawdown", { at: 2, reaction: "tighten", span: "reset" });
    rig.price("BTCUSDT", 48_000);
    await rig.until(() => openNow(rig).length > 0, 10);
    const { tightened } = rig.bot();
    expect(tightened?.toNumber()).toBeGreaterThan(43_000);
    await rig.restart();
    expect(rig.bot().tightened?.toFixed()).toBe(tightened?.toFixed());
    await rig.beat(65);
    expect(rig.bot().position.quantity.isZero()).toBe(false);
    rig.price("BTCUSDT", 43_500);
    expect(await rig.until(() => rig.bot().position.quantity.isZero(), 15)).toBe(true);
    expect((await rig.events("exit-wanted")).map(({ purpose, reason }) => `${purpose}: ${reason}`)).toEqual([
      "stop: a stop that a breaker moved nearer",
    ]);
    expect(rig.bot().tightened).toBeUndefined();
    await rig.beat(60);
    await expectSound(rig);
  });

  it("never moves one away from the price, when another breaker opens after it nearer to the stop", async () => {
    const rig = await protectedRig({}, { notional: decimal(900), stopPct: 20 });
    await set(rig, "drawdown", { at: 2, reaction: "tighten", span: "reset" });
    await set(rig, "daily-loss", { at: 8, reaction: "tighten", span: "reset" });
    rig.price("BTCUSDT", 48_000);
    await rig.until(() => openNow(rig).length === 1, 10);
    const nearest = rig.bot().tightened!;
    rig.price("BTCUSDT", 44_500);
    await rig.until(() => openNow(rig).length === 2, 10);
    expect(openNow(rig)).toEqual(["drawdown", "daily-loss"]);
    expect(rig.bot().tightened?.toFixed()).toBe(nearest.toFixed());
    rig.price("BTCUSDT", 43_500);
    expect(await rig.until(() => rig.bot().position.quantity.isZero(), 15)).toBe(true);
  });
});

describe("what is measured", () => {
  it("of an exchange says nothing before there is enough of it, forgets what is old, and proves itself well by quick answers", () => {
    let nowMs = 0;
    const health = new ExchangeHealth(() => nowMs);
    for (let count = 0; count < 4; count += 1) health.saw(true, 1);
    expect(health.reading("errors")).toBeUndefined();
    health.saw(true, 1);
    expect(health.reading("errors")).toMatchObject({ value: 100, because: "5 of the last 5 requests of the exchange failed" });
    for (let count = 0; count < 5; count += 1) health.saw(true, 1);
    for (let count = 0; count < 30; count += 1) health.saw(false, 6_000);
    expect(health.reading("errors")?.value).toBe(25);
    expect(health.reading("latency")).toMatchObject({ value: 6_000 });
    nowMs = 11 * 60_000;
    expect([health.reading("errors"), health.reading("latency")]).toEqual([undefined, undefined]);
    health.begin("latency");
    expect(health.evidence("latency")).toBeUndefined();
    for (let count = 0; count < 3; count += 1) health.saw(false, 4_000);
    expect(health.evidence("latency")).toBe("bad");
    for (let count = 0; count < 3; count += 1) health.saw(false, 40);
    expect(health.evidence("latency")).toBe("good");
    health.begin("errors");
    for (let count = 0; count < 3; count += 1) health.saw(false, 4_000);
    expect(health.evidence("errors")).toBe("good");
    health.saw(true, 10);
    expect(health.evidence("errors")).toBe("bad");
  });

  it("of the store is what three of its last five writings took", () => {
    const pace = new StorePace();
    for (const tookMs of [9_000, 2_500, 10, 10]) pace.wrote(tookMs);
    expect(pace.reading("store")?.value).toBe(10);
    pace.wrote(3_000);
    expect(pace.reading("store")?.value).toBe(2_500);
    pace.begin("store");
    expect([pace.reading("store"), pace.evidence("store")]).toEqual([undefined, undefined]);
    pace.wrote(20);
    expect(pace.evidence("store")).toBe("good");
  });
});
