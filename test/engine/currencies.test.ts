import { describe, expect, it } from "vitest";
import type { Limits } from "../../src/domain/limits.ts";
import { type Decimal, decimal } from "../../src/domain/money.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { type ArrayMarket, scripted } from "../kit/engine-market.ts";
import { type EngineRig, OWNER, openRig, startBot } from "../kit/engine-rig.ts";

const OTHER = "discord:2";
const JUMP = [100, 102, 102, 102];
const FALL = [100, 102, 102, 102, 90, 90, 90];
/** A USDC is half a USDT, so that nobody who counts one to one gets away with it. */
const HALF = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5];

const money = (value: number, currency: string) => ({ value: decimal(value), currency });
const entries = async (rig: EngineRig, owner: string) =>
  (await rig.eventsOf(owner, "intent")).map(({ intent }) => intent).filter(({ purpose }) => purpose === "entry");
const worth = (quantity: Decimal | undefined) => quantity?.times(102).toNumber() ?? 0;
const denials = async (rig: EngineRig, owner: string) =>
  (await rig.eventsOf(owner, "wish-denied")).map(({ code, because }) => [code, because]);

/** A desk with an account that holds USDT, and another owner's that holds USDC, a bot in each. */
async function openTwo(market: ArrayMarket, before: (rig: EngineRig) => Promise<unknown>, reportCurrency?: string): Promise<EngineRig> {
  const store = openMemoryStore();
  const first = await openRig({ market, store });
  await startBot(first, { name: "tether" });
  await first.stop("to be opened again with other money");
  const rig = await openRig({ market, store, reportCurrency, paperBalances: new Map([["USDC", decimal(10_000)]]) });
  await startBot(rig, { name: "circle", symbol: "ETH/USDC" }, OTHER);
  await before(rig);
  return rig;
}

const limit = (limits: Limits) => (rig: EngineRig) => rig.desk.append([{ type: "limits-set", scope: "all", limits, by: OWNER }]);

describe("a limit over accounts in different currencies", () => {
  it("is counted in one of them, exactly, and what it leaves is given to the other at its price; the entry keeps price and time", async () => {
    const market = scripted({ "BTC/USDT": JUMP, "ETH/USDC": JUMP, "USDC/USDT": HALF });
    const rig = await openTwo(market, limit({ exposure: money(2_500, "USDT") }));
    await rig.move(4);
    const [tether, circle] = [(await entries(rig, OWNER))[0], (await entries(rig, OTHER))[0]];
    const spent = [worth(tether?.quantity), worth(circle?.quantity)];
    expect(spent[0]).toBeCloseTo(1_999.914, 6);
    // 500.086 USDT are left, which are 1,000.172 USDC, and a lot less than a thousandth of a coin remains.
    expect(spent[1]).toBeCloseTo(1_000.11, 6);
    expect(tether?.conversions).toBeUndefined();
    expect(circle?.conversions).toEqual([
      {
        from: "USDC",
        to: "USDT",
        legs: [{ market: "test", symbol: "USDC/USDT", price: decimal("0.5"), atMs: expect.any(Number) }],
      },
    ]);
    expect(rig.books(OTHER).intents.get(circle?.intentId ?? "")?.conversions).toEqual(circle?.conversions);
    expect(rig.engine.why("circle").decision?.outcome ?? "").toMatch(/acted on|^$/);
    expect(rig.engine.limits()).toMatchObject([{ name: "Exposure", currency: "USDT", limit: "2,500 USDT", used: "2,499.97 USDT" }]);
    const told = await rig.engine.whyAt("circle", (circle!.slotMs + 60_000) as never);
    expect(told.decision?.outcome).toMatch(/^acted on; counted by 1 USDC = 0\.5 USDT \(USDC\/USDT at test, 2025-01-10 12:0\d UTC\)$/);
  });

  it("whose price is missing denies entries with its own code, and no entry that needs none", async () => {
    const rig = await openTwo(scripted({ "BTC/USDT": JUMP, "ETH/USDC": JUMP }), limit({ exposure: money(2_500, "USDT") }));
    await rig.move(4);
    expect(await entries(rig, OWNER)).toHaveLength(1);
    expect(await entries(rig, OTHER)).toEqual([]);
    expect((await denials(rig, OTHER))[0]).toEqual([
      "conversion",
      expect.stringContaining("no market that may say so lists a price between USDC and USDT"),
    ]);
  });

  it("whose price is stale denies entries with its age, and lets exits pass", async () => {
    const closes = [...FALL, ...Array(6).fill(90), 100, 100];
    const market = scripted({ "BTC/USDT": closes, "ETH/USDC": closes, "USDC/USDT": HALF.slice(0, 4) });
    const rig = await openTwo(market, limit({ position: money(50_000, "USDT") }));
    await rig.move(closes.length);
    expect((await rig.eventsOf(OTHER, "order-filled")).map(({ fill }) => fill.side)).toEqual(["buy", "sell"]);
    expect((await denials(rig, OTHER))[0]).toEqual([
      "conversion",
      expect.stringMatching(/^the newest price of USDC\/USDT at test is \d+ min old, and 2 min is the most to count money by/),
    ]);
    expect(await entries(rig, OWNER)).toHaveLength(2);
  });

  it("needs no price at all while everything is in the limit's own currency, whatever the desk reports in", async () => {
    const rig = await openRig({ market: scripted({ "BTC/USDT": JUMP }), reportCurrency: "EUR" });
    await startBot(rig, { name: "tether" });
    await limit({ exposure: money(1_000, "USDT") })(rig);
    await rig.move(4);
    expect((await entries(rig, OWNER)).map(({ conversions, quantity }) => [conversions, quantity.toNumber()])).toEqual([
      [undefined, 9.803],
    ]);
  });
});

describe("a loss of the whole desk in several currencies", () => {
  const breaker = (at: number) => (rig: EngineRig) =>
    rig.desk.append([
      { type: "breaker-set", scope: "all", breaker: "daily-loss", setting: { at, reaction: "flatten", span: "day" }, by: OWNER },
    ]);

  it("opens its breaker by the sum at their prices, which the event keeps", async () => {
    const market = scripted({ "BTC/USDT": FALL, "ETH/USDC": FALL, "USDC/USDT": HALF });
    const rig = await openTwo(market, breaker(1));
    await rig.move(7);
    const trips = await rig.eventsOf(OTHER, "breaker-tripped");
    expect(trips).toMatchObject([{ scope: "all", conversions: [{ from: "USDC", to: "USDT" }] }]);
    // Of 10,000 USDT and 10,000 USDC, which are 5,000 more, 12 of 102 were lost on a fifth of each.
    expect(trips[0]?.reading).toBeCloseTo(2.35, 1);
    expect(trips[0]?.reason).toMatch(/USDT are lost today, 2\.3\d% of 15,000 \(1 USDC = 0\.5 USDT/);
    expect(rig.books(OTHER).bots.values().next().value?.position.quantity.toNumber()).toBe(0);
  });

  it("that cannot be counted denies entries and closes nothing", async () => {
    const rig = await openTwo(scripted({ "BTC/USDT": JUMP, "ETH/USDC": JUMP }), breaker(1));
    await rig.move(4);
    expect((await denials(rig, OTHER))[0]?.[0]).toBe("conversion");
    expect((await denials(rig, OWNER))[0]?.[0]).toBe("conversion");
    expect(await rig.eventsOf(OTHER, "breaker-tripped")).toEqual([]);
  });
});
