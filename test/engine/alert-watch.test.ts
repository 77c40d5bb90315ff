import { describe, expect, it } from "vitest";
import type { DeskEvent } from "../../src/domain/events.ts";
import { MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { NOON, scripted } from "../kit/engine-market.ts";
import { type EngineRig, openRig, recordedEvents, startBot } from "../kit/engine-rig.ts";
import { moodyStore } from "../kit/engine-store.ts";

const BTC = "BTC/USDT";
/** Above 101 in minutes 1 to 4, 7 and 8. */
const TWICE_UP = [100, 102, 103, 102, 102, 96, 96, 104, 104, 96, 96, 96];
const ABOVE = "close > 101";

async function add(rig: EngineRig, rule: string, timeframe: "1m" | "3m" = "1m"): Promise<void> {
  const wish = { market: rig.engine.markets()[0]!.key, symbol: BTC, timeframe, rule };
  const stand = await rig.engine.alerts.stand(wish);
  await rig.desk.append([{ type: "alert-added", alert: { ...wish, ...stand, by: "discord:1", place: "discord:9" } }]);
}

/** What was told, as `3: close 102 > 101` by the minute of its candle. */
async function told(rig: EngineRig): Promise<string[]> {
  const events = await recordedEvents<DeskEvent>(rig.store, "desk");
  return events.flatMap(({ event }) =>
    event.type === "alert-fired" ? [`${(event.closedMs - NOON) / MINUTE_MS - 1}: ${event.reason}`] : [],
  );
}

describe("a rule alert", () => {
  it("is told once each time its rule becomes true at a closed candle, with the numbers", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: TWICE_UP }) });
    await add(rig, ABOVE);
    await rig.move(12);
    expect(await told(rig)).toEqual(["1: close 102 > 101", "7: close 104 > 101"]);
    expect(rig.desk.state.alerts.get("a1")).toMatchObject({ isTrue: false, firedMs: NOON + 8 * MINUTE_MS });
  });

  it("that is true when it is made waits until it becomes true again", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: TWICE_UP }) });
    await rig.move(3);
    await add(rig, ABOVE);
    expect(rig.desk.state.alerts.get("a1")).toMatchObject({ isTrue: true, atMs: NOON + 3 * MINUTE_MS });
    await rig.move(9);
    expect(await told(rig)).toEqual(["7: close 104 > 101"]);
  });

  it("is asked at its own candles, and told nothing before its warm-up", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: TWICE_UP }) });
    await add(rig, "close > 101 and close > close[90]", "1m");
    await add(rig, ABOVE, "3m");
    await rig.move(12);
    expect(await told(rig)).toEqual(["2: close 103 > 101", "8: close 104 > 101"]);
  });

  it("goes on after a restart where it was: it is neither repeated nor forgotten", async () => {
    const store = openMemoryStore();
    const market = scripted({ [BTC]: TWICE_UP });
    let rig = await openRig({ market, store });
    await startBot(rig, { name: "beside" });
    await add(rig, ABOVE);
    for (const minutes of [2, 2, 2, 2, 4]) {
      await rig.move(minutes);
      await rig.stop("restart");
      rig = await openRig({ market, store });
    }
    expect(await told(rig)).toEqual(["1: close 102 > 101", "7: close 104 > 101"]);
    expect(rig.engine.alerts.isWatched(rig.desk.state.alerts.get("a1")!)).toBe(true);
  });

  it("that was removed is asked no more", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: TWICE_UP }) });
    await add(rig, ABOVE);
    await rig.move(3);
    await rig.desk.append([{ type: "alert-removed", id: "a1", by: "discord:1" }]);
    await rig.move(9);
    expect(await told(rig)).toEqual(["1: close 102 > 101"]);
  });

  it("is written when the store can write again, in its order, and holds nobody up meanwhile", async () => {
    const moody = moodyStore(openMemoryStore());
    const rig = await openRig({ market: scripted({ [BTC]: TWICE_UP }), store: moody.store });
    await add(rig, ABOVE);
    moody.broken.add("desk");
    await rig.move(12);
    expect(await told(rig)).toEqual([]);
    expect(rig.complaints.some((line) => line.includes("what alerts have to tell"))).toBe(true);
    moody.broken.clear();
    await rig.pulse.beat();
    await rig.engine.moveMarket({ forMs: 0 });
    expect(await told(rig)).toEqual(["1: close 102 > 101", "7: close 104 > 101"]);
    expect(rig.desk.state.alerts.get("a1")).toMatchObject({ isTrue: false });
    expect(rig.fatal).toEqual([]);
  });

  it("says of a market that is gone that it is not asked", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: TWICE_UP }) });
    const alert = { market: "exchange:gone", symbol: BTC, timeframe: "1m" as const, rule: ABOVE, isTrue: false, atMs: marketMs(0) };
    await rig.desk.append([{ type: "alert-added", alert: { ...alert, by: "discord:1", place: "discord:9" } }]);
    await rig.move(12);
    expect(rig.engine.alerts.isWatched(rig.desk.state.alerts.get("a1")!)).toBe(false);
    await expect(rig.engine.alerts.stand(alert)).rejects.toThrow("There is no BTC/USDT in this market.");
    expect(await told(rig)).toEqual([]);
  });

  it("moves a market that nothing trades on, also as fast as it goes", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: TWICE_UP }), speed: "max" });
    await add(rig, ABOVE);
    await rig.pulse.beat();
    for (let turn = 0; turn < 20 && !rig.engine.market().ended; turn += 1) await rig.clock.breathe();
    expect(await told(rig)).toEqual(["1: close 102 > 101", "7: close 104 > 101"]);
  });
});
