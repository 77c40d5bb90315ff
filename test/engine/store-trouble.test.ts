import { describe, expect, it } from "vitest";
import { ConfigError, UserError } from "../../src/domain/errors.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { AppendRefused } from "../../src/ports/store.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { ArrayMarket, scripted } from "../kit/engine-market.ts";
import { by, type EngineRig, OWNER, openRig, startBot, wishFor } from "../kit/engine-rig.ts";
import { moodyStore } from "../kit/engine-store.ts";

const BTC = "BTC/USDT";
const UP_AND_DOWN = [100, 102, 102, 102, 102, 96, 96, 96, 96, 96];
const OTHER = "telegram:9";
const streamOf = (owner: string) => `account:paper:${owner}`;

describe("a store in trouble", () => {
  it("that cannot write for one account makes that account wait; the other goes on, and nothing is lost", async () => {
    const market = scripted({ [BTC]: UP_AND_DOWN });
    const calm = await openRig({ market, speed: 60 });
    const moody = moodyStore(openMemoryStore());
    const rig = await openRig({ market, store: moody.store, speed: 60 });
    for (const each of [calm, rig]) {
      await startBot(each, { name: "mine" });
      await startBot(each, { name: "theirs" }, OTHER);
    }
    for (const each of [calm, rig]) await beats(each, 4);
    moody.broken.add(streamOf(OWNER));
    for (const each of [calm, rig]) await beats(each, 6);
    expect(rig.engine.bot("theirs")?.state.position.fillCount).toBe(2);
    expect(rig.engine.bot("mine")?.state.position.fillCount).toBe(1);
    expect(rig.complaints.some((line) => line.includes("this account waits"))).toBe(true);
    moody.broken.clear();
    await beats(rig, 2);
    expect(rig.summary(OWNER)).toEqual(calm.summary(OWNER));
    expect(rig.summary(OTHER)).toEqual(calm.summary(OTHER));
    expect(rig.fatal).toEqual([]);
  });

  it("that is slow for one account holds up neither the market nor the other account", async () => {
    const moody = moodyStore(openMemoryStore());
    const rig = await openRig({ market: scripted({ [BTC]: UP_AND_DOWN }), store: moody.store, speed: 60 });
    await startBot(rig, { name: "mine" });
    await startBot(rig, { name: "theirs" }, OTHER);
    await beats(rig, 4);
    moody.held.add(streamOf(OWNER));
    await beats(rig, 6);
    expect(rig.engine.market().atMs - rig.engine.bot("theirs")!.state.startedMs!).toBe(10 * MINUTE_MS);
    expect(rig.engine.bot("theirs")?.state.position.fillCount).toBe(2);
    expect(rig.engine.bot("mine")?.state.position.fillCount).toBe(1);
    moody.release(streamOf(OWNER));
    await rig.clock.advance(10);
    expect(rig.engine.bot("mine")?.state.position.fillCount).toBe(2);
  });

  it("makes slots late: those may still exit but no longer enter", async () => {
    const moody = moodyStore(openMemoryStore());
    const closes = [100, 102, 102, 102, 102, 96, 96, 96, 104, 104, 104, 104, 104, 104];
    const rig = await openRig({ market: scripted({ [BTC]: closes }), store: moody.store, speed: 60 });
    await startBot(rig, { name: "mine" });
    await beats(rig, 4);
    moody.held.add(streamOf(OWNER));
    await beats(rig, 10);
    moody.release(streamOf(OWNER));
    await rig.clock.advance(10);
    const purposes = (await rig.eventsOf(OWNER, "order-filled")).map(({ purpose }) => purpose);
    expect(purposes).toEqual(["entry", "exit"]);
    expect((await rig.eventsOf(OWNER, "wish-denied")).map(({ code }) => code)).toEqual(["late-slot"]);
  });

  it("is told to the person who commands, and nothing was done", async () => {
    const moody = moodyStore(openMemoryStore());
    const rig = await openRig({ market: scripted({ [BTC]: UP_AND_DOWN }), store: moody.store });
    moody.broken.add(streamOf(OWNER));
    await expect(rig.engine.createBot(wishFor({ name: "one" }), by("c"))).rejects.toThrow(UserError);
    moody.broken.clear();
    await startBot(rig, { name: "one" });
    moody.broken.add(streamOf(OWNER));
    await expect(rig.engine.stopBot("one", false, by("stop"))).rejects.toThrow(/store cannot write/);
    await expect(rig.engine.deleteBot("one", by("delete"))).rejects.toThrow(UserError);
    moody.broken.clear();
    await rig.move(10);
    expect(rig.engine.bot("one")?.state.position.fillCount).toBe(2);
  });

  it("that another process has taken ends this one", async () => {
    const store = openMemoryStore();
    const market = scripted({ [BTC]: UP_AND_DOWN });
    const old = await openRig({ market, store });
    await startBot(old, { name: "one" });
    const young = await openRig({ market, store });
    await old.move(10);
    expect(old.fatal[0]).toBeInstanceOf(AppendRefused);
    await expect(old.engine.halt("x", undefined, by("h"))).rejects.toThrow(AppendRefused);
    await young.move(11);
    expect(young.fatal).toEqual([]);
    expect(young.engine.bot("one")?.state.position.fillCount).toBe(2);
  });

  it("whose books were traded on another market refuses to start and says what to set", async () => {
    const store = openMemoryStore();
    const first = scripted({ [BTC]: UP_AND_DOWN });
    await startBot(await openRig({ market: first, store }), { name: "one" });
    const other = new ArrayMarket({
      ...first,
      startMs: first.startMs,
      key: "other",
      candles: first.candles,
      instruments: first.instruments,
    });
    const opening = openRig({ market: other, store });
    await expect(opening).rejects.toThrow(ConfigError);
    await expect(opening).rejects.toThrow(/MARKET: .*trades on "test".*asks for "other".*STORE_URL/);
  });
});

/** Seconds of wall time with a beat in each, everything settled after it. */
async function beats(rig: EngineRig, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await rig.clock.advance(1_000);
    await rig.pulse.beat();
    await rig.clock.advance(0);
    for (let round = 0; round < 5; round += 1) await rig.clock.breathe();
  }
}
