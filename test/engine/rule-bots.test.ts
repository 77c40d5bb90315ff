import { beforeEach, describe, expect, it } from "vitest";
import { newBot } from "../../src/domain/books.ts";
import { decimal } from "../../src/domain/money.ts";
import { FLAT } from "../../src/domain/position.ts";
import { MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { Feed, FeedHub } from "../../src/engine/feeds.ts";
import { BotRunner } from "../../src/engine/runner.ts";
import { ruleOf } from "../../src/rules/plan.ts";
import { Ring } from "../../src/rules/ring.ts";
import { RuleRun } from "../../src/rules/run.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { followRules } from "../../src/strategies/follow-rules.ts";
import { ArrayMarket, candlesOf, NOON, plainInstrument, scripted, walk } from "../kit/engine-market.ts";
import { by, type EngineRig, OWNER, openRig, startBot, wishFor } from "../kit/engine-rig.ts";

const BTC = "BTC/USDT";
/** Up at the second minute, down at the sixth. */
const UP_AND_DOWN = [100, 102, 102, 102, 102, 96, 96, 96, 96, 96];

const ruled = (name: string, enter: string, exit: string | undefined) => ({ name, strategy: "rules", params: {}, rules: { enter, exit } });

describe("a bot that follows rules of its own", () => {
  let rig: EngineRig;

  beforeEach(async () => {
    rig = await openRig({ market: scripted({ [BTC]: UP_AND_DOWN }) });
  });

  const reasons = async () => (await rig.eventsOf(OWNER, "intent")).map(({ intent }) => `${intent.purpose}: ${intent.reason}`);

  it("buys when the one is true and sells when the other is, and says with which numbers", async () => {
    await startBot(rig, ruled("dip", "close > sma(3) and close > CLOSE[2]*(1+1%)", "close < sma(3) or bars_held >= 40"));
    await rig.move(10);
    expect(await reasons()).toEqual([
      "entry: close 102 > sma(3) 100.667 and close 102 > (close[2] * (1 + 1%)) 101",
      "exit: close 96 < sma(3) 100",
    ]);
    const [bought] = await rig.eventsOf(OWNER, "intent");
    expect(bought?.intent.values).toEqual({ close: 102, "sma(3)": expect.closeTo(100.667, 2) });
  });

  it("knows its own position: what it paid, what that is worth and how long it holds", async () => {
    await startBot(rig, ruled("held", "close crosses above 101", "bars_held >= 3"));
    await startBot(rig, ruled("lost", "close > 101", "pnl_pct < -5%"));
    await startBot(rig, ruled("below", "close > 101", "close < entry_price * (1 - 5%)"));
    await rig.move(10);
    expect(await reasons()).toEqual([
      "entry: close 102 crossed above 101",
      "entry: close 102 > 101",
      "entry: close 102 > 101",
      "exit: bars_held 3 >= 3",
      expect.stringMatching(/^exit: pnl_pct -5.88\d*% < -5%$/),
      "exit: close 96 < (entry_price * (1 - 5%)) 96.9",
    ]);
  });

  it.each([0, 2_345])("counts the candle in which it was bought, also when the fill came %d ms into it", (delayMs) => {
    const decider = followRules({ enter: "close > 1", exit: "bars_held >= 1" });
    const spec = { ...wishFor(ruled("dip", "close > 1", "bars_held >= 1")), id: "b1", owner: OWNER, account: "a", mode: "demo" } as const;
    const bought = { ...FLAT, quantity: decimal(1), cost: decimal(100), openedMs: marketMs(NOON + delayMs), fillCount: 1 };
    const runner = new BotRunner({ ...newBot(spec), position: bought }, decider);
    const feed = new Feed(BTC, "1m");
    for (const series of decider.series) feed.track({ series, ring: new Ring(series.depth) });
    const [slot] = feed.push(candlesOf(NOON, [100])[0]!);
    expect(runner.decide(slot!)).toEqual({ kind: "exit", reason: "bars_held 1 >= 1" });
  });

  it("buys nothing while its exit rule is true", async () => {
    await startBot(rig, ruled("both", "close > 101", "close > 101.5"));
    await rig.move(10);
    expect(await reasons()).toEqual([]);
  });

  it("keeps the canonical text, also over a restart, and goes on by it", async () => {
    const store = openMemoryStore();
    const market = scripted({ [BTC]: UP_AND_DOWN });
    rig = await openRig({ market, store });
    await startBot(rig, ruled("dip", "CLOSE>sma(3)", "(close) < SMA( 3 )"));
    await rig.move(4);
    await rig.stop("restart");
    rig = await openRig({ market, store });
    expect(rig.engine.bot("dip")?.state.spec).toMatchObject({
      strategy: "rules",
      rules: { enter: "close > sma(3)", exit: "close < sma(3)" },
    });
    await rig.move(6);
    expect(await reasons()).toEqual(["entry: close 102 > sma(3) 100.667", "exit: close 96 < sma(3) 100"]);
  });

  it.each([
    [
      "rsi(14) < 30 and pnl_pct > 2%",
      "rsi(14) > 60",
      "enter: column 18: expected nothing about a position, for none is held when a bot buys",
    ],
    [
      "rsi(14) > 100",
      "rsi(14) > 60",
      "enter: column 9: expected a rule that can be true, and rsi(14) > 100 never holds, because rsi(14) is from 0 to 100.",
    ],
    [
      "close > 1",
      "pnl_pct <= -101%",
      "exit: column 9: expected a rule that can be true, and pnl_pct <= -101% never holds, because pnl_pct is -100% or more.",
    ],
    ["close > 1", undefined, "exit: without a rule, a stop or a target nothing would ever close what this bot buys"],
    ["close >", "close > 1", "enter: column 8: expected a value"],
  ])("is refused where it enters by %s and exits by %s", async (enter, exit, sentence) => {
    await expect(rig.engine.createBot(wishFor(ruled("no", enter, exit)), by("r1"))).rejects.toThrow(sentence);
    expect(rig.engine.bots()).toEqual([]);
  });
});

it("a feed answers rules as a run over the same candles does, however deep they look and whenever they came", async () => {
  const candles = walk({ seed: 11, startMs: NOON, minutes: 400, price: 100, movePct: 2, volume: 10 });
  const market = new ArrayMarket({
    candles: new Map([[BTC, candles]]),
    instruments: new Map([[BTC, plainInstrument(BTC)]]),
    startMs: marketMs(NOON),
  });
  const texts = [
    "close > close[40]",
    "rsi(5)[7] < rsi(5) and volume > volume[1] * 1.2",
    "ema(9) crosses above sma(20)[3]",
    "not close > highest(10)[1]",
  ];
  const rules = texts.map(ruleOf);
  const run = new RuleRun(rules);
  const strategies = texts.map((enter) => followRules({ enter, exit: undefined }));
  const hub = new FeedHub(market, marketMs(NOON));
  const joins = [0, 37, 150, 151];
  let feeds = 0;
  let entered = 0;
  for (const [index, candle] of candles.entries()) {
    for (const [place, strategy] of strategies.entries()) {
      if (joins[place] !== index) continue;
      await hub.subscribe(BTC, "1m", { specs: Object.values(strategy.indicators), series: strategy.series });
      feeds += 1;
    }
    run.push(candle);
    const atMs = marketMs(candle.openTimeMs + MINUTE_MS);
    for (const slot of hub.push({ atMs, candles: new Map([[BTC, candle]]) })) {
      for (const [place, strategy] of strategies.slice(0, feeds).entries()) {
        const position = { flat: true, long: false, entryPrice: undefined, barsHeld: 0, barsSinceEntry: 0, parts: [] };
        const { past, candle: shown, previous } = slot;
        const signal = strategy.decide({ candle: shown, previous, values: {}, past, position });
        expect([index, texts[place], signal.kind]).toEqual([index, texts[place], run.isTrue(rules[place]!) ? "enter" : "hold"]);
        if (signal.kind === "enter") entered += 1;
      }
    }
  }
  expect(feeds).toBe(4);
  expect(entered).toBeGreaterThan(200);
});
