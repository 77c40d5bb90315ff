import { describe, expect, it } from "vitest";
import { decimal, plain } from "../../../src/domain/money.ts";
import { Secret } from "../../../src/domain/secret.ts";
import { by, wishFor } from "../../kit/engine-rig.ts";
import { holdBack } from "../../kit/live-hold.ts";
import { expectSettled, expectSound, ourOrders, story } from "../../kit/live-referee.ts";
import {
  connectedRig,
  handOrder,
  type LiveRig,
  type LiveRigOptions,
  MINUTE,
  newAccount,
  OTHER_KEY,
  protectedRig,
  SECRET,
  START_MS,
} from "../../kit/live-rig.ts";

const ORDER = "POST /api/v3/order";

/** A bot that enters at the first candle that closes higher, promoted from paper. */
async function promoted(
  rig: LiveRig,
  protection: { stopPct?: number; takePct?: number; trailingPct?: number } = { stopPct: 3 },
): Promise<string> {
  const sizing = { kind: "notional", notional: decimal(100) } as const;
  const full = { stopPct: undefined, takePct: undefined, trailingPct: undefined, ...protection };
  await rig.engine.createBot(wishFor({ name: "dip", sizing, protection: full }), by("create"));
  const bot = await rig.engine.promoteBot("dip", "main", undefined, by("promote"));
  return bot.state.spec.name;
}

/** Prices that rise in the third minute and stay there. */
function rising(options: LiveRigOptions = {}): LiveRigOptions {
  return {
    ...options,
    prepare: (tape) => {
      tape.minute("BTCUSDT", START_MS + 2 * MINUTE, [50_000, 50_000, 50_300, 50_300]);
      for (let minute = 3; minute < 40; minute += 1) tape.minute("BTCUSDT", START_MS + minute * MINUTE, [50_300, 50_300, 50_300, 50_300]);
    },
  };
}

describe("a promoted bot", () => {
  for (const beatsAtMs of [0, 350, 999])
    it(`enters at the close of a candle, with beats ${beatsAtMs} ms into a second, and is protected (F41, F43)`, async () => {
      const rig = await connectedRig(rising({ beatsAtMs }));
      await promoted(rig);
      await rig.beat(190);
      expect((await rig.events("wish-denied")).map(({ because }) => because)).toEqual([]);
      expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
      await expectSettled(rig);
    });

  it("that is stopped at the moment of its entry is protected, and says that it stopped", async () => {
    const rig = await connectedRig(rising());
    const name = await promoted(rig);
    rig.store.append = holdBack(rig, "intent", () => rig.engine.stopBot(name, false, by("stop")));
    await rig.beat(190);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
    expect(rig.bot().status).toBe("stopped");
    await expectSettled(rig);
  });

  it("sends nothing once the desk was halted after its intent had become durable (F60)", async () => {
    const rig = await connectedRig(rising());
    await promoted(rig);
    rig.store.append = holdBack(rig, "intent", () => rig.engine.halt("a test", undefined, by("halt")));
    await rig.beat(190);
    expect(story(rig)).toEqual([]);
    expect((await rig.events("order-canceled"))[0]?.reason).toContain("not sent: halted");
  });

  it("is not sent when a position of its account was called naked while its intent waited to be written (F24)", async () => {
    const rig = await connectedRig();
    rig.faults.next(ORDER, {});
    rig.faults.next(ORDER, { lost: "on-the-way" });
    await rig.engine.enterOrder(handOrder(), by("first"));
    const append = rig.store.append.bind(rig.store);
    let second: Promise<unknown> | undefined;
    rig.store.append = async (batch) => {
      await append(batch);
      if (second || !batch.bodies.some((body) => body.includes('"type":"position-naked"'))) return;
      second = rig.engine.enterOrder(handOrder({ symbol: "ETH/USDT" }), by("second")).catch((failure: unknown) => failure);
      for (let turn = 0; turn < 5; turn += 1) await rig.clock.breathe();
    };
    await rig.beat(10);
    expect(second).toBeDefined();
    expect(story(rig).filter((each) => each.startsWith("BUY"))).toEqual(["BUY LIMIT FILLED"]);
    expect((await rig.events("order-canceled"))[0]?.reason).toBe("not sent: the position of hand-btc has no confirmed stop");
  });

  it("whose answer is lost enters nothing more until it is found, and then is stopped with its position kept", async () => {
    const rig = await connectedRig(rising());
    const name = await promoted(rig);
    rig.faults.next(ORDER, { answer: "reset" });
    rig.faults.next("GET /api/v3/order", { answer: "stall" }, 2);
    await rig.until(() => rig.venue.orders.length > 0, 190);
    await rig.beat(1);
    await rig.engine.stopBot(name, false, by("stop"));
    await expect(rig.engine.deleteBot(name, by("delete"))).rejects.toThrow(/position|settled/);
    await rig.beat(60);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
    await expectSettled(rig);
  });

  it("that is stopped with close while its stop is being placed ends flat", async () => {
    const rig = await connectedRig(rising());
    const name = await promoted(rig);
    rig.faults.next(ORDER, {});
    rig.faults.next(ORDER, { answer: "reset" });
    await rig.until(() => rig.venue.orders.length > 0, 190);
    await rig.engine.stopBot(name, true, by("stop"));
    await rig.beat(60);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    await expectSettled(rig);
  });

  it("leaves by its trailing stop, which the desk holds, and a restart keeps how far it had followed", async () => {
    const rig = await connectedRig(rising());
    await promoted(rig, { trailingPct: 4 });
    await rig.beat(190);
    for (let minute = 4; minute < 40; minute += 1) rig.tape.minute("BTCUSDT", START_MS + minute * MINUTE, [55_000, 55_000, 55_000, 55_000]);
    await rig.beat(120);
    await rig.restart();
    await rig.beat(20);
    expect(plain(rig.bot().highest!)).toBe("55000");
    const from = Math.floor((rig.clock.wall() - START_MS) / MINUTE) + 1;
    for (let minute = from; minute < 60; minute += 1)
      rig.tape.minute("BTCUSDT", START_MS + minute * MINUTE, [52_500, 52_500, 52_500, 52_500]);
    await rig.beat(75);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    expect((await rig.events("order-filled")).at(-1)?.reason).toBe("trailing stop");
    await expectSettled(rig);
  });

  it("is one for its symbol, however many are asked for at once", async () => {
    const rig = await connectedRig();
    const sizing = { kind: "notional", notional: decimal(100) } as const;
    const protection = { stopPct: 3, takePct: undefined, trailingPct: undefined };
    for (const name of ["one", "two"]) await rig.engine.createBot(wishFor({ name, sizing, protection }), by(`create ${name}`));
    const asked = [
      rig.engine.promoteBot("one", "main", undefined, by("promote one")),
      rig.engine.promoteBot("two", "main", undefined, by("promote two")),
      rig.engine.enterOrder(handOrder(), by("enter")),
    ];
    const answers = await Promise.allSettled(asked);
    await rig.beat(5);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect([...rig.books().bots.values()].filter(({ status }) => status === "running")).toHaveLength(1);
  });
});

describe("an order by hand", () => {
  it("that is asked for twice under one request is one order, and its bot is answered both times (F18)", async () => {
    const rig = await connectedRig();
    const first = await rig.engine.enterOrder(handOrder(), by("enter"));
    const second = await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(5);
    expect(second.state.spec.name).toBe(first.state.spec.name);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
  });

  it("above whose worst price the market stands buys nothing, and frees its symbol (F15)", async () => {
    const rig = await connectedRig();
    await rig.engine.enterOrder(handOrder({ price: decimal(49_000) }), by("enter"));
    await rig.beat(10);
    expect(story(rig)).toEqual(["BUY LIMIT EXPIRED"]);
    await expectSettled(rig);
    expect(rig.bot().status).toBe("stopped");
    await rig.engine.enterOrder(handOrder(), by("again"));
    await rig.beat(5);
    await expectSettled(rig);
  });

  it("that could not be sold again at its stop is denied before it is bought (F20)", async () => {
    const rig = await connectedRig();
    await expect(rig.engine.enterOrder(handOrder({ notional: decimal("5.5") }), by("enter"))).rejects.toThrow(
      "is the least that can be sold",
    );
    await rig.beat(3);
    expect(story(rig)).toEqual([]);
  });

  it("with more than there is, or a refused balance, ends in a sentence and not in a loop (F22)", async () => {
    const rig = await connectedRig();
    rig.venue.transfer("USDT", decimal(-950), rig.clock.wall());
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(10);
    expect((await rig.events("order-rejected")).map(({ cause }) => cause)).toEqual(["balance"]);
    await rig.beat(120);
    await expectSettled(rig);
    await rig.engine.enterOrder(handOrder({ notional: decimal(40) }), by("smaller"));
    await rig.beat(5);
    await expectSettled(rig);
  });

  it("five refused within minutes trip the breaker of rejects", async () => {
    const rig = await connectedRig();
    await rig.beat(65);
    rig.faults.next(
      ORDER,
      { instead: { status: 400, headers: {}, body: JSON.stringify({ code: -1013, msg: "Filter failure: NOTIONAL" }) } },
      9,
    );
    for (let count = 0; count < 5; count += 1) {
      await rig.engine.enterOrder(handOrder(), by(`enter ${count}`));
      await rig.beat(3);
    }
    expect((await rig.events("breaker-tripped")).map(({ breaker }) => breaker)).toEqual(["rejects"]);
    await expect(rig.engine.enterOrder(handOrder(), by("one more"))).rejects.toThrow("denied");
  });
});

describe("the daily loss", () => {
  it("ends the entries of the day, of all bots of the account, across a restart", async () => {
    const rig = await protectedRig({ dailyLossPct: 5 }, { notional: decimal(900), stopPct: 20 });
    await rig.beat(65);
    rig.price("BTCUSDT", 44_000);
    await rig.beat(5);
    await expect(rig.engine.enterOrder(handOrder({ symbol: "ETH/USDT", notional: decimal(50) }), by("eth"))).rejects.toThrow(
      "tripped today",
    );
    await rig.restart();
    await rig.beat(5);
    await expect(rig.engine.enterOrder(handOrder({ symbol: "ETH/USDT", notional: decimal(50) }), by("eth again"))).rejects.toThrow(
      "tripped today",
    );
  });
});

describe("the ceiling", () => {
  const ceiling = { amount: decimal(150), currency: "USDT" };

  async function twoLive(): Promise<LiveRig> {
    const rig = await connectedRig({ environment: "live", ceiling, otherBalances: { USDT: "1000" } });
    const credentials = { apiKey: new Secret(OTHER_KEY), secret: new Secret(SECRET) };
    await rig.engine.connectAccount(newAccount({ name: "second", environment: "live", credentials }), by("connect second"));
    await rig.beat(3);
    return rig;
  }

  function risked(rig: LiveRig): number {
    const all = [...rig.core.accounts.values()].flatMap(({ orders }) => orders);
    return all.filter(({ draft }) => draft.side === "BUY").reduce((sum, { now }) => sum + now.quote.toNumber(), 0);
  }

  it("holds over two accounts that enter at the same moment", async () => {
    const rig = await twoLive();
    const answers = await Promise.allSettled([
      rig.engine.enterOrder(handOrder(), by("one")),
      rig.engine.enterOrder(handOrder({ account: "second" }), by("two")),
      rig.engine.enterOrder(handOrder({ symbol: "ETH/USDT" }), by("three")),
      rig.engine.enterOrder(handOrder({ account: "second", symbol: "ETH/USDT" }), by("four")),
    ]);
    await rig.beat(5);
    expect(answers.some(({ status }) => status === "rejected")).toBe(true);
    expect(risked(rig)).toBeLessThanOrEqual(150);
    expect(risked(rig)).toBeGreaterThan(90);
    expect(rig.engine.ceiling()!.atRisk!.toNumber()).toBeLessThanOrEqual(150);
  });

  it("lowered by a person holds from then on, and cannot be raised", async () => {
    const rig = await twoLive();
    await rig.engine.lowerCeiling(decimal(20), by("lower"));
    await rig.engine.enterOrder(handOrder({ notional: decimal(15) }), by("one"));
    await rig.engine.enterOrder(handOrder({ symbol: "ETH/USDT", notional: decimal(15) }), by("two")).catch(() => undefined);
    await rig.beat(5);
    expect(risked(rig)).toBeLessThanOrEqual(20);
    expect(risked(rig)).toBeGreaterThan(10);
    await expect(rig.engine.lowerCeiling(decimal(100), by("raise"))).rejects.toThrow("only be lowered");
  });

  it("lowered between a durable intent and its send stops it", async () => {
    const rig = await twoLive();
    rig.store.append = holdBack(rig, "intent", () => rig.engine.lowerCeiling(decimal(1), by("lower")));
    await rig.engine.enterOrder(handOrder(), by("one"));
    await rig.beat(5);
    expect(risked(rig)).toBe(0);
  });

  it("is nothing without the setting: no live entry at all", async () => {
    const rig = await connectedRig({ environment: "live" });
    await expect(rig.engine.enterOrder(handOrder(), by("one"))).rejects.toThrow("ceiling");
    await rig.beat(5);
    expect(ourOrders(rig)).toEqual([]);
    await expectSound(rig);
  });
});
