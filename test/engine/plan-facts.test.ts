import { describe, expect, it } from "vitest";
import { decimal, plain } from "../../src/domain/money.ts";
import type { NewBot } from "../../src/ports/engine.ts";
import { scripted } from "../kit/engine-market.ts";
import { by, OWNER, openRig, startBot, wishFor } from "../kit/engine-rig.ts";
import { DCA, GRID, NONE } from "../kit/planned-bots.ts";

const BTC = "BTC/USDT";

describe("the whole of a plan", () => {
  const creating = async (wish: Partial<NewBot>) => {
    const rig = await openRig({ market: scripted({ [BTC]: [100, 100] }), limits: { dailyLossPct: 50, positionCapPct: 50 } });
    await rig.engine.createBot(wishFor({ name: "one", ...wish }), by("create"));
    return rig;
  };

  it.each([
    [
      "the position cap",
      { ...DCA, sizing: { kind: "notional", notional: decimal(6_000) } },
      "All 3 entries of one together are 6,000 USDT",
    ],
    ["its own maximum", { ...DCA, sizeMax: { kind: "notional", notional: decimal(500) } }, "its own maximum allows 500 USDT"],
    ["what its market takes", { ...GRID, sizing: { kind: "notional", notional: decimal(16) } }, "the one of 4 USDT would be too small"],
    ["its stop", { ...DCA, protection: { ...NONE, stopPct: 3, takePct: 2 } }, "would never be bought"],
  ] satisfies [string, Partial<NewBot>, string][])("is refused where it does not fit %s", async (_name, wish, sentence) => {
    await expect(creating(wish)).rejects.toThrow(sentence);
  });

  it("is refused where it does not fit a limit that somebody has set", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: [100, 100] }) });
    const value = { value: decimal(600), currency: "USDT" };
    await rig.desk.append([{ type: "limits-set", scope: "all", limits: { position: value }, by: OWNER }]);
    await expect(rig.engine.createBot(wishFor({ name: "one", ...DCA }), by("create"))).rejects.toThrow(
      "the position limit of the desk, 600 USDT, allows 600 USDT",
    );
  });

  it("is what a size by risk loses at the stop", async () => {
    const rig = await creating({ ...DCA, sizing: { kind: "risk-percent", pct: 1 } });
    expect(plain(rig.engine.plan("one")!.whole!)).toBe("1000");
  });
});

describe("a plan that has begun", () => {
  it("says what is bought of it, and where the rest is bought below the average paid", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: [100, 100, 97, 97, 97] }) });
    await startBot(rig, { name: "one", ...DCA });
    await rig.engine.moveMarket("end");
    const { entries, whole, average, stopPrice } = rig.engine.plan("one")!;
    expect(entries.map(({ isHeld, price }) => (isHeld ? "bought" : price && plain(price)))).toEqual(["bought", "bought", "94.07"]);
    expect(whole && plain(whole)).toBe("700");
    const { cost, quantity } = rig.engine.bot("one")!.state.position;
    const left = decimal(400).dividedBy(decimal("94.07"));
    expect(Math.abs(average!.minus(cost.plus(400).dividedBy(quantity.plus(left))).toNumber())).toBeLessThan(1e-3);
    expect(stopPrice!.isLessThan(average!)).toBe(true);
  });

  it("of a grid keeps its levels", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: [106, 106, 104, 104, 104] }) });
    await startBot(rig, { name: "one", ...GRID });
    await rig.engine.moveMarket("end");
    const { entries } = rig.engine.plan("one")!;
    expect(entries.map(({ isHeld, price }) => (isHeld ? "bought" : price && plain(price)))).toEqual(["90", "95", "100", "bought"]);
  });
});

describe("an order that adds", () => {
  const set = async (limits: object, closes = [100, 100, 97, 97, 97]) => {
    const rig = await openRig({ market: scripted({ [BTC]: closes }) });
    await startBot(rig, { name: "one", ...DCA });
    await rig.move(2);
    await rig.desk.append([{ type: "limits-set", scope: "all", limits, by: OWNER }]);
    await rig.move(closes.length - 2);
    const denied = (await rig.eventsOf(OWNER, "wish-denied")).map(({ code }) => code);
    return { denied: new Set(denied), entries: (await rig.eventsOf(OWNER, "order-filled")).map(({ fill }) => plain(fill.quantity)) };
  };

  it("counts as an entry of its day, and as one order", async () => {
    expect(await set({ entries: 1 })).toMatchObject({ denied: new Set(["entries"]), entries: ["0.999"] });
  });

  it("opens no position", async () => {
    expect(await set({ positions: 1 })).toEqual({ denied: new Set(), entries: ["0.999", "2.061"] });
  });

  it("is cut to what a limit of the position leaves of it", async () => {
    expect(await set({ position: { value: decimal(150), currency: "USDT" } })).toMatchObject({ entries: ["0.999", "0.516"] });
  });

  it("is denied while the desk is halted", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: [100, 100, 97, 97, 97] }) });
    await startBot(rig, { name: "one", ...DCA });
    await rig.move(2);
    await rig.engine.halt("news", undefined, by("halt"));
    await rig.move(3);
    expect((await rig.eventsOf(OWNER, "wish-denied")).map(({ code }) => code)).toContain("halted");
    expect(await rig.eventsOf(OWNER, "order-filled")).toHaveLength(1);
  });
});
