import { beforeEach, describe, expect, test } from "vitest";
import { ChatDesk, textOf } from "../chat/door.ts";
import { candlesOf } from "../indicators/reference.ts";

let desk: ChatDesk;

beforeEach(async () => {
  desk = await ChatDesk.open();
});

describe("strategy check", () => {
  test("explains a rule: its form, its words, what it reads, its warm-up and its size", async () => {
    const view = await desk.type('strategy check rule:"RSI(14)<30 and Close > EMA(200)[1]"');
    expect(view.title).toBe("rsi(14) < 30 and close > ema(200)[1]");
    expect(view.lines).toEqual([
      "In words: the RSI over 14 candles is below 30, and the close is above the exponential average of closes over 200 candles 1 candle ago.",
    ]);
    expect(view.fields).toEqual([
      { name: "Reads", value: "rsi(14), close, ema(200)" },
      { name: "Warm-up", value: "201 closed candles; before that it is not true" },
      { name: "Size", value: "36 of 500 characters, 2 of 20 indicators" },
    ]);
  });

  test("tries it on the market's candles, each term with its numbers", async () => {
    desk.engine.reader.tapes.set("BTC/USDT", candlesOf([10, 11, 12, 11, 10, 11, 12, 13]));
    const view = await desk.type('strategy check rule:"close > sma(3) and not roc(1) < 5%" symbol:btc timeframe:1m');
    expect(view.table?.rows).toEqual([
      ["close > sma(3)", "13.00 and 12.00", "yes"],
      ["roc(1) < 5%", "+8.33% and +5.00%", "no"],
    ]);
    expect(view.lines.at(-1)).toBe(
      "True on 4 of the last 6 candles of BTC/USDT 1m, up to 1970-01-01 00:08 UTC (market). Market: simulated market (invented prices).",
    );
  });

  test("judges the newest 500 candles", async () => {
    desk.engine.reader.tapes.set("BTC/USDT", candlesOf(Array.from({ length: 1_000 }, (_, index) => 100 + (index % 2))));
    expect(textOf(await desk.type('strategy check rule:"close > 100" symbol:btc timeframe:1m'))).toContain(
      "True on 250 of the last 500 candles",
    );
  });

  test("reads enough history for an average price of the day, which begins at 00:00 UTC", async () => {
    const view = await desk.type('strategy check rule:"close > vwap()" symbol:btc timeframe:1m');
    expect(desk.engine.reader.asked.at(-1)).toBe(`fake BTC/USDT ${500 + 1 + 2 + 24 * 60}`);
    expect(view.table?.rows[0]?.[2]).toMatch(/^(yes|no)$/);
    expect(view.lines.at(-1)).toMatch(/True on [1-9]\d* of the last 500 candles/);
  });

  test("says when there are too few candles, and counts nothing", async () => {
    desk.engine.reader.tapes.set("BTC/USDT", candlesOf([10, 11, 12]));
    const view = await desk.type('strategy check rule:"close > sma(50)" symbol:btc timeframe:1m');
    expect(view.tone).toBe("warning");
    expect(view.lines.at(-1)).toBe("BTC/USDT has 3 closed candles of 1m here; the rule needs 50.");
    expect(view.table).toBeUndefined();
  });

  test("says that nobody holds a position, and shows those terms as undefined", async () => {
    desk.engine.reader.tapes.set("BTC/USDT", candlesOf([10, 11, 12]));
    const view = await desk.type('strategy check rule:"pnl_pct > 2% or bars_held >= 48" symbol:btc timeframe:1m');
    expect(textOf(view)).toContain("while none is held, that part is undefined and makes nothing true");
    expect(view.table?.rows.map(([, , holds]) => holds)).toEqual(["undefined", "undefined"]);
    expect(view.lines.at(-1)).toContain("True on 0 of the last 3 candles");
  });

  test.each([
    ["an unknown name", "rsy(14) < 30", 'rule: column 1: expected a name that rules know, found "rsy" (did you mean rsi?).'],
    ["a price and a percent", "close > 2%", "rule: column 7: > cannot compare a price (close) with a percent (2%)"],
    ["much too long a text", "a".repeat(3_000), "rule: column 501: expected a rule of at most 500 characters, found 3000."],
    ["deep nesting", "(".repeat(100), "rule: column 34: expected at most 32 parentheses"],
    ["nothing", " ", "rule: column 1: expected a condition such as rsi(14) < 30, found the end."],
  ])("refuses %s in one sentence", async (_name, text, sentence) => {
    const view = await desk.type(`strategy check rule:"${text}"`);
    expect(textOf(view)).toContain(sentence);
  });

  test("refuses 10,000 characters before it reads any of them", async () => {
    const view = await desk.type(`strategy check rule:"${"close > 1 and ".repeat(720)}"`);
    expect(view.tone).toBe("bad");
    expect(textOf(view)).toMatch(/10,1\d\d/);
  });

  test("refuses a symbol that the market does not have", async () => {
    expect(textOf(await desk.type('strategy check rule:"close > 1" symbol:nope'))).toMatch(/no symbol|nope/i);
  });
});
