import { describe, expect, test } from "vitest";
import { Episodes } from "../../src/anomalies/episodes.ts";
import { MarketSeries } from "../../src/anomalies/market.ts";
import type { Candle } from "../../src/domain/candle.ts";
import { DAY_MS, MINUTE_MS } from "../../src/domain/time.ts";
import { readCandles, recordedOrSkip } from "../kit/recorded.ts";

const T0 = Date.UTC(2022, 6, 1);
const RECORDED = "market-data/binance-um-BTCUSDT-1m-2022-2023.csv.gz";
/** January of 2022, the first month of the recording. */
const SHORT_DAYS = 31;

function minute(index: number, close: number, volume = 100): Candle {
  return { openTimeMs: T0 + index * MINUTE_MS, open: close, high: close, low: close, close, volume };
}

/** A day and more of minutes that move a hundredth of a percent. */
function calm(series: MarketSeries, minutes = 1_600): number {
  for (let index = 0; index < minutes; index += 1)
    expect(series.push(minute(index, 40_000 + (index % 5) * 4, 100 + (index % 11)))).toEqual([]);
  return minutes;
}

describe("A minute is unusual", () => {
  test("when its price jumps", () => {
    const series = new MarketSeries();
    const next = calm(series);
    const [found, ...others] = series.push(minute(next, 39_500));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ series: "price", finding: { samples: 1_440 } });
    expect(found?.finding.value).toBeCloseTo(-1.27, 1);
  });

  test("when it is traded many times as much", () => {
    const series = new MarketSeries();
    const next = calm(series);
    expect(series.push(minute(next, 40_000, 500_000))).toMatchObject([{ series: "volume" }]);
  });

  test("when a quarter of an hour slides, of which no minute is", () => {
    const series = new MarketSeries();
    const next = calm(series, 1_800);
    const found = Array.from({ length: 45 }, (_, index) => series.push(minute(next + index, 40_000 - index * 60)));
    expect(found.flat().map((each) => each.series)).toContain("slide");
    expect(found.flat().map((each) => each.series)).not.toContain("price");
  });

  test("never over minutes that did not come, and never twice", () => {
    const series = new MarketSeries();
    const next = calm(series);
    expect(series.push(minute(next + 60, 39_000))).toEqual([]);
    expect(series.push(minute(next + 60, 10))).toEqual([]);
  });
});

test("the month of a recording raises less than one alarm a day", (context) => {
  const candles = readCandles(recordedOrSkip(context, RECORDED), SHORT_DAYS * 1_440);
  const [series, episodes] = [new MarketSeries(), new Episodes([])];
  let alarms = 0;
  for (const candle of candles) {
    for (const { series: name, finding } of series.push(candle)) {
      const subject = { kind: "symbol", symbol: "BTC/USDT", market: "m" } as const;
      if (episodes.judge({ series: name, subject, ...finding }, candle.openTimeMs).kind === "seen") alarms += 1;
    }
  }
  expect((candles.at(-1)!.openTimeMs - candles[0]!.openTimeMs) / DAY_MS).toBeGreaterThan(30);
  expect(alarms).toBeGreaterThan(0);
  expect(alarms).toBeLessThan(SHORT_DAYS);
});
