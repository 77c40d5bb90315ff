import { expect, test } from "vitest";
import { marketMs } from "../../src/domain/time.ts";
import { FeedHub } from "../../src/engine/feeds.ts";
import { ArrayMarket, candlesOf, plainInstrument } from "../kit/engine-market.ts";

const BTC = "BTC/USDT";
const START_MS = Date.UTC(2026, 0, 5, 12);
const MINUTE_MS = 60_000;

test("a candle that comes seconds after its close does not replace the newer price that was watched meanwhile", () => {
  const candles = candlesOf(START_MS, [100, 101]);
  const instruments = new Map([[BTC, plainInstrument(BTC)]]);
  const market = new ArrayMarket({ candles: new Map([[BTC, candles]]), instruments, startMs: marketMs(START_MS) });
  const hub = new FeedHub(market, marketMs(START_MS));
  const [first, second] = candles.map((candle, index) => ({
    atMs: marketMs(START_MS + (index + 1) * MINUTE_MS),
    candles: new Map([[BTC, candle]]),
  }));
  const watched = { price: 100.5, atMs: marketMs(START_MS + MINUTE_MS + 1_500) };
  hub.seePrice(BTC, watched.price, watched.atMs);
  hub.push(first!);
  expect(hub.price(BTC)).toEqual(watched);
  hub.push(second!);
  expect(hub.price(BTC)).toEqual({ price: 101, atMs: second!.atMs });
});
