import { describe, expect, it } from "vitest";
import { decimal, plain } from "../../src/domain/money.ts";
import { sumOf } from "../../src/domain/parts.ts";
import { scripted } from "../kit/engine-market.ts";
import { by, type EngineRig, OWNER, openRig, startBot } from "../kit/engine-rig.ts";
import { DCA, GRID, NONE } from "../kit/planned-bots.ts";
import { played } from "../kit/played.ts";

const BTC = "BTC/USDT";

async function fillsOf(rig: EngineRig) {
  return (await rig.eventsOf(OWNER, "order-filled")).map(({ fill, purpose, after }) => [
    purpose,
    plain(fill.price),
    plain(fill.quantity),
    after.entryPrice ? plain(after.entryPrice.decimalPlaces(4)) : "flat",
  ]);
}

function stateOf(rig: EngineRig) {
  const state = rig.books(OWNER);
  const bot = [...state.bots.values()][0]!;
  const levels = [...state.orders.values()].flatMap(({ purpose, price, quantity }) =>
    price ? [`${purpose} ${plain(price)} ${plain(quantity)}`] : [],
  );
  return { bot, levels };
}

describe("a dca bot", () => {
  /** One, two and four parts of seven: 100, 200 and 400 USDT. */
  const FALL = [100, 100, 97, 97, 92, 92];

  it("adds further below its average each time, larger each time, with one stop and one target over the average of all", async () => {
    const rig = await played(FALL, DCA);
    expect(await fillsOf(rig)).toMatchInlineSnapshot(`
      [
        [
          "entry",
          "100",
          "0.999",
          "100",
        ],
        [
          "entry",
          "97",
          "2.061",
          "97.9794",
        ],
        [
          "entry",
          "92",
          "4.347",
          "94.4702",
        ],
      ]
    `);
    const { bot, levels } = stateOf(rig);
    expect(bot.parts?.map(({ number, quantity }) => `${number}:${plain(quantity)}`)).toMatchInlineSnapshot(`
      [
        "0:0.999",
        "1:2.061",
        "2:4.347",
      ]
    `);
    expect(plain(sumOf(bot.parts!))).toBe(plain(bot.position.quantity));
    expect(levels).toMatchInlineSnapshot(`
      [
        "stop 85.02 7.407",
        "take 96.36 7.407",
      ]
    `);
    expect(rig.engine.why("one").decision?.explanation?.because).toBe("all of its safety orders are bought");
  });

  it("sells all of it at the target over the average, and begins anew", async () => {
    const rig = await played([...FALL, 97, 97, 97], DCA);
    expect((await fillsOf(rig)).slice(3)).toMatchInlineSnapshot(`
      [
        [
          "take",
          "96.36",
          "7.407",
          "flat",
        ],
        [
          "entry",
          "97",
          "1.03",
          "97",
        ],
      ]
    `);
  });

  it("sells all of it at the stop below the average, and loses what its plan said that it would at most", async () => {
    const market = scripted({ [BTC]: [100, 100, 98, 98, 94.7, 94.7, 80, 80] });
    const rig = await openRig({ market });
    await startBot(rig, { name: "one", ...DCA });
    const plan = rig.engine.plan("one")!;
    expect(plan.entries.map(({ share, notional }) => [plain(share), plain(notional!.decimalPlaces(2))])).toMatchInlineSnapshot(`
      [
        [
          "0.142857142857",
          "100",
        ],
        [
          "0.285714285714",
          "200",
        ],
        [
          "0.571428571428",
          "400",
        ],
      ]
    `);
    await rig.move(2);
    const { lossAtStop, average, whole, says } = rig.engine.plan("one")!;
    expect([plain(whole!), says]).toEqual(["700", ""]);
    expect([plain(average!.decimalPlaces(3)), plain(lossAtStop!.decimalPlaces(3))]).toMatchInlineSnapshot(`
      [
        "96.371",
        "70.016",
      ]
    `);
    await rig.move(6);
    const { bot } = stateOf(rig);
    expect((await fillsOf(rig)).map(([purpose]) => purpose)).toEqual(["entry", "entry", "entry", "stop", "entry"]);
    const lost = bot.position.grossRealized.negated();
    expect(lost.isLessThanOrEqualTo(lossAtStop!)).toBe(true);
    expect(lost.isGreaterThan(lossAtStop!.times("0.98"))).toBe(true);
  });

  it("does not take a gain from before an order was added for one over the new average", async () => {
    const exits = { ...NONE, stopPct: 10, takePct: 5, breakevenPct: 2 };
    const rig = await played([100, 100, 101, 101, 97, 97, 97, 97], { ...DCA, protection: exits });
    expect((await fillsOf(rig)).map(([purpose]) => purpose)).toEqual(["entry", "entry"]);
  });

  it.each([1, 2, 3])("leaves the same books when it is restarted every %i minutes", async (every) => {
    const closes = [...FALL, 97, 97, 97, 90, 90, 85, 85, 70, 70];
    const whole = await played(closes, DCA);
    const torn = await played(closes, DCA, every);
    expect(await fillsOf(torn)).toEqual(await fillsOf(whole));
    expect(torn.summary(OWNER)).toEqual(whole.summary(OWNER));
    expect(stateOf(torn).bot.parts).toEqual(stateOf(whole).bot.parts);
  });
});

describe("a grid bot", () => {
  const SWING = [101, 101, 99, 99, 94, 94, 96, 100.5, 100.5, 106, 106, 104, 104];

  it("buys each level that is fallen to and sells that very part one level higher", async () => {
    const rig = await played(SWING, GRID);
    expect(await fillsOf(rig)).toMatchInlineSnapshot(`
      [
        [
          "entry",
          "99",
          "10.101",
          "99",
        ],
        [
          "entry",
          "94",
          "10.638",
          "96.4353",
        ],
        [
          "exit",
          "100.5",
          "10.638",
          "96.4353",
        ],
        [
          "exit",
          "106",
          "10.101",
          "flat",
        ],
        [
          "entry",
          "104",
          "9.615",
          "104",
        ],
      ]
    `);
    const { bot, levels } = stateOf(rig);
    expect(plain(sumOf(bot.parts!))).toBe(plain(bot.position.quantity));
    expect(levels).toMatchInlineSnapshot(`
      [
        "stop 88.2 9.615",
      ]
    `);
  });

  it("is closed whole when it is told so while one of its parts is being sold", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: [101, 101, 94, 94, 100.5, 100.5, 101, 101] }) });
    await startBot(rig, { name: "one", ...GRID });
    await rig.move(5);
    expect(stateOf(rig).bot.parts).toHaveLength(2);
    await rig.engine.stopBot("one", true, by("stop"));
    await rig.move(2);
    expect((await fillsOf(rig)).map(([purpose, , , average]) => [purpose, average === "flat"])).toEqual([
      ["entry", false],
      ["exit", false],
      ["close", true],
    ]);
    expect(stateOf(rig).bot.status).toBe("stopped");
  });

  it("has its stop below its range, and sells everything there", async () => {
    const rig = await played([101, 101, 94, 94, 89, 89, 80, 80], GRID);
    expect((await fillsOf(rig)).map(([purpose, price]) => [purpose, price])).toMatchInlineSnapshot(`
      [
        [
          "entry",
          "94",
        ],
        [
          "entry",
          "89",
        ],
        [
          "stop",
          "88.2",
        ],
      ]
    `);
    expect(stateOf(rig).bot.spec.protection.stopPrice).toEqual(decimal("88.2"));
    expect(stateOf(rig).bot.parts).toBeUndefined();
  });

  it("finds its range around the price at which it is made", async () => {
    const market = scripted({ [BTC]: [100, 100, 100, 100] });
    const rig = await openRig({ market });
    const around = { ...GRID, params: { around: 10, levels: 4 } };
    await startBot(rig, { name: "one", ...around });
    expect(rig.engine.bot("one")?.state.spec.params).toMatchObject({ lower: 90, upper: 110 });
  });
});
