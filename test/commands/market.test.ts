import { beforeEach, describe, expect, test } from "vitest";
import { SCAN_SYMBOLS_MAX, scanPlan } from "../../src/chat/scan.ts";
import { TransientError } from "../../src/domain/errors.ts";
import { decimal } from "../../src/domain/money.ts";
import type { View } from "../../src/ports/view.ts";
import { ruleOf } from "../../src/rules/plan.ts";
import { ADMIN, textOf } from "../chat/door.ts";
import { VenueDesk } from "./venue-rig.ts";

let at: VenueDesk;

beforeEach(async () => {
  at = await VenueDesk.open();
});

const rowOf = (view: View, name: string) => view.table?.rows.find(([first]) => first === name);

describe("market analyze", () => {
  test("shows each figure on three timeframes, its meaning, and one recommendation with its reasons", async () => {
    const view = await at.type("market analyze btc");
    expect(view.title).toMatch(/^BTC\/USDT [\d,.]+ USDT: (BUY|SELL|HOLD), confidence \d+%$/);
    expect(view.table?.columns.map(({ name }) => name)).toEqual(["Figure", "15m", "1h", "4h"]);
    for (const name of ["Trend", "RSI", "Volatility", "Volume", "Support", "Resistance", "Pattern", "Score"])
      expect(rowOf(view, name), name).toHaveLength(4);
    for (const name of ["Trend", "RSI", "Change", "Volatility", "Volume", "Buying share", "Support", "Resistance", "Room", "Pattern"])
      expect(
        view.lines.filter((line) => line.startsWith(`${name} (15m): `)),
        name,
      ).toHaveLength(1);
    expect(view.lines[0]).toMatch(/^Score [+-]?\d\.\d\d of -1 to \+1\. /);
    expect(textOf(view)).toContain("no probability of profit");
    expect(view.lines.at(-1)).toBe("Market: simulated market (invented prices), 2021-05-19 12:00 UTC (market); closed candles only.");
    expect(at.engine.reader.asked).toEqual(["fake BTC/USDT 14400"]);
    expect(textOf(view)).not.toMatch(/NaN|undefined|Infinity/);
    const [support] = rowOf(view, "Support")?.slice(1) ?? [];
    expect(view.picture?.alt).toContain("120 candles of 15m");
    expect(support === "-" || view.picture?.alt.includes("Support")).toBe(true);
  });

  test("takes another timeframe, with the coarser ones that go with it", async () => {
    const view = await at.type("market analyze symbol:eth timeframe:4h");
    expect(view.table?.columns.map(({ name }) => name)).toEqual(["Figure", "4h", "1d"]);
    expect(at.engine.reader.asked).toEqual(["fake ETH/USDT 43200"]);
  });

  test("holds, and says what it cannot know, when hardly anything has closed", async () => {
    const { candles } = at.engine;
    at.engine.reader.tapes.set("BTC/USDT", (await candles("fake", "ETH/USDT", 200)).slice());
    const view = await at.type("market analyze btc");
    expect(view.title).toContain("HOLD, confidence 0%");
    expect(textOf(view)).toContain("Too little is known of 15m candles to recommend anything.");
    expect(rowOf(view, "Trend")).toEqual(["Trend", "-", "-", "-"]);
    expect(rowOf(view, "Score")).toEqual(["Score", "-", "-", "-"]);
    at.engine.reader.tapes.set("BTC/USDT", []);
    expect(await at.type("market analyze btc")).toMatchObject({ title: "BTC/USDT: no candles", tone: "warning" });
  });

  test("asks for the symbol, and names the ones there are when it knows no such one", async () => {
    expect((await at.type("market analyze")).title).toContain("Which symbol?");
    expect((await at.type("market analyze nope")).title).toContain('this market has no "NOPE"');
    expect((await at.type("market analyze btc timeframe:7m")).title).toContain("expected one of 1m");
    expect((await at.type("market analyze b;drop")).title).toContain("expected a symbol");
  });

  test("says in a sentence that a market does not answer", async () => {
    at.engine.reader.failure = new TransientError("the exchange does not answer");
    const view = await at.type("market analyze btc");
    expect(view.tone).toBe("bad");
    expect(textOf(view)).toContain("does not answer right now. Try again in a moment.");
  });

  test("reads an exchange where the person has an account, and tells nobody else that there is one", async () => {
    await at.connect("main");
    expect(textOf(await at.type("market analyze btc exchange:binance"))).toContain("live prices of exchange:binance");
    expect(at.engine.reader.asked).toEqual(["exchange:binance BTC/USDT 14400"]);
    await at.desk.grant("discord:7", "viewer", "bot:dip");
    const [there, elsewhere] = [
      await at.type("market analyze btc exchange:binance", "discord:7"),
      await at.type("market analyze btc exchange:blofin", "discord:7"),
    ];
    expect(there.title).toBe(elsewhere.title.replace("blofin", "binance"));
    expect(there.title).toContain('This desk reads no prices of "binance" for you.');
  });

  test("prefers real prices to those of a demo world", async () => {
    await at.connect("play", "demo");
    await at.type("market analyze btc exchange:binance");
    await at.connect("main", "live");
    await at.type("market analyze btc exchange:binance");
    expect(at.engine.reader.asked.map((line) => line.split(" ")[0])).toEqual(["exchange:binance:demo", "exchange:binance"]);
  });
});

describe("market chart", () => {
  test("draws closed candles with averages and volume, and says the same in words", async () => {
    const view = await at.type("market chart btc");
    expect(view.title).toMatch(/^BTC\/USDT [\d,.]+ USDT, [+-]?\d+\.\d\d% in 1 d 6 h$/);
    expect(view.picture?.alt).toMatch(
      /^BTC\/USDT, 120 candles of 15m, 2021-05-18 06:00 to 2021-05-19 12:00 UTC: .*SMA 20 [\d,.]+, SMA 50 [\d,.]+\.$/,
    );
    expect(view.picture?.svg).toContain("simulated market (invented prices), closed candles only");
    expect(view.fields.map(({ name }) => name)).toEqual(["High", "Low"]);
    expect(at.engine.reader.asked).toEqual([`fake BTC/USDT ${171 * 15}`]);
    expect(view.buttons.map(({ label }) => label)).toEqual(["5m", "30m", "Analyze"]);
    expect((await at.desk.press(view, "30m")).picture?.alt).toContain("120 candles of 30m");
  });

  test("takes a timeframe and a number of candles, and says when the market has fewer", async () => {
    const few = await at.type("market chart eth timeframe:1d candles:300");
    expect(at.engine.reader.asked).toEqual(["fake ETH/USDT 43200"]);
    expect(textOf(few)).toMatch(/300 candles of 1d were asked for; this market gives (29|30)\./);
    expect((await at.type("market chart eth candles:9")).title).toContain("expected a whole number from 10 to 300");
  });

  test("says that nothing has closed, and names minutes that never came", async () => {
    at.engine.reader.tapes.set("BTC/USDT", []);
    expect(await at.type("market chart btc")).toMatchObject({ title: "BTC/USDT: no candles of 15m", tone: "warning" });
    const minutes = await at.engine.candles("fake", "ETH/USDT", 600);
    at.engine.reader.tapes.set(
      "BTC/USDT",
      minutes.filter((_, index) => index < 301 || index > 303),
    );
    expect(textOf(await at.type("market chart btc"))).toContain("3 minutes of these candles never came.");
  });
});

describe("market pairs", () => {
  test("lists the symbols with their rules", async () => {
    const view = await at.type("market pairs");
    expect(view.title).toBe("3 symbols");
    expect(view.table?.rows[0]).toEqual(["BTC/USDT", "5 USDT", "0.01", "0.10%"]);
    expect(view.buttons).toEqual([]);
  });

  test("finds by a part of the name and by quote, and names the quotes when it finds nothing", async () => {
    at.engine.prices.set("ETH/BTC", decimal("0.06"));
    expect((await at.type("market pairs eth")).table?.rows.map(([symbol]) => symbol)).toEqual(["ETH/BTC", "ETH/USDT"]);
    expect((await at.type("market pairs search:eth quote:btc")).title).toBe("1 symbol");
    const none = await at.type("market pairs quote:eur");
    expect(none.title).toBe("No such symbol");
    expect(none.lines).toEqual(["Market: simulated market (invented prices), 4 symbols priced in BTC, USDT."]);
  });

  test("turns pages of twenty by buttons that keep the search, and shows the last page for one beyond", async () => {
    for (let index = 10; index < 55; index += 1) at.engine.prices.set(`T${index}/EUR`, decimal(1));
    const first = await at.type("market pairs quote:eur");
    expect([first.title, first.table?.rows.length]).toEqual(["45 symbols", 20]);
    const second = await at.desk.press(first, "More");
    expect(second.table?.rows[0]?.[0]).toBe("T30/EUR");
    expect(second.lines).toContain("Page 2 of 3.");
    expect((await at.desk.press(second, "Back")).table?.rows[0]?.[0]).toBe("T10/EUR");
    expect((await at.type("market pairs quote:eur page:999")).table?.rows).toHaveLength(5);
    expect((await at.type("market pairs page:0")).title).toContain("expected a whole number from 1 to 1000");
  });

  test("says so while a market has not told what trades on it", async () => {
    at.engine.prices.clear();
    expect((await at.type("market pairs", ADMIN)).title).toBe("The market has not said yet what trades on it");
  });
});

describe("market scan", () => {
  test("names the symbols on which a rule is true, with their numbers, and how many were judged", async () => {
    const { tapes } = at.engine.reader;
    const rising = await at.engine.candles("fake", "BTC/USDT", 300);
    tapes.set(
      "ETH/USDT",
      rising.map((candle, index) => ({ ...candle, close: 100 + index })),
    );
    tapes.set(
      "BTC/USDT",
      rising.map((candle, index) => ({ ...candle, close: 1_000 - index })),
    );
    tapes.set("SOL/USDT", []);
    const view = await at.type('market scan rule:"close > SMA(5)" timeframe:1m');
    expect(view.title).toMatch(/^1 symbol of \d+: close > sma\(5\)$/);
    expect(view.table?.rows.map(([symbol]) => symbol)).toEqual(["ETH/USDT"]);
    expect(view.table?.rows[0]?.[2]).toMatch(/^close > sma\(5\): \d+\.\d+ and \d+\.\d+$/);
    expect(textOf(view)).toContain("Not judged: SOL/USDT (0 closed candles, and the rule needs 5).");
    expect(view.buttons[0]?.label).toBe("Analyze ETH/USDT");
    const none = await at.type('market scan rule:"close > 1000000000" timeframe:1m');
    expect(none.title).toBe("No symbol matches close > 1000000000");
  });

  test("goes on with the other symbols when one cannot be read", async () => {
    const reader = at.engine.reader;
    reader.failures.set("BTC/USDT", new TransientError("the exchange does not answer"));
    const view = await at.type('market scan rule:"close > 0" timeframe:1m');
    expect(textOf(view)).toContain("Not judged: BTC/USDT (the exchange does not answer).");
    expect(view.table?.rows.length).toBeGreaterThan(0);
  });

  test.each([
    ['market scan rule:"pnl_pct > 1%"', "rule: a scan holds no position; leave out entry_price, pnl_pct and bars_held."],
    ['market scan rule:"close >"', "rule: column 8: expected a value"],
    ["market scan", "Which rule?"],
    ['market scan rule:"close > ema(200)" timeframe:4h', "timeframe: close > ema(200) needs 528,720 minutes of candles of 4h"],
    ['market scan rule:"close > 1" quote:NOPE', "quote: nothing is priced in NOPE"],
    ['market scan rule:"close > 1" exchange:kraken', "This desk reads no prices of"],
  ])("refuses %s in one sentence", async (line, sentence) => {
    expect(textOf(await at.type(line))).toContain(sentence);
  });

  test("of a large market looks at no more than its budget allows, and says how many are left", async () => {
    const rule = ruleOf("close > ema(20)");
    const one = at.engine.markets()[0]!;
    const [instrument] = one.instruments.values();
    const instruments = new Map(
      Array.from({ length: 400 }, (_, index) => [`C${index}/USDT`, { ...instrument!, symbol: `C${index}/USDT`, quote: "USDT" }]),
    );
    const large = { ...one, instruments };
    expect(scanPlan({ rule, timeframe: "1m", quote: undefined }, large)).toMatchObject({ left: 400 - SCAN_SYMBOLS_MAX, quote: "USDT" });
    const hourly = scanPlan({ rule, timeframe: "1h", quote: undefined }, large);
    expect(hourly.symbols.length * hourly.minutes).toBeLessThanOrEqual(200_000);
    expect(hourly.symbols.length + hourly.left).toBe(400);
  });
});
