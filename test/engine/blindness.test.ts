import { expect, it } from "vitest";
import type { DeskEvent } from "../../src/domain/events.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { beat, LiveMarket, MINUTE_S } from "../kit/engine-live.ts";
import { scripted } from "../kit/engine-market.ts";
import { type EngineRig, openRig, recordedEvents, startBot } from "../kit/engine-rig.ts";
import { FakeClock } from "../kit/fake-clock.ts";

const BTC = "BTC/USDT";
const ETH = "ETH/USDT";
const FROM_MS = Date.UTC(2026, 0, 1, 11, 0);
const NOON = Date.UTC(2026, 0, 1, 12, 0);
const CLOSES = [...Array<number>(60).fill(100), 100, ...Array<number>(60).fill(102)];

/** A live desk whose bot has bought at noon and two minutes, with a stop. */
async function holding(store = openMemoryStore()): Promise<{ rig: EngineRig; market: LiveMarket; clock: FakeClock }> {
  const clock = new FakeClock(NOON);
  const market = new LiveMarket({ [BTC]: CLOSES, [ETH]: CLOSES }, clock, FROM_MS);
  for (const symbol of [BTC, ETH]) market.shown.set(symbol, 102);
  const rig = await openRig({ market, clock, store });
  await startBot(rig, { name: "dip", protection: { stopPct: 5, takePct: undefined, trailingPct: undefined } });
  await beat(rig, 3 * MINUTE_S);
  expect(rig.engine.bot("dip")?.state.position.quantity.isGreaterThan(0)).toBe(true);
  return { rig, market, clock };
}

async function told({ store }: EngineRig): Promise<DeskEvent[]> {
  const all = (await recordedEvents<DeskEvent>(store, "desk")).map(({ event }) => event);
  return all.filter(({ type }) => type.startsWith("watch-"));
}

it("says once that stops are not watched when prices stay away for more than 10 s, and once that they are back", async () => {
  const { rig, market, clock } = await holding();
  const sinceMs = clock.wall();
  market.down = true;
  await beat(rig, 10);
  expect(await told(rig)).toEqual([]);
  await beat(rig, 110);
  expect(await told(rig)).toEqual([{ type: "watch-blind", sinceMs, bots: ["dip"] }]);
  market.down = false;
  await beat(rig, 5);
  const [, sees, ...more] = await told(rig);
  expect(more).toEqual([]);
  expect(sees).toMatchObject({ type: "watch-sees" });
  expect(sees?.type === "watch-sees" && Math.abs(sees.forMs - 121_000)).toBeLessThanOrEqual(1_000);
  expect(rig.fatal).toEqual([]);
});

it("counts prices that come too old as none", async () => {
  const { rig, market } = await holding();
  market.priceAgeMs = 3_000;
  await beat(rig, 12);
  expect(await told(rig)).toMatchObject([{ type: "watch-blind", bots: ["dip"] }]);
});

it("names only bots that have something to watch, and later those that are no longer watched either", async () => {
  const { rig, market } = await holding();
  await startBot(rig, { name: "idle", symbol: ETH, params: { fast: 20, slow: 50 } });
  market.shown.delete(ETH);
  await beat(rig, 30);
  expect(await told(rig)).toEqual([]);
  market.shown.delete(BTC);
  await beat(rig, 30);
  expect(await told(rig)).toMatchObject([{ type: "watch-blind", bots: ["dip"] }]);
});

it("keeps in mind over a restart that it was blind, and takes nothing for seen that was not", async () => {
  const store = openMemoryStore();
  const { rig, market, clock } = await holding(store);
  market.priceAgeMs = 3_000;
  await beat(rig, 12);
  await rig.stop("asked to");
  const next = await openRig({ market, clock, store });
  await beat(next, 30);
  expect(await told(next)).toHaveLength(1);
  market.priceAgeMs = 0;
  await beat(next, 2);
  expect((await told(next)).map(({ type }) => type)).toEqual(["watch-blind", "watch-sees"]);
});

it("says so when the store could not take it at first", async () => {
  const { rig, market } = await holding();
  const { append } = rig.store;
  const { StoreUnavailable } = await import("../../src/ports/store.ts");
  rig.store.append = () => Promise.reject(new StoreUnavailable("the disk is full"));
  market.priceAgeMs = 3_000;
  await beat(rig, 20);
  expect(await told(rig)).toEqual([]);
  rig.store.append = append.bind(rig.store);
  await beat(rig, 2);
  expect(await told(rig)).toHaveLength(1);
  expect(rig.fatal).toEqual([]);
});

it("names at its end the bots that hold something on a live market, and none where time stands still", async () => {
  const stopped = async (rig: EngineRig) => {
    await rig.stop("asked to");
    return (await recordedEvents<DeskEvent>(rig.store, "desk")).at(-1)?.event;
  };
  const { rig } = await holding();
  expect(await stopped(rig)).toMatchObject({ type: "desk-stopped", reason: "asked to", unwatched: ["dip"] });
  const still = await openRig({ market: scripted({ [BTC]: [100, 102, 102, 102, 102] }) });
  await startBot(still, { name: "dip" });
  await still.move(4);
  expect(still.engine.bot("dip")?.state.position.quantity.isGreaterThan(0)).toBe(true);
  expect(await stopped(still)).toMatchObject({ type: "desk-stopped", reason: "asked to", unwatched: [] });
});
