import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plain } from "../../src/domain/money.ts";
import { DAY_MS, MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { openReplay, WARM_UP_MAX_MS } from "../../src/feeds/replay.ts";
import { describeMarket } from "../contracts/market.contract.ts";
import { candleFolder, FIRST_MS, HEADER, refusal, rows } from "./candle-files.ts";

const FOREVER = marketMs(8e15);
let folder: Awaited<ReturnType<typeof candleFolder>>;
beforeEach(async () => {
  folder = await candleFolder();
});
afterEach(() => folder.remove());

describeMarket("replay", async () => {
  const own = await candleFolder();
  const btc = await own.write("x-BTCUSDT-1m-2024.csv", [HEADER, ...rows(600, { missing: new Set([130, 131, 132]) })]);
  const eth = await own.write("x-ETHUSDT-1m-2024.csv.gz", [
    HEADER,
    ...rows(500, { fromMs: FIRST_MS + 10 * MINUTE_MS, missing: new Set([121, 140]) }),
  ]);
  return { open: () => openReplay(`${btc},${eth}`), symbols: ["BTC/USDT", "ETH/USDT"], pass: async () => {}, close: () => own.remove() };
});

describe("a replay market", () => {
  it("starts a fifth of the shortest file after the latest first candle and says so", async () => {
    await folder.write("a-BTCUSDT-1m.csv", [HEADER, ...rows(1_000)]);
    await folder.write("b-ETHUSDT-1m.csv", [HEADER, ...rows(500, { fromMs: FIRST_MS + 60 * MINUTE_MS })]);
    const market = await openReplay(folder.path);
    expect(market.startMs).toBe(FIRST_MS + 160 * MINUTE_MS);
    expect(market.assumptions[0]).toBe(
      "Market time starts at 2024-02-29 02:40 UTC, 1 h 40 min after the latest first candle, so that indicators have history.",
    );
    expect(market.label).toBe("replay of recorded candles 2024-02-29 00:00 to 2024-02-29 16:39 UTC");
  });

  it("keeps at most three days as history before the start", async () => {
    const path = await folder.write("BTCUSDT.csv", [HEADER, ...rows(25_000)]);
    expect((await openReplay(path)).startMs).toBe(FIRST_MS + WARM_UP_MAX_MS);
    expect(WARM_UP_MAX_MS).toBe(3 * DAY_MS);
  });

  it("keeps gaps as gaps, merges symbols per minute and says when it ends", async () => {
    const btc = await folder.write("BTCUSDT.csv", [HEADER, ...rows(20, { missing: new Set([10, 11]) })]);
    const eth = await folder.write("ETHUSDT.csv", [HEADER, ...rows(15, { missing: new Set([9, 11]) })]);
    const market = await openReplay(`${btc},${eth}`);
    const both = new Set(["BTC/USDT", "ETH/USDT"]);
    const { steps, ended } = await market.advance(marketMs(FIRST_MS + 9 * MINUTE_MS), FOREVER, both, 5);
    expect(ended).toBe(false);
    expect(steps.map(({ atMs, candles }) => [(atMs - FIRST_MS) / MINUTE_MS - 1, [...candles.keys()].join()])).toEqual([
      [9, "BTC/USDT"],
      [10, "ETH/USDT"],
      [12, "BTC/USDT,ETH/USDT"],
      [13, "BTC/USDT,ETH/USDT"],
      [14, "BTC/USDT,ETH/USDT"],
    ]);
    const rest = await market.advance(steps.at(-1)!.atMs, FOREVER, both, 5);
    expect([rest.steps.length, rest.ended]).toEqual([5, true]);
    expect(await market.advance(rest.steps.at(-1)!.atMs, FOREVER, both, 5)).toEqual({ steps: [], ended: true });
  });

  it("has the same key for the same files by another path, and another key for other rows", async () => {
    const other = await candleFolder();
    const here = await openReplay(await folder.write("BTCUSDT.csv", [HEADER, ...rows(100)]));
    const there = await openReplay(`BTC/USDT=${await other.write("BTCUSDT.csv", [HEADER, ...rows(100)])}`);
    const longer = await openReplay(await other.write("BTCUSDT.csv", [HEADER, ...rows(101)]));
    await other.remove();
    expect(here.key).toBe("replay:BTC/USDT@BTCUSDT.csv#100");
    expect(there.key).toBe(here.key);
    expect(longer.key).not.toBe(here.key);
  });

  it("derives tick and lot from the data and states them with the assumed costs", async () => {
    const market = await openReplay(
      await folder.write("DOGE-USDT.csv", [HEADER, `${FIRST_MS},0.32100,0.33,0.32,0.3215,1`, `${FIRST_MS + MINUTE_MS},0.3,0.3,0.3,0.3,0`]),
    );
    const doge = market.instruments.get("DOGE/USDT")!;
    expect([plain(doge.tickSize), plain(doge.lotSize), plain(doge.notionalMin)]).toEqual(["0.0001", "0.1", "5"]);
    const btcQuoted = await openReplay(
      await folder.write("ETHBTC.csv", [HEADER, `${FIRST_MS},0.03,0.03,0.03,0.03,1`, `${FIRST_MS + MINUTE_MS},0.03,0.031,0.03,0.03001,0`]),
    );
    const eth = btcQuoted.instruments.get("ETH/BTC")!;
    expect([plain(eth.tickSize), plain(eth.lotSize), plain(eth.notionalMin)]).toEqual(["0.00001", "0.00001", "0.0001"]);
    expect(market.assumptions.join(" ")).toMatch(/10 bps for makers.*1 bps of the price.*1 bps beyond.*tick 0.0001 USDT .*lot 0.1 DOGE/);
  });

  it("leaves out a folder's files of other timeframes and says which", async () => {
    await folder.write("BTCUSDT.csv", [HEADER, ...rows(50)]);
    await folder.write("x-ETHUSDT-5m-2024.csv", [HEADER, ...rows(50, { stepMin: 5 })]);
    await folder.write("SOLUSDT.csv.gz", [HEADER, ...rows(5_000, { stepMin: 60 })]);
    await writeFile(join(folder.path, "README.md"), "notes");
    const market = await openReplay(folder.path);
    expect([...market.instruments.keys()]).toEqual(["BTC/USDT"]);
    expect(market.assumptions.slice(-2)).toEqual([
      "SOLUSDT.csv.gz was left out: its rows are 60 minutes apart.",
      "x-ETHUSDT-5m-2024.csv was left out: its name says 5m candles.",
    ]);
  });

  it("refuses a symbol whose candles end before market time starts", async () => {
    const early = await folder.write("BTCUSDT.csv", [HEADER, ...rows(50)]);
    const late = await folder.write("ETHUSDT.csv", [HEADER, ...rows(50, { fromMs: FIRST_MS + DAY_MS })]);
    expect(await refusal(openReplay(`${early},${late}`))).toMatch(
      /BTC\/USDT ends at 2024-02-29 00:49 UTC, before market time starts at 2024-03-01 00:10 UTC/,
    );
  });
});
