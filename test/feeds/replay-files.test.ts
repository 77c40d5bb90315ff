import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { CandleColumns } from "../../src/feeds/replay/columns.ts";
import { symbolInName } from "../../src/feeds/replay/entries.ts";
import { NumberText } from "../../src/feeds/replay/number-text.ts";
import { openReplay } from "../../src/feeds/replay.ts";
import { recordedOrSkip } from "../kit/recorded.ts";
import { candleFolder, FIRST_MS, HEADER, refusal, rows } from "./candle-files.ts";

let folder: Awaited<ReturnType<typeof candleFolder>>;
beforeEach(async () => {
  folder = await candleFolder();
});
afterEach(() => folder.remove());

const row = (minute: number, rest = "10,11,9,10,1"): string => `${FIRST_MS + minute * MINUTE_MS},${rest}`;

describe("reading candle files", () => {
  it("takes columns in any order, times in seconds, further columns, quotes and Windows line ends", async () => {
    const path = await folder.write("BTCUSDT.csv", [
      '\uFEFF"volume",close,extra,low,high,open,ts\r',
      `1.5,10.5,x,9,12,10,${FIRST_MS / 1_000}\r`,
      `"2",10.25,,9e0,12.0,+10,${FIRST_MS / 1_000 + 60}\r`,
    ]);
    const market = await openReplay(path);
    expect([...(await market.history("BTC/USDT", marketMs(8e15), 1))]).toEqual([
      { openTimeMs: FIRST_MS, open: 10, high: 12, low: 9, close: 10.5, volume: 1.5 },
      { openTimeMs: FIRST_MS + MINUTE_MS, open: 10, high: 12, low: 9, close: 10.25, volume: 2 },
    ]);
  });

  it.each([
    ["a price that is no number", [row(0), row(1, "10,abc,9,10,1")], /BTCUSDT.csv line 3: expected a number as high, found "abc"/],
    [
      "a low above the high",
      [row(0), row(1, "10,9,11,10,1")],
      /line 3: expected a possible candle, found that open 10 or close 10 lies outside/,
    ],
    ["a price of zero", [row(0), row(1, "0,0,0,0,1")], /line 3: .*low 0 is not above zero/],
    ["a negative volume", [row(0), row(1, "10,11,9,10,-1")], /line 3: .*volume -1 is below zero/],
    ["a time off the minute", [row(0), row(1.5)], /line 3: expected a time on a whole minute, found 1709164890000/],
    ["a time in microseconds", [`${FIRST_MS}000,10,11,9,10,1`], /line 2: expected a time in milliseconds or seconds since 1970/],
    ["a doubled time", [row(0), row(1), row(1)], /line 4: expected a later time than the row before, found 1709164860000 twice/],
    ["a time that goes back", [row(0), row(2), row(1)], /line 4: expected ascending times, found 1709164860000 after 1709164920000/],
    ["a short row", [row(0), "1,2,3"], /line 3: expected 6 columns, found 3/],
    ["a line without an end", [row(0), "9".repeat(600_000)], /line 3: expected a candle, found a line of more than 4096 bytes/],
    ["no candle", [], /expected at least 2 candles, found 0/],
    ["coarser candles", rows(9, { stepMin: 5 }), /expected one-minute candles, found a smallest step of 5 minutes/],
  ])("refuses %s with file, line and what was found", async (_, lines, fault) => {
    const text = await refusal(openReplay(await folder.write("BTCUSDT.csv", [HEADER, ...lines])));
    expect(text).toMatch(fault);
    expect(text).toMatch(/^MARKET: /);
  });

  it("lists the faults of all files at once, at most five a file", async () => {
    const files = [
      await folder.write("BTCUSDT.csv", [HEADER, ...Array.from({ length: 40 }, () => "x,x,x,x,x,x")]),
      await folder.write("ETHUSDT.csv", ["ts_ms,open,high,low,last,volume", row(0)]),
      await folder.write("prices.csv", [HEADER, ...rows(9)]),
      await folder.write("SOLUSDT.csv", [HEADER, ...rows(9)]),
      `SOL/USDT=${await folder.write("other.csv", [HEADER, ...rows(9)])}`,
      join(folder.path, "absent.csv"),
    ];
    const text = await refusal(openReplay(files.join(",")));
    expect(text.match(/BTCUSDT.csv line/g)).toHaveLength(5);
    expect(text).toMatch(/ETHUSDT.csv line 1: expected a header with .* found one without close/);
    expect(text).toMatch(/no symbol can be read from "prices.csv".*BTC\/USDT=/);
    expect(text).toMatch(/SOL\/USDT has 2 files: SOLUSDT.csv, other.csv/);
    expect(text).toMatch(/absent.csv does not exist/);
  });

  it("refuses an empty file, an empty folder, an empty argument and broken gzip", async () => {
    const empty = join(folder.path, "BTCUSDT.csv");
    await writeFile(empty, "");
    expect(await refusal(openReplay(empty))).toMatch(/found 0/);
    expect(await refusal(openReplay(""))).toMatch(/expected files after "replay:", found none/);
    const torn = join(folder.path, "ETHUSDT.csv.gz");
    await writeFile(torn, gzipSync([HEADER, ...rows(5_000)].join("\n")).subarray(0, 9_000));
    expect(await refusal(openReplay(torn))).toMatch(/ETHUSDT.csv.gz could not be read \(unexpected end of file\)/);
    const bare = await candleFolder();
    expect(await refusal(openReplay(bare.path))).toMatch(/holds no one-minute/);
    await bare.remove();
  });

  it.each([
    ["binance-spot-ETHBTC-1m-20210420-20210520.csv.gz", "ETH/BTC"],
    ["binanceus-BTCUSDC-1m-20230301-20230321.csv.gz", "BTC/USDC"],
    ["BTCUSDT.csv", "BTC/USDT"],
    ["btcusdt.csv", "BTC/USDT"],
    ["spot-BTC-USDT-1m.csv", "BTC/USDT"],
    ["ETH_BTC.csv", "ETH/BTC"],
    ["candles.csv", undefined],
    ["BTCUSDT-ETHUSDT.csv", undefined],
  ])("reads the symbol from the name %s", (name, symbol) => {
    expect(symbolInName(`/some/folder/${name}`)).toBe(symbol);
  });
});

describe("reading numbers", () => {
  it("reads every decimal text as the language does", () => {
    const number = new NumberText();
    const read = (text: string): number => number.read(new TextEncoder().encode(text), 0, text.length);
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(9), (value, decimals) => {
        expect(read(String(value))).toBe(Number(String(value)));
        expect(read(value.toFixed(decimals))).toBe(Number(value.toFixed(decimals)));
      }),
    );
    for (const text of ["", ".", "1.2.3", "1e", "NaN", "Infinity", "0x10", "--1"]) expect(read(text)).toBeNaN();
  });
});

describe("candle columns", () => {
  it("find the first row at or after a minute as a plain search does", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60_000), { maxLength: 200 }), fc.nat(60_001), (minutes, asked) => {
        const columns = new CandleColumns();
        minutes.sort((a, b) => a - b);
        for (const minute of minutes) columns.push(minute, 1, 1, 1, 1, 0);
        const expected = minutes.findIndex((minute) => minute >= asked);
        expect(columns.indexFrom(asked)).toBe(expected < 0 ? minutes.length : expected);
      }),
    );
  });
});

describe("recorded candles", () => {
  it("keep the outage of 284 minutes in 2021", async (context) => {
    const market = await openReplay(recordedOrSkip(context, "market-data/binance-spot-BTCUSDT-1m-20210420-20210520.csv.gz"));
    const times = [...(await market.history("BTC/USDT", marketMs(8e15), 1))].map(({ openTimeMs }) => openTimeMs);
    expect(times).toHaveLength(42_915);
    const steps = times.slice(1).map((at, index) => (at - times[index]!) / MINUTE_MS);
    expect(steps.filter((step) => step > 1)).toEqual([285]);
    expect(market.label).toBe("replay of recorded candles 2021-04-20 20:42 to 2021-05-20 20:40 UTC");
  });

  it("of two years load whole and replay to the end in batches", async (context) => {
    const market = await openReplay(recordedOrSkip(context, "market-data/binance-um-BTCUSDT-1m-2022-2023.csv.gz"));
    expect(market.key).toMatch(/#1051200$/);
    let count = 0;
    for (let at = market.startMs; ; ) {
      const { steps, ended } = await market.advance(at, marketMs(8e15), new Set(["BTC/USDT"]), 1_440);
      count += steps.length;
      if (ended) break;
      at = steps.at(-1)!.atMs;
    }
    expect(count).toBe(1_051_200 - 3 * 1_440);
  });
});
