import { describe, expect, it } from "vitest";
import { decimal, plain } from "../../src/domain/money.ts";
import { HOUR_MS, MINUTE_MS, wallMs } from "../../src/domain/time.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { NOON, scripted } from "../kit/engine-market.ts";
import { by, OWNER, openRig, startBot, wishFor } from "../kit/engine-rig.ts";
import { moodyStore } from "../kit/engine-store.ts";
import { script, stormyMarket, ZONE } from "./crash-scenario.ts";

const BTC = "BTC/USDT";
/** Up at the second minute, down at the sixth: one entry and one exit of quick averages. */
const UP_AND_DOWN = [100, 102, 102, 102, 102, 96, 96, 96, 96, 96];

describe("the engine's decisions", () => {
  it("enters on the slot that wished it, at the next open, and exits in the same way", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: UP_AND_DOWN }) });
    await startBot(rig, { name: "one" });
    await rig.move(2);
    expect((await rig.eventsOf(OWNER, "intent")).map(({ intent }) => [intent.side, intent.slotMs, plain(intent.quantity)])).toEqual([
      ["buy", NOON + MINUTE_MS, "19.607"],
    ]);
    expect(rig.engine.bot("one")?.state.position.fillCount).toBe(0);
    await rig.move(8);
    const fills = (await rig.eventsOf(OWNER, "order-filled")).map(({ fill }) => [fill.side, plain(fill.price), fill.marketMs]);
    expect(fills).toEqual([
      ["buy", "102", NOON + 2 * MINUTE_MS],
      ["sell", "96", NOON + 6 * MINUTE_MS],
    ]);
    expect(plain(rig.books(OWNER).balances.get("USDT")!)).toBe(plain(decimal(10_000).minus(decimal("19.607").times(6))));
  });

  it("makes one intent of a slot that is decided again after a restart", async () => {
    const store = openMemoryStore();
    const market = scripted({ [BTC]: UP_AND_DOWN });
    const first = await openRig({ market, store });
    await startBot(first, { name: "one" });
    await first.move(2);
    for (let restart = 0; restart < 3; restart += 1) {
      const next = await openRig({ market, store });
      const missing = NOON + 2 * MINUTE_MS - next.engine.market().atMs;
      await next.engine.moveMarket({ forMs: missing });
      expect((await next.eventsOf(OWNER, "intent")).length).toBe(1);
      expect(next.fatal).toEqual([]);
    }
    const last = await openRig({ market, store });
    await last.move(8);
    expect((await last.eventsOf(OWNER, "order-filled")).length).toBe(2);
  });

  it("denies entries while the desk is halted, lets exits go on, and says why", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: [100, 102, 102, 102, 96, 96, 104, 104, 104] }) });
    await startBot(rig, { name: "one" });
    await rig.move(3);
    await rig.engine.halt("lunch", undefined, by("halt"));
    await rig.move(6);
    const denied = await rig.eventsOf(OWNER, "wish-denied");
    expect(denied.map(({ code, because }) => [code, because])).toEqual([["halted", "halted: lunch"]]);
    expect((await rig.eventsOf(OWNER, "order-filled")).map(({ fill }) => fill.side)).toEqual(["buy", "sell"]);
  });

  it("sends no entry when the halt is acknowledged between the intent and the send", async () => {
    const moody = moodyStore(openMemoryStore());
    const rig = await openRig({ market: scripted({ [BTC]: UP_AND_DOWN }), store: moody.store });
    await startBot(rig, { name: "one" });
    await rig.move(1);
    moody.held.add(`account:paper:${OWNER}`);
    const moving = rig.move(9);
    await rig.clock.advance(10);
    await rig.engine.halt("now", undefined, by("halt"));
    moody.release(`account:paper:${OWNER}`);
    await moving;
    const events = (await rig.events(OWNER)).map(({ event }) => event);
    expect(events.filter(({ type }) => type === "order-accepted" || type === "order-filled")).toEqual([]);
    expect(events.flatMap((event) => (event.type === "order-canceled" ? event.reason : []))).toEqual(["not sent: halted: now"]);
    expect(rig.books(OWNER).orders.size).toBe(0);
  });

  it("ends a timed halt by the wall clock and writes it down", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: UP_AND_DOWN }) });
    await rig.engine.halt("an hour", wallMs(rig.clock.wall() + HOUR_MS), by("halt"));
    await rig.clock.advance(HOUR_MS - 1);
    await rig.pulse.beat();
    expect(rig.desk.halted()).toBe("halted: an hour");
    await rig.clock.advance(1);
    expect(rig.desk.halted()).toBeUndefined();
    await rig.pulse.beat();
    expect(rig.desk.state.halt).toBeUndefined();
  });

  it("lets a daily loss deny entries for the rest of the local day, even when it is made good, and clears on the next one", async () => {
    const swing = [100, 102, 102, 102, 80, 80, 80, 90, 90, 90, 70, 70];
    const calm = Array<number>(200).fill(70);
    const rig = await openRig({
      market: scripted({ [BTC]: [...swing, ...calm, 75, 75, 75, 75] }),
      limits: { dailyLossPct: 3, positionCapPct: 100 },
      timeZone: "Asia/Kathmandu",
    });
    await startBot(rig, { name: "one" });
    await rig.move(12);
    const denied = await rig.eventsOf(OWNER, "wish-denied");
    expect(denied.map(({ code }) => code)).toEqual(["daily-loss"]);
    expect((await rig.eventsOf(OWNER, "breaker-tripped")).map(({ day }) => day)).toEqual(["2025-01-10"]);
    await rig.move(204);
    expect((await rig.eventsOf(OWNER, "day-started")).map(({ day }) => day)).toEqual(["2025-01-10"]);
    expect((await rig.eventsOf(OWNER, "wish-denied")).map(({ because }) => because).at(-1)).toMatch(/tripped today/);
  });

  it("begins the local day at midnight of the time zone, also when the clocks change", async () => {
    const market = stormyMarket(130);
    const rig = await openRig({ market, timeZone: ZONE });
    await script(130)[0]!.do(rig);
    await script(130)[1]!.do(rig);
    await rig.move(130);
    const days = (await rig.events("discord:1")).filter(({ event }) => event.type === "day-started");
    expect(days.map(({ event, marketMs }) => [event.type === "day-started" && event.day, new Date(marketMs).toISOString()])).toEqual([
      ["2025-03-08", "2025-03-09T04:21:00.000Z"],
      ["2025-03-09", "2025-03-09T05:00:00.000Z"],
    ]);
  });

  it("shares cash that does not suffice in the order in which the bots were created, also after a restart", async () => {
    const market = scripted({ [BTC]: UP_AND_DOWN, "ETH/USDT": UP_AND_DOWN });
    const store = openMemoryStore();
    const rig = await openRig({ market, store });
    const size = { kind: "equity-percent", pct: 80 } as const;
    await rig.engine.createBot(wishFor({ name: "older", symbol: "ETH/USDT", sizing: size }), by("c1"));
    await rig.engine.createBot(wishFor({ name: "newer", sizing: size }), by("c2"));
    await rig.engine.startBot("newer", by("s2"));
    await rig.engine.startBot("older", by("s1"));
    await rig.move(2);
    const intents = (await rig.eventsOf(OWNER, "intent")).map(({ intent }) => [intent.symbol, plain(intent.quantity)]);
    expect(intents).toEqual([
      ["ETH/USDT", "78.431"],
      [BTC, "19.412"],
    ]);
  });

  it("never spends cash twice when two symbols open higher in one minute", async () => {
    const jump = [100, 102, 102, 102];
    const rig = await openRig({ market: scripted({ [BTC]: jump, "ETH/USDT": jump }, 1_000_000, { takerFeeBps: 300 }) });
    for (const [name, symbol] of [
      ["a", BTC],
      ["b", "ETH/USDT"],
    ] as const) {
      await startBot(rig, { name, symbol, sizing: { kind: "equity-percent", pct: 50 } });
    }
    await rig.move(4);
    expect((await rig.eventsOf(OWNER, "order-filled")).length).toBeGreaterThanOrEqual(2);
    expect(rig.books(OWNER).balances.get("USDT")!.isNegative()).toBe(false);
  });

  it("keeps what a trailing stop follows when the snapshot that knew it is lost", async () => {
    const inner = openMemoryStore();
    const rises = [100, 102, 104, 106, 108, 110, 112, 112, 112, 112, 112];
    const market = scripted({ [BTC]: rises, "ETH/USDT": [...Array<number>(8).fill(50), 51, 51, 51] });
    const first = await openRig({ market, store: inner });
    await startBot(first, { name: "trail", protection: { stopPct: undefined, takePct: undefined, trailingPct: 5 } });
    await startBot(first, { name: "other", symbol: "ETH/USDT" });
    await first.move(7);
    await first.pulse.keep();
    const second = await openRig({ market, store: inner });
    await second.move(11);
    expect((await second.eventsOf(OWNER, "intent")).length).toBe(2);
    inner.loadSnapshot = async () => undefined;
    const third = await openRig({ market, store: inner });
    expect(plain(third.engine.bot("trail")!.state.highest!)).toBe("112");
  });

  it("buys no more of a position that is being stopped out", async () => {
    const closes = [100, 102, 102, 90, ...Array<number>(12).fill(90)];
    const rig = await openRig({ market: scripted({ [BTC]: closes }, 60) });
    await startBot(rig, { name: "one", protection: { stopPct: 5, takePct: undefined, trailingPct: undefined } });
    await rig.move(16);
    const fills = (await rig.eventsOf(OWNER, "order-filled")).map(({ purpose, fill }) => `${purpose} ${plain(fill.quantity)}`);
    expect(fills).toEqual(["entry 6", "entry 6", "stop 6", "stop 6"].slice(0, fills.length));
    expect(fills.at(-1)).toMatch(/^stop/);
    expect((await rig.eventsOf(OWNER, "order-canceled")).length).toBe(1);
    expect(rig.engine.bot("one")!.state.position.quantity.isZero()).toBe(true);
  });

  it("starts the next position's trailing stop anew", async () => {
    const rig = await openRig({
      market: scripted({ [BTC]: [100, 102, 120, 119, 119, 100, ...Array<number>(12).fill(60), 62, 62, 63, 63] }),
    });
    await startBot(rig, { name: "trail", protection: { stopPct: undefined, takePct: undefined, trailingPct: 10 } });
    await rig.move(22);
    const fills = (await rig.eventsOf(OWNER, "order-filled")).map(({ purpose, fill }) => [purpose, plain(fill.price)]);
    expect(fills[0]).toEqual(["entry", "102"]);
    expect(fills.filter(([purpose]) => purpose === "entry").length).toBe(2);
    expect(fills.at(-1)?.[0]).toBe("entry");
    expect(plain(rig.engine.bot("trail")!.state.highest!)).toBe("63");
  });
});
