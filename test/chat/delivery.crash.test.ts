import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Platform } from "../../src/ports/platform.ts";
import { type Store, StoreUnavailable } from "../../src/ports/store.ts";
import type { FakePlatform, Weather } from "../kit/fake-platform.ts";
import { numberIn, Rig } from "./delivery.rig.ts";

const PLACE = "discord:1";

/** Counts calls to store and platforms. At its end the process is dead: the call either never happens or happens without an answer, and none comes after. */
class Fuse {
  calls = 0;
  #lastCall: number;
  readonly #isLastDone: boolean;

  constructor(lastCall: number, isLastDone: boolean) {
    this.#lastCall = lastCall;
    this.#isLastDone = isLastDone;
  }

  /** The process is dead from now on. */
  burn(): void {
    this.#lastCall = Math.min(this.#lastCall, this.calls - 1);
  }

  async guard<T>(work: () => Promise<T>): Promise<T> {
    this.calls += 1;
    if (this.calls <= this.#lastCall) return work();
    if (this.calls - 1 === this.#lastCall && this.#isLastDone) await work().catch(() => undefined);
    return new Promise<T>(() => undefined);
  }

  store(store: Store): Store {
    const guarded = Object.create(store) as Store;
    guarded.cursors = (channel) => this.guard(() => store.cursors(channel));
    guarded.undelivered = (channel) => this.guard(() => store.undelivered(channel));
    guarded.recordDelivery = (update) => this.guard(() => store.recordDelivery(update));
    guarded.forgetChannel = (channel) => this.guard(() => store.forgetChannel(channel));
    return guarded;
  }

  platform(platform: FakePlatform): Platform {
    return {
      name: platform.name,
      edits: platform.edits,
      get reachable() {
        return platform.reachable;
      },
      start: async () => undefined,
      stop: async () => undefined,
      settleInterrupted: async () => undefined,
      send: (place, view, options) => this.guard(() => platform.send(place, view, options)),
      edit: (place, id, view) => this.guard(() => platform.edit(place, id, view)),
    };
  }
}

/** Every alert arrived; none twice without a mark; each bot's in order where it came for the first time. */
function expectComplete(platform: FakePlatform, place: string, bots: Readonly<Record<string, number>>): void {
  const messages = platform.messages.filter((message) => message.place === place);
  for (const [bot, count] of Object.entries(bots)) {
    const mine = messages
      .map(({ views, repeatOf }) => ({ title: views[0]?.title ?? "", repeated: repeatOf !== undefined }))
      .filter(({ title }) => title.includes(`${bot} sold`));
    const first = [...new Set(mine.map(({ title }) => numberIn(title)))];
    expect(first).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    const unmarked = mine.filter(({ repeated }) => !repeated).map(({ title }) => title);
    expect(new Set(unmarked).size).toBe(unmarked.length);
  }
}

/** One story on a fresh desk: a process that dies at a call, and then one that lives. */
async function crashedAt(call: number, isLastDone: boolean): Promise<{ rig: Rig; calls: number }> {
  const rig = new Rig();
  rig.subscribe(PLACE, "fills");
  rig.subscribe("telegram:2", "critical");
  rig.telegram.weather = (_, each) => (each === 1 ? "busy" : each === 3 ? "answer-lost" : "good");
  const fuse = new Fuse(call, isLastDone);
  const doomed = rig.start({ store: fuse.store(rig.store), platforms: [fuse.platform(rig.discord), fuse.platform(rig.telegram)] });
  rig.fills("dip", 1, 2);
  await rig.clock.advance(100);
  rig.fills("dip", 3, 2, "stop");
  rig.fills("rise", 1, 3);
  await rig.clock.advance(5_000);
  void doomed.stop(0);
  const heir = rig.start();
  expect(await rig.settle(heir)).toBeDefined();
  return { rig, calls: fuse.calls };
}

describe("A process that dies between any two calls to store and platforms", () => {
  it.each([false, true])(
    "loses no alert, repeats none unmarked and keeps each bot's order (the last call arrives: %s)",
    async (isLastDone) => {
      const { calls } = await crashedAt(Number.POSITIVE_INFINITY, isLastDone);
      expect(calls).toBeGreaterThan(15);
      for (let call = 0; call <= calls; call++) {
        const { rig } = await crashedAt(call, isLastDone);
        expectComplete(rig.discord, PLACE, { dip: 4, rise: 3 });
        const critical = rig.telegram.messages.filter(({ repeatOf }) => repeatOf === undefined).map(({ views }) => views[0]?.title);
        expect(new Set(critical).size).toBe(critical.length);
        expect(new Set(rig.telegram.messages.map(({ views }) => views[0]?.title)).size).toBe(2);
        expect(await rig.store.undelivered(PLACE)).toEqual([]);
      }
    },
  );

  it("never hands a critical alert over twice without a mark", async () => {
    const story = async (call: number) => {
      const rig = new Rig();
      rig.subscribe(PLACE, "critical");
      rig.subscribe("telegram:2", "bots");
      rig.discord.reachable = false;
      const fuse = new Fuse(call, call % 2 === 0);
      const doomed = rig.start({ store: fuse.store(rig.store), platforms: [fuse.platform(rig.discord), fuse.platform(rig.telegram)] });
      rig.fills("dip", 1, 2, "stop");
      await rig.clock.advance(15_000);
      void doomed.stop(0);
      const heir = rig.start();
      await rig.settle(heir, 15_000);
      rig.discord.reachable = true;
      expect(await rig.settle(heir)).toBeDefined();
      expectComplete(rig.discord, PLACE, { dip: 2 });
      expectComplete(rig.telegram, "telegram:2", { dip: 2 });
      return fuse.calls;
    };
    const calls = await story(Number.POSITIVE_INFINITY);
    expect(calls).toBeGreaterThan(10);
    for (let call = 0; call <= calls; call++) await story(call);
  });

  it("does not repeat a critical alert that overtook a backlog", async () => {
    const rig = new Rig();
    rig.subscribe(PLACE, "fills");
    rig.discord.weather = (view) => (view.title.startsWith("Stop loss") ? "good" : "busy");
    const doomed = rig.start();
    for (let n = 1; n <= 300; n++) rig.fills(`bot${n}`, n, 1);
    rig.fills("dip", 1, 1, "stop");
    await rig.clock.advance(5_000);
    expect(rig.discord.messages).toHaveLength(1);
    void doomed.stop(0);
    await rig.clock.advance(1);
    rig.discord.weather = () => "good";
    expect(await rig.settle(rig.start())).toBeDefined();
    const titles = rig.discord.messages.map(({ views }) => views[0]?.title);
    expect(titles).toHaveLength(301);
    expect(new Set(titles).size).toBe(301);
  });

  it("counts every alert of a fold at least once", async () => {
    const story = async (call: number) => {
      const rig = new Rig();
      rig.subscribe(PLACE, "fills");
      const fuse = new Fuse(call, call % 2 === 0);
      const doomed = rig.start({ store: fuse.store(rig.store), platforms: [fuse.platform(rig.discord)] });
      for (let n = 1; n <= 12; n++) {
        rig.fills("dip", n, 1);
        await rig.clock.advance(1);
      }
      void doomed.stop(0);
      expect(await rig.settle(rig.start())).toBeDefined();
      const counts = rig.discord.messages.map(({ views, repeatOf }) => ({
        count: Number(/^(\d+) more/.exec(views.at(-1)?.title ?? "")?.[1] ?? 1),
        repeatOf,
      }));
      const all = counts.reduce((sum, { count }) => sum + count, 0);
      const unmarked = counts.filter(({ repeatOf }) => repeatOf === undefined).reduce((sum, { count }) => sum + count, 0);
      expect(all).toBeGreaterThanOrEqual(12);
      expect(unmarked).toBeLessThanOrEqual(12);
      return fuse.calls;
    };
    const calls = await story(Number.POSITIVE_INFINITY);
    for (let call = 0; call <= calls; call++) await story(call);
  });
});

/** These writes fail, counted from the first. */
const FAILING = new Set([1, 4, 6, 7, 9, 12, 13, 17, 19, 23]);

describe("A store that refuses some writes", () => {
  it("costs time and no alert, also where a channel is gone", async () => {
    const rig = new Rig();
    rig.subscribe(PLACE, "fills");
    rig.subscribe("telegram:2", "bots");
    let writes = 0;
    const store = Object.create(rig.store) as Store;
    store.cursors = (channel) => rig.store.cursors(channel);
    store.undelivered = (channel) => rig.store.undelivered(channel);
    store.recordDelivery = async (update) => {
      writes += 1;
      if (FAILING.has(writes)) throw new StoreUnavailable("disk full");
      await rig.store.recordDelivery(update);
    };
    const delivery = rig.start({ store });
    rig.discord.weather = (view) => (view.title.includes("dip sold 3 ") ? "gone" : "good");
    rig.fills("dip", 1, 4, "stop");
    rig.fills("rise", 1, 3);
    expect(await rig.settle(delivery)).toBeDefined();
    expect(rig.discord.messages.map(({ repeatOf }) => repeatOf)).toEqual(rig.discord.messages.map(() => undefined));
    expect(rig.discord.messages.map(({ views }) => numberIn(views[0]?.title ?? ""))).toEqual([1, 2, 4, 1, 2, 3]);
    expect(new Set(rig.telegram.messages.map(({ views }) => numberIn(views[0]?.title ?? "")))).toEqual(new Set([3]));
  });
});

const weathers = fc.constantFrom<Weather>("good", "good", "good", "busy", "answer-lost", "hangs");
const step = fc.record({
  bot: fc.constantFrom("dip", "rise"),
  stop: fc.boolean(),
  pauseMs: fc.constantFrom(0, 10, 2_000, 20_000),
  crash: fc.boolean(),
  reach: fc.boolean(),
});

describe("A channel in bad weather, with processes that come and go", () => {
  it("gets every alert at least once, never twice unmarked, each bot's in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.array(weathers, { maxLength: 40 }), async (steps, weather) => {
        const rig = new Rig();
        rig.subscribe(PLACE, "fills");
        rig.discord.weather = (_, call) => weather[call - 1] ?? "good";
        let fuse = new Fuse(Number.POSITIVE_INFINITY, false);
        let delivery = rig.start({ store: fuse.store(rig.store), platforms: [fuse.platform(rig.discord)] });
        const counts: Record<string, number> = { dip: 0, rise: 0 };
        for (const { bot, stop, pauseMs, crash, reach } of steps) {
          counts[bot] = (counts[bot] ?? 0) + 1;
          // Fills on distinct minutes of delivery are not folded; stops never are.
          rig.fills(bot, counts[bot], 1, stop || counts[bot] > 4 ? "stop" : "exit");
          rig.discord.reachable = reach;
          await rig.clock.advance(pauseMs);
          if (!crash) continue;
          fuse.burn();
          void delivery.stop(0);
          fuse = new Fuse(Number.POSITIVE_INFINITY, false);
          delivery = rig.start({ store: fuse.store(rig.store), platforms: [fuse.platform(rig.discord)] });
        }
        rig.discord.reachable = true;
        expect(await rig.settle(delivery, 900_000, 1_000)).toBeDefined();
        expectComplete(rig.discord, PLACE, counts);
        expect(await rig.store.undelivered(PLACE)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
