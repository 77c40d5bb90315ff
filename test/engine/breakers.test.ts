import { describe, expect, it } from "vitest";
import type { BreakerName, BreakerSetting } from "../../src/domain/breaker.ts";
import type { Candle } from "../../src/domain/candle.ts";
import type { RiskScope } from "../../src/domain/limits.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/domain/time.ts";
import { BREAKER_DEFAULTS } from "../../src/risk/breaker-defaults.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { scripted } from "../kit/engine-market.ts";
import { by, type EngineRig, OWNER, openRig, startBot } from "../kit/engine-rig.ts";
import { moodyStore } from "../kit/engine-store.ts";

const BTC = "BTC/USDT";
const ETH = "ETH/USDT";
const OTHER = "discord:2";
const ACCOUNT: RiskScope = `account:paper:${OWNER}`;
/** Bought at 102, sold at 96, and a signal to buy at 104. */
const LOSS_THEN_UP = [100, 102, 102, 102, 96, 96, 104, 104, 104];
/** Bought at 102, and then it falls on while the averages have not crossed. */
const flatten: Partial<BreakerSetting> = { reaction: "flatten" };

async function set(rig: EngineRig, scope: RiskScope, breaker: BreakerName, setting: Partial<BreakerSetting> & { at: number }) {
  const full = { reaction: "deny", span: "reset", ...setting } as const;
  await rig.desk.append([{ type: "breaker-set", scope, breaker, setting: full, by: OWNER }]);
}

const trips = async (rig: EngineRig, owner = OWNER) =>
  (await rig.eventsOf(owner, "breaker-tripped")).map(({ breaker, scope }) => `${breaker} ${scope?.replace(/^account:.*/, "account")}`);
const denials = async (rig: EngineRig, owner = OWNER) => (await rig.eventsOf(owner, "wish-denied")).map(({ code }) => code);
const sides = async (rig: EngineRig, owner = OWNER) => (await rig.eventsOf(owner, "order-filled")).map(({ fill }) => fill.side);
const open = (rig: EngineRig, owner = OWNER) => [...rig.books(owner).breakers.open.keys()].map((key) => key.split(" ")[0]);

describe("a breaker that denies", () => {
  it.each([
    ["drawdown", ACCOUNT, { at: 0.5 }],
    ["drawdown", "bot:b1", { at: 0.5 }],
    ["drawdown", "all", { at: 0.5 }],
    ["daily-loss", "bot:b1", { at: 0.5 }],
    ["daily-loss", "all", { at: 0.5 }],
    ["slippage", "all", { at: 5 }],
    ["spread", "all", { at: 10 }],
    ["gap", "all", { at: 3 }],
    ["stale", "all", { at: 5 }],
    ["volatility", "all", { at: 3 }],
  ] as const)(
    "opens for %s on %s, denies the entry with its numbers, and holds across a restart from the stream and from a snapshot",
    async (name, scope, setting) => {
      for (const cut of ["stream", "snapshot"]) {
        const market = scripted({ [BTC]: prices(name) }, 1_000_000, {
          halfSpreadBps: name === "spread" ? 6 : 0,
          slippageBps: name === "slippage" ? 20 : 0,
        });
        if (name === "gap") jump(market, 34);
        if (name === "stale") hole(market, 33, 8);
        const store = openMemoryStore();
        const rig = await openRig({ market, store });
        await startBot(rig, { name: "one" });
        await set(rig, scope, name, setting);
        await rig.move(5);
        if (cut === "snapshot") await rig.pulse.keep();
        const next = await openRig({ market, store });
        await next.engine.moveMarket("end");
        expect(
          (await trips(next)).map((each) => each.split(" ")[0]),
          cut,
        ).toContain(name);
        expect(await denials(next), cut).toContain("breaker");
        expect(open(next), cut).toContain(name);
        const because = (await next.eventsOf(OWNER, "wish-denied")).map((event) => event.because).join();
        expect(because).toMatch(new RegExp(`the ${name} breaker of .* is open, because .*\\d`));
        expect(next.fatal).toEqual([]);
      }
    },
  );

  it("opens after losses in a row, and its reset counts them anew", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: [...LOSS_THEN_UP, 96, 96, 104, 104, 104, 96, 96, 104, 104] }) });
    await startBot(rig, { name: "one" });
    await set(rig, "bot:b1", "losses", { at: 2 });
    await rig.engine.moveMarket("end");
    expect(await trips(rig)).toEqual(["losses bot:b1"]);
    await rig.engine.breakers.reset(`paper:${OWNER}`, { breaker: "losses", scope: "bot:b1" }, "by hand", by("reset"));
    expect(rig.books(OWNER).bots.get("b1")?.risk.losses).toBe(0);
    expect(open(rig)).toEqual([]);
    await expect(rig.engine.breakers.reset(`paper:${OWNER}`, { breaker: "losses", scope: "bot:b1" }, "again", by("twice"))).rejects.toThrow(
      "The losses breaker is not open any more; there is nothing to reset.",
    );
    // The same request again is the same reset.
    await rig.engine.breakers.reset(`paper:${OWNER}`, { breaker: "losses", scope: "bot:b1" }, "by hand", by("reset"));
    expect(await rig.eventsOf(OWNER, "breaker-reset")).toHaveLength(1);
  });

  it("that two people reset at once is reset by one of them, and the other is told so", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: [...LOSS_THEN_UP, 96, 96, 104, 104, 104, 96, 96, 104, 104] }) });
    await startBot(rig, { name: "one" });
    await set(rig, "bot:b1", "losses", { at: 2 });
    await rig.engine.moveMarket("end");
    const reset = (request: string) =>
      rig.engine.breakers.reset(`paper:${OWNER}`, { breaker: "losses", scope: "bot:b1" }, "by hand", by(request));
    const both = await Promise.allSettled([reset("first"), reset("second")]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(await rig.eventsOf(OWNER, "breaker-reset")).toHaveLength(1);
  });

  it("closes by itself when its time is over, and a drawdown then counts from there", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: [...LOSS_THEN_UP, ...Array<number>(70).fill(104), 100, 106, 106, 106] }) });
    await startBot(rig, { name: "one" });
    await set(rig, ACCOUNT, "drawdown", { at: 0.5, span: HOUR_MS });
    await rig.move(9);
    expect(open(rig)).toEqual(["drawdown"]);
    await rig.engine.moveMarket("end");
    expect(await rig.eventsOf(OWNER, "breaker-reset")).toMatchObject([{ by: "desk", reason: "its time is over" }]);
    expect(await trips(rig)).toEqual(["drawdown account"]);
    expect(await sides(rig)).toEqual(["buy", "sell", "buy"]);
    const [tripped, reset] = await Promise.all(
      ["breaker-tripped", "breaker-reset"].map(
        async (type) => (await rig.events(OWNER)).find(({ event }) => event.type === type)?.marketMs,
      ),
    );
    expect((reset ?? 0) - (tripped ?? 0)).toBe(60 * MINUTE_MS);
  });

  it("of a day lets the rest of the day lose as much again once a person has reset it", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: LOSS_THEN_UP }), limits: { dailyLossPct: 0.5, positionCapPct: 100 } });
    await startBot(rig, { name: "one" });
    await rig.move(5);
    expect(open(rig)).toEqual(["daily-loss"]);
    await rig.engine.breakers.reset(`paper:${OWNER}`, { breaker: "daily-loss", scope: ACCOUNT }, "by hand", by("reset"));
    await rig.engine.moveMarket("end");
    expect(await denials(rig)).toEqual([]);
    expect(await sides(rig)).toEqual(["buy", "sell", "buy"]);
  });

  it("is never later than the daily loss that the process allows, whatever is set in chat", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: LOSS_THEN_UP }), limits: { dailyLossPct: 0.5, positionCapPct: 100 } });
    await startBot(rig, { name: "one" });
    await set(rig, ACCOUNT, "daily-loss", { at: 50 });
    await rig.engine.moveMarket("end");
    expect(await denials(rig)).toEqual(["daily-loss"]);
  });

  it("stops an entry that was decided before it opened and is not sent yet", async () => {
    const moody = moodyStore(openMemoryStore());
    const rig = await openRig({ market: scripted({ [BTC]: [100, 102, 102, 102] }), store: moody.store });
    await startBot(rig, { name: "one" });
    await rig.move(1);
    moody.held.add(`account:paper:${OWNER}`);
    const moving = rig.move(3);
    await rig.clock.advance(10);
    await set(rig, "all", "spread", { at: 0 });
    moody.release(`account:paper:${OWNER}`);
    await moving;
    expect((await rig.eventsOf(OWNER, "order-canceled")).map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^not sent: .*spread/),
    ]);
    expect(await sides(rig)).toEqual([]);
  });

  it("over the whole desk denies the second of two accounts in the very minute in which the first one's loss reaches it", async () => {
    const up = [100, 100, 100, 100, 100, 102, 102, 102];
    const rig = await openRig({ market: scripted({ [BTC]: [100, 102, 102, 102, 80, 80, 80, 80], [ETH]: up }) });
    await startBot(rig, { name: "a", sizing: { kind: "equity-percent", pct: 60 } });
    await startBot(rig, { name: "b", symbol: ETH }, OTHER);
    await set(rig, "all", "daily-loss", { at: 3 });
    await rig.engine.moveMarket("end");
    expect([await trips(rig), await trips(rig, OTHER)]).toEqual([["daily-loss all"], ["daily-loss all"]]);
    expect(await denials(rig, OTHER)).toEqual(["breaker"]);
    expect(await sides(rig, OTHER)).toEqual([]);
  });

  it("lets two bots of one account race for the minute after it, and neither of them enters", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: LOSS_THEN_UP, [ETH]: [100, 100, 100, 100, 100, 100, 102, 102, 102] }) });
    await startBot(rig, { name: "a" });
    await startBot(rig, { name: "b", symbol: ETH });
    await set(rig, ACCOUNT, "drawdown", { at: 0.5 });
    await rig.engine.moveMarket("end");
    expect(await denials(rig)).toEqual(["breaker", "breaker"]);
    expect(await sides(rig)).toEqual(["buy", "sell"]);
  });
});

describe("the reaction of a breaker", () => {
  const falling = [100, 102, 102, 102, 101, 99, 98, 98, 98];

  it("flattens: what is held is sold in the same minute, whether its bot runs or not, and nothing enters", async () => {
    for (const isStopped of [false, true]) {
      const rig = await openRig({ market: scripted({ [BTC]: falling }) });
      await startBot(rig, { name: "one", params: { fast: 2, slow: 20 } });
      await set(rig, ACCOUNT, "drawdown", { at: 0.1, ...flatten });
      await rig.move(4);
      if (isStopped) await rig.engine.stopBot("one", false, by("stop"));
      await rig.move(1);
      const sale = (await rig.eventsOf(OWNER, "intent")).find(({ intent }) => intent.side === "sell");
      expect(sale?.intent).toMatchObject({ purpose: "close", reason: expect.stringContaining("the drawdown breaker") });
      await rig.engine.moveMarket("end");
      expect(await sides(rig)).toEqual(["buy", "sell"]);
      expect(rig.books(OWNER).bots.get("b1")?.position.quantity.isZero()).toBe(true);
    }
  });

  it("flattens after a crash that came between its opening and its order", async () => {
    const market = scripted({ [BTC]: falling });
    const store = openMemoryStore();
    const first = await openRig({ market, store });
    await startBot(first, { name: "one", params: { fast: 2, slow: 20 } });
    await set(first, ACCOUNT, "drawdown", { at: 0.1, reaction: "flatten" });
    await first.move(4);
    // As if it had died right after writing that it opened.
    const books = first.books(OWNER);
    const body = JSON.stringify({
      v: 1,
      wallMs: 0,
      marketMs: books.marketMs,
      event: {
        type: "breaker-tripped",
        breaker: "drawdown",
        scope: ACCOUNT,
        day: "2025-01-10",
        reason: "0.2% are below",
        reaction: "flatten",
        span: "reset",
      },
    });
    const { epoch } = await store.acquire(`account:paper:${OWNER}`);
    await store.append({ stream: `account:paper:${OWNER}`, epoch, expectedSequence: books.sequence, bodies: [body] });
    const next = await openRig({ market, store });
    await next.engine.moveMarket("end");
    expect(await sides(next)).toEqual(["buy", "sell"]);
    expect(await trips(next)).toEqual(["drawdown account"]);
  });

  it("tightens: the stop moves half of the way to the price, once, and what has none is closed", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: falling, [ETH]: falling }) });
    const slow = { params: { fast: 2, slow: 20 }, sizing: { kind: "equity-percent", pct: 20 } } as const;
    await startBot(rig, { name: "kept", ...slow, protection: { stopPct: 20, takePct: undefined, trailingPct: undefined } });
    await startBot(rig, { name: "bare", ...slow, symbol: ETH });
    await set(rig, ACCOUNT, "drawdown", { at: 0.1, reaction: "tighten" });
    await rig.move(6);
    const tightened = await rig.eventsOf(OWNER, "stop-tightened");
    expect(tightened.map(({ botId, price }) => [botId, price.toNumber()])).toEqual([["b1", 101 - (101 - 81.6) / 2]]);
    const stops = [...rig.books(OWNER).orders.values()].filter(({ purpose }) => purpose === "stop");
    expect(stops.map(({ price }) => price?.toNumber())).toEqual([91.3]);
    expect(rig.books(OWNER).bots.get("b2")?.position.quantity.isZero()).toBe(true);
    expect(rig.books(OWNER).bots.get("b1")?.position.quantity.isZero()).toBe(false);
  });

  it("halts for one bot's sake: no bot of its own or of any other account enters, until somebody resets it", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: falling, [ETH]: [...Array<number>(7).fill(100), 102, 102, 100, 104, 104] }) });
    await startBot(rig, { name: "one", params: { fast: 2, slow: 20 } });
    for (const owner of [OTHER, OWNER]) await startBot(rig, { name: owner === OTHER ? "two" : "three", symbol: ETH }, owner);
    await set(rig, "bot:b1", "drawdown", { at: 0.1, reaction: "halt" });
    await rig.move(9);
    expect([await denials(rig), await denials(rig, OTHER)]).toEqual([["breaker"], ["halted"]]);
    await rig.engine.breakers.reset(`paper:${OWNER}`, { breaker: "drawdown", scope: "bot:b1" }, "by hand", by("reset"));
    await rig.engine.moveMarket("end");
    expect(await sides(rig, OTHER)).toContain("buy");
  });
});

describe("the defaults", () => {
  it("each say why, and are within what may be set", () => {
    for (const known of Object.values(BREAKER_DEFAULTS)) expect(known.why.length).toBeGreaterThan(40);
  });

  it("open a losing bot's breaker after six losses in a row, with nothing set", async () => {
    const saw = Array.from({ length: 8 }, () => [104, 104, 104, 96, 96, 96]).flat();
    const rig = await openRig({ market: scripted({ [BTC]: [100, ...saw] }), breakers: { losses: BREAKER_DEFAULTS.losses! } });
    await startBot(rig, { name: "one" });
    await rig.engine.moveMarket("end");
    expect(await trips(rig)).toEqual(["losses bot:b1"]);
    expect((await sides(rig)).filter((side) => side === "sell")).toHaveLength(6);
  });
});

/** Prices at which a bot of quick averages loses once and then wants to buy again; of a breaker that looks at the market, only to buy. */
function prices(breaker: BreakerName): number[] {
  const isOfMarket = ["spread", "gap", "stale", "volatility"].includes(breaker);
  if (breaker === "volatility") return [100, 99.9, 99.8, 99.7, 99.6, 106, 106, 104, 108];
  if (breaker === "slippage") return [...LOSS_THEN_UP, 96, 96, 104, 104, 104, 96, 96, 104, 104];
  return isOfMarket ? [100, 100, 100, 100, 100, 104, 104, 100, 108, 108] : LOSS_THEN_UP;
}

type Market = ReturnType<typeof scripted>;

/** The candle at this place opens far from where the one before it closed. */
function jump(market: Market, index: number): void {
  changed(market, (candle, at) =>
    at === index ? { ...candle, open: candle.open * 1.04, high: Math.max(candle.high, candle.open * 1.05) } : candle,
  );
}

/** No candles for so many minutes. */
function hole(market: Market, index: number, minutes: number): void {
  changed(market, (candle, at) => (at < index ? candle : { ...candle, openTimeMs: candle.openTimeMs + minutes * MINUTE_MS }));
}

/** The same market with other candles of its symbol. */
function changed(market: Market, change: (candle: Candle, index: number) => Candle): void {
  const all = market.candles;
  if (all instanceof Map) all.set(BTC, (all.get(BTC) ?? []).map(change));
}
