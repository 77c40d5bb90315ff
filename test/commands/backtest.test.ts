import { beforeEach, describe, expect, test } from "vitest";
import type { BacktestRecord } from "../../src/domain/backtest.ts";
import { decimal, ZERO } from "../../src/domain/money.ts";
import { NO_RESULT } from "../../src/domain/result.ts";
import { DAY_MS, HOUR_MS } from "../../src/domain/time.ts";
import type { Backtests, BacktestWish } from "../../src/ports/backtest.ts";
import type { Caller } from "../../src/ports/engine.ts";
import { ADMIN, ChatDesk, textOf } from "../chat/door.ts";

const FROM_MS = Date.UTC(2023, 2, 1);
const TO_MS = FROM_MS + 30 * DAY_MS;
const TRADER = "discord:trader";

/** Answers at once with an invented result, and keeps it in the desk's books as the real ones do. */
class FakeBacktests implements Backtests {
  readonly asked: BacktestWish[] = [];
  readonly canceled: string[] = [];
  desk: ChatDesk | undefined;

  async run(wish: BacktestWish, { user }: Caller): Promise<BacktestRecord> {
    this.asked.push(wish);
    const record = { ...recordOf(wish), by: user, id: `t${this.asked.length}` };
    await this.desk?.ledger.append([{ type: "backtest-done", record }]);
    return record;
  }

  cancel(user: string): boolean {
    this.canceled.push(user);
    return user === ADMIN;
  }
}

let desk: ChatDesk;
let backtests: FakeBacktests;

beforeEach(async () => {
  backtests = new FakeBacktests();
  desk = await ChatDesk.open({ backtests });
  backtests.desk = desk;
  await desk.type("bot create symbol:BTC/USDT strategy:ema-cross timeframe:15m name:dip");
});

describe("backtest run", () => {
  test("tries the bot as it is and shows what it would have made beside holding", async () => {
    const view = await desk.type("backtest run bot:dip from:2023-03-01 to:2023-03-30");
    expect(view.title).toBe("Backtest t1: ema-cross on BTC/USDT 15m, +5.00%");
    expect(view.tone).toBe("good");
    expect(view.fields).toEqual([
      { name: "From, to (UTC)", value: "2023-03-01 00:00 to 2023-03-31 00:00, 30 d" },
      { name: "Equity", value: "10,000.00 USDT to 10,500.00 USDT (+500.00 USDT)" },
      { name: "Buy and hold", value: "9,000.00 USDT (-10.00%)" },
      { name: "Max drawdown", value: "2.50% of equity, marked every 1 h, below a peak for 5 h at most" },
      { name: "Entries", value: "3, in the market 12.50% of the time" },
      { name: "Win rate", value: "66.67% (2 of 3)" },
      { name: "Expectancy", value: "+166.67 USDT" },
      { name: "Fees", value: "12.00 USDT" },
      { name: "Sharpe, Sortino, Calmar", value: "3.43, -, -" },
      { name: "Exits", value: "2 take, 1 stop" },
      { name: "Denied", value: "4 cash" },
    ]);
    expect(view.picture?.alt).toContain("Buy and hold");
    const [wish] = backtests.asked;
    expect(wish).toMatchObject({ fromMs: FROM_MS, toMs: TO_MS, bot: { name: "dip", strategy: "ema-cross", timeframe: "15m" } });
    expect(wish?.bot).not.toHaveProperty("account");
    expect(wish?.capital.toNumber()).toBe(10_000);
  });

  test("takes another symbol, candle length and capital", async () => {
    await desk.type('backtest run bot:dip symbol:eth timeframe:1h capital:"500 USDT"');
    expect(backtests.asked[0]).toMatchObject({ fromMs: undefined, toMs: undefined, bot: { symbol: "ETH/USDT", timeframe: "1h" } });
    expect(backtests.asked[0]?.capital.toNumber()).toBe(500);
  });

  test.each([
    ["backtest run bot:all", "bot: expected one bot, found 2; name one of them."],
    ["backtest run bot:dip symbol:nope", "NOPE"],
    ["backtest run bot:dip from:2023-02-30", "a day such as 2021-05-19"],
    ["backtest run bot:nothing", "There is no bot or group with that name."],
  ])("refuses %s in one sentence", async (line, sentence) => {
    await desk.type("bot create symbol:ETH/USDT strategy:ema-cross timeframe:15m name:other");
    expect(textOf(await desk.type(line))).toContain(sentence);
    expect(backtests.asked).toEqual([]);
  });
});

describe("backtest run without a bot", () => {
  test("tries a rule with what a new bot would have, and offers to make one of it", async () => {
    const view = await desk.type('backtest run enter:"rsi(14)<30" exit:"rsi(14) > 60" symbol:btc timeframe:5m');
    expect(view.title).toBe("Backtest t1: rules on BTC/USDT 5m, +5.00%");
    expect(backtests.asked[0]?.bot).toEqual({
      name: "rules",
      group: undefined,
      symbol: "BTC/USDT",
      timeframe: "5m",
      strategy: "rules",
      params: {},
      rules: { enter: "rsi(14) < 30", exit: "rsi(14) > 60" },
      sizing: { kind: "equity-percent", pct: 10 },
      protection: { stopPct: 2, takePct: 4, trailingPct: undefined },
    });
    expect(view.lines?.[0]).toBe("Buys when rsi(14) < 30; sells when rsi(14) > 60.");
    expect(view.buttons?.map(({ label }) => label)).toEqual(["Make a bot of it", "All backtests"]);
    expect(desk.engine.bots()).toHaveLength(1);
  });

  test("tries a strategy by its name, with its own size and exits", async () => {
    await desk.type(
      'backtest run strategy:ema-cross params:"fast=3 slow=9" symbol:ETH/USDT timeframe:1h stop:none take:none size:"100 USDT"',
    );
    expect(backtests.asked[0]?.bot).toMatchObject({
      strategy: "ema-cross",
      params: { fast: 3, slow: 9 },
      symbol: "ETH/USDT",
      sizing: { kind: "notional" },
      protection: { stopPct: undefined, takePct: undefined },
    });
  });

  test.each([
    "strategy:ema-cross",
    'strategy:ema-cross params:"fast=3 slow=9" stop:none take:none size:"1,250.50 USDT"',
    'strategy:dca size:"vol 0.25%"',
    'strategy:ema-cross size:"risk 0.0000001%" stop:"1.5 atr" take:"50% at 2%, rest at 4.5%"',
    'enter:"rsi(14)<30" exit:none size:25% stop:"58000.5 USDT" take:7%',
    'enter:"rsi(14)<30" exit:"rsi(14) > 60" stop:0.5%',
  ])("makes the bot that was tried of %s", async (tried) => {
    const view = await desk.type(`backtest run ${tried} symbol:BTC/USDT timeframe:5m`);
    await desk.press(view, "Make a bot of it");
    const made = desk.engine.bots().find(({ state }) => state.spec.name !== "dip")!.state.spec;
    const { name: _name, ...wished } = backtests.asked[0]!.bot;
    expect(made).toMatchObject(wished);
  });

  test("works on a desk without bots, and asks for what is missing", async () => {
    desk = await ChatDesk.open({ backtests });
    expect((await desk.type("backtest run enter:close>open exit:none")).title).toContain("Which symbol?");
    expect(textOf(await desk.type("backtest run"))).toContain("There are no bots yet");
    expect(backtests.asked).toEqual([]);
  });

  test.each([
    ["backtest run enter:rsi(14)<2% exit:none symbol:btc timeframe:5m", "enter: column 8: < cannot compare"],
    ["backtest run strategy:nope symbol:btc timeframe:5m", 'strategy: there is no strategy "nope"'],
    ['backtest run strategy:ema-cross params:"fast=50" symbol:btc timeframe:5m', "fast must be shorter than slow"],
    ["backtest run bot:dip stop:1%", "stop: dip is tried as it is, with what it has; leave out stop, or leave out bot."],
    ['backtest run bot:dip enter:"close > 1"', "enter: dip is tried as it is"],
    [
      'backtest run strategy:ema-cross enter:"close > 1" symbol:btc timeframe:5m',
      "enter: a bot follows a strategy or rules of its own, found both",
    ],
    ['backtest run strategy:ema-cross stop:"58000 EUR" symbol:btc timeframe:5m', "stop: BTC/USDT is traded in USDT, found EUR"],
  ])("refuses %s in one sentence", async (line, sentence) => {
    expect(textOf(await desk.type(line))).toContain(sentence);
    expect(backtests.asked).toEqual([]);
  });

  test("is for those who trade on some bot or the whole desk, and denied to others", async () => {
    const line = "backtest run enter:close>open exit:none symbol:btc timeframe:5m";
    await desk.grant(TRADER, "viewer");
    await desk.type(line, TRADER);
    await desk.type(line, "discord:stranger");
    expect(backtests.asked).toEqual([]);
    await desk.grant(TRADER, "trader", "bot:dip");
    await desk.type(line, TRADER);
    expect(backtests.asked).toHaveLength(1);
  });
});

describe("backtest list and show", () => {
  test("list what was run, newest first, and show it again", async () => {
    expect(textOf(await desk.type("backtest list"))).toContain("No backtest has been run yet");
    await desk.type("backtest run bot:dip");
    await desk.type("backtest run bot:dip timeframe:1h");
    const { table } = await desk.type("backtest list");
    expect(table?.rows).toEqual([
      ["t2", "dip", "BTC/USDT 1h", "2023-03-01 to 2023-03-31", "+5.00%", "-10.00%", "2.50%", "3"],
      ["t1", "dip", "BTC/USDT 15m", "2023-03-01 to 2023-03-31", "+5.00%", "-10.00%", "2.50%", "3"],
    ]);
    expect((await desk.type("backtest show t1")).title).toBe("Backtest t1: ema-cross on BTC/USDT 15m, +5.00%");
    expect(textOf(await desk.type("backtest show t9"))).toContain("There is no backtest t9.");
  });

  test("show another's only to those who may see the desk", async () => {
    await desk.grant(TRADER, "trader", "bot:dip");
    await desk.type("backtest run bot:dip");
    expect(textOf(await desk.type("backtest list", TRADER))).toContain("No backtest has been run yet");
    expect(textOf(await desk.type("backtest show t1", TRADER))).toContain("There is no backtest t1.");
  });
});

test("backtest cancel ends one's own, and says so when there is none", async () => {
  expect((await desk.type("backtest cancel")).title).toBe("Your backtest is being ended");
  await desk.grant(TRADER, "trader");
  expect((await desk.type("backtest cancel", TRADER)).title).toBe("No backtest of yours is running");
});

function recordOf({ bot, market, capital }: BacktestWish): BacktestRecord {
  return {
    id: "t1",
    by: ADMIN,
    market,
    marketLabel: "a recording",
    bot,
    tookMs: 1_234,
    result: {
      currency: "USDT",
      capital,
      fromMs: FROM_MS,
      toMs: TO_MS,
      minutes: 43_200,
      results: new Map([[FROM_MS, { ...NO_RESULT, realized: decimal(500), fees: decimal(12), fills: 6, closes: 3, wins: 2 }]]),
      curve: [
        { atMs: FROM_MS, equity: capital, held: capital },
        { atMs: TO_MS, equity: capital.times("1.05"), held: capital.times("0.9") },
      ],
      equity: capital.times("1.05"),
      unrealized: ZERO,
      drawdown: decimal("0.025"),
      drawdownMs: 5 * HOUR_MS,
      exposure: decimal("0.125"),
      entries: 3,
      exits: new Map([
        ["stop", 1],
        ["take", 2],
      ]),
      denials: new Map([["cash", 4]]),
      held: capital.times("0.9"),
      fault: undefined,
    },
  };
}
