import { beforeEach, describe, expect, it } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import type { BotChange } from "../../src/ports/bot-changes.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { scripted } from "../kit/engine-market.ts";
import { by, type EngineRig, OWNER, openRig, startBot } from "../kit/engine-rig.ts";

const BTC = "BTC/USDT";
const UP = [100, 102, 102, 102, 102, 102, 102, 102, 102, 102];
const STOP = { stopPct: 2, takePct: undefined, trailingPct: undefined };
const half = { sizing: { kind: "equity-percent", pct: 10 } } as const;

let rig: EngineRig;

beforeEach(async () => {
  rig = await openRig({ market: scripted({ [BTC]: UP }) });
});

const start = () => startBot(rig, { name: "dip", protection: STOP });
const spec = () => rig.engine.bot("dip")?.state.spec;
const set = (change: BotChange, id = "set") => rig.engine.changes.set("dip", change, by(id));
const raises = (change: BotChange) => rig.engine.changes.preview("dip", change).raises;

describe("a bot that is changed", () => {
  it("sizes its next entry anew, while it runs", async () => {
    await start();
    await set(half);
    await rig.move(4);
    const [entry] = await rig.eventsOf(OWNER, "intent");
    expect(entry?.intent.quantity.times(102).toNumber()).toBeCloseTo(1_000, -1);
  });

  it("is asked of its feed what the change reads, so that a size by volatility works from the next candle on", async () => {
    await start();
    await set({ sizing: { kind: "volatility-percent", pct: 1 } });
    await rig.move(1);
    expect(rig.engine.bot("dip")?.atrPct).toBeDefined();
  });

  it("keeps what it holds and how that is protected", async () => {
    await start();
    await rig.move(4);
    const held = rig.engine.bot("dip")?.orders.map(({ purpose, price }) => [purpose, price?.toFixed()]);
    expect(held).toEqual([["stop", expect.any(String)]]);
    await set(half);
    expect(rig.engine.bot("dip")?.orders.map(({ purpose, price }) => [purpose, price?.toFixed()])).toEqual(held);
    await expect(set({ protection: { ...STOP, stopPct: 5 } }, "exits")).rejects.toThrow(
      /^dip holds a position or is about to, and its stop and targets stand/,
    );
    await rig.engine.closePosition("dip", by("close"));
    await rig.move(2);
    await set({ protection: { ...STOP, stopPct: 5 } }, "exits, flat");
    expect(spec()?.protection.stopPct).toBe(5);
  });

  it("decides otherwise only after a stop", async () => {
    await start();
    await expect(set({ params: { fast: 3, slow: 9 } })).rejects.toThrow(
      /^dip runs, and params is set while it is stopped: `bot stop dip` first/,
    );
    await rig.engine.stopBot("dip", false, by("stop"));
    await set({ params: { fast: 3, slow: 9 } }, "params");
    expect(spec()?.params).toEqual({ fast: 3, slow: 9 });
    await set({ strategy: "rules", rules: { enter: "close>101", exit: "close<90" } }, "rules");
    expect(spec()).toMatchObject({ strategy: "rules", params: {}, rules: { enter: "close > 101", exit: "close < 90" } });
    await set({ strategy: "rsi-reversion" }, "named");
    expect(spec()?.rules).toBeUndefined();
    await rig.engine.startBot("dip", by("again"));
    await rig.move(1);
    expect(rig.engine.why("dip").decision?.values).toHaveProperty(["rsi(14)"]);
  });

  it("is the same after a restart, from the stream and from a snapshot", async () => {
    const store = openMemoryStore();
    rig = await openRig({ market: scripted({ [BTC]: UP }), store });
    await start();
    await set(half);
    const crashed = await openRig({ market: scripted({ [BTC]: UP }), store, clock: rig.clock });
    expect(crashed.engine.bot("dip")?.state.spec.sizing).toEqual(half.sizing);
    await crashed.stop("asked for");
    const stopped = await openRig({ market: scripted({ [BTC]: UP }), store, clock: rig.clock });
    await stopped.engine.changes.undo("dip", by("undo"));
    expect(stopped.engine.bot("dip")?.state.spec.sizing).toEqual({ kind: "equity-percent", pct: 20 });
  });

  it("is changed once by a repeated request", async () => {
    await start();
    await set(half);
    await set(half);
    expect(await rig.eventsOf(OWNER, "bot-changed")).toHaveLength(1);
  });
});

describe("undo", () => {
  it("walks back change by change, to what the bot was made with", async () => {
    await start();
    await set(half, "one");
    await set({ sizeMax: { kind: "notional", notional: decimal(500) } }, "two");
    await rig.engine.changes.undo("dip", by("u1"));
    expect(spec()).toMatchObject({ sizing: half.sizing });
    expect(spec()?.sizeMax).toBeUndefined();
    await rig.engine.changes.undo("dip", by("u2"));
    expect(spec()?.sizing).toEqual({ kind: "equity-percent", pct: 20 });
    await expect(rig.engine.changes.undo("dip", by("u3"))).rejects.toThrow(/^dip was not changed since it was made/);
  });

  it("waits like every change where a position stands", async () => {
    await start();
    await set({ protection: { ...STOP, stopPct: 5 } });
    await rig.move(4);
    await expect(rig.engine.changes.undo("dip", by("u"))).rejects.toThrow(/^dip holds a position/);
  });
});

describe("what a change does to the risk", () => {
  beforeEach(start);

  it("is told in money, before and after", async () => {
    await rig.move(1);
    const { entryBefore, entryAfter } = rig.engine.changes.preview("dip", half);
    expect([entryBefore.notional?.toNumber(), entryAfter.notional?.toNumber()]).toEqual([2_000, 1_000]);
    expect(entryBefore.lossAtStop?.toNumber()).toBeCloseTo(2 * (entryAfter.lossAtStop?.toNumber() ?? 0), 6);
  });

  it.each<[string, BotChange, readonly string[]]>([
    ["a smaller size", half, []],
    [
      "a larger size",
      { sizing: { kind: "equity-percent", pct: 30 } },
      ["an entry would lose more at its stop", "an entry would be larger"],
    ],
    ["a nearer stop", { protection: { ...STOP, stopPct: 1 } }, []],
    ["a farther stop", { protection: { ...STOP, stopPct: 4 } }, ["an entry would lose more at its stop"]],
    ["no stop", { protection: { ...STOP, stopPct: undefined } }, ["an entry would lose more at its stop"]],
    ["a trailing stop beside", { protection: { ...STOP, trailingPct: 1 } }, []],
    [
      "a size that nobody knows yet",
      { sizing: { kind: "volatility-percent", pct: 1 } },
      ["what an entry would lose at its stop is not known"],
    ],
  ])("of %s", async (_, change, expected) => {
    expect(raises(change)).toEqual(expected);
  });

  it("of other rules is not known, and says so", async () => {
    await rig.engine.stopBot("dip", false, by("stop"));
    expect(raises({ params: { fast: 3, slow: 9 } })).toEqual(["it decides otherwise from its next start on"]);
  });

  it.each<[BotChange, RegExp]>([
    [{ sizing: { kind: "equity-percent", pct: 20 } }, /^dip is so already/],
    [{ sizing: { kind: "equity-percent", pct: 101 } }, /^Size must be above 0%/],
    [{ protection: { ...STOP, stopPct: 0.01 } }, /^Stop must be between/],
    [
      { protection: { ...STOP, stopPct: undefined }, sizing: { kind: "risk-percent", pct: 1 } },
      /^Size: risk 1% is what may be lost at the stop/,
    ],
    [{ leverage: 3 }, /^leverage: it exists on perpetual contracts/],
    [{ sizeMax: { kind: "equity-percent", pct: 0 } }, /^Max must be above 0%/],
  ])("is refused where it cannot be: %j", async (change, sentence) => {
    expect(() => raises(change)).toThrow(sentence);
    await expect(set(change, "wrong")).rejects.toThrow(sentence);
    expect(await rig.eventsOf(OWNER, "bot-changed")).toEqual([]);
  });
});
