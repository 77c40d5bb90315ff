import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, TransientError } from "../../src/domain/errors.ts";
import { HOUR_MS, MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { openExchange } from "../../src/feeds/exchange.ts";
import type { Market } from "../../src/ports/market.ts";
import { openCcxtMarketData } from "../../src/venues/ccxt/market-data.ts";
import { describeMarket } from "../contracts/market.contract.ts";
import { BinancePublic } from "../kit/exchange-counterpart/binance-public.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { BTC, ETH, HandData, NOON_MS, Warnings } from "./hand-data.ts";

describeMarket("exchange, the real ccxt over a socket", async () => {
  const clock = new FakeClock(NOON_MS + 30_000);
  const binance = new BinancePublic(() => clock.wall());
  const apiUrl = await binance.listen();
  return {
    open: async () => {
      const data = await openCcxtMarketData({ exchangeId: "binance", apiUrl, clock, timeoutMs: 5_000 });
      return openExchange({ data, clock, logger: new Warnings() });
    },
    symbols: [BTC, ETH],
    pass: (minutes) => clock.advance(minutes * MINUTE_MS),
    close: () => binance.close(),
  };
});

describe("an exchange market", () => {
  let clock: FakeClock;
  let data: HandData;
  let logger: Warnings;
  let market: Market;
  beforeEach(async () => {
    clock = new FakeClock(NOON_MS);
    data = new HandData(clock);
    logger = new Warnings();
    market = await openExchange({ data, clock, logger });
  });
  afterEach(() => market.close());

  const FOREVER = marketMs(8e15);
  const advance = async (afterMinute: number, symbols = [BTC], limit = 5_000): Promise<string[]> => {
    const { steps } = await market.advance(marketMs(NOON_MS + afterMinute * MINUTE_MS), FOREVER, new Set(symbols), limit);
    return steps.map(({ atMs, candles }) => `${(atMs - NOON_MS) / MINUTE_MS} ${[...candles.keys()].join()}`);
  };

  it("starts now, live, with modeled spread and slippage that it states", () => {
    expect([market.startMs, market.pace, market.key, market.label]).toEqual([NOON_MS, "live", "exchange:hand", "live prices of hand"]);
    expect(market.instruments.get(BTC)).toMatchObject({ halfSpreadBps: 1, slippageBps: 1, takerFeeBps: 10 });
    expect(market.assumptions.join(" ")).toMatch(/assumed to be 1 bps of the price.*1 bps beyond/);
  });

  it("shows a candle once it is closed for two seconds, never a forming one", async () => {
    await clock.advance(61_999);
    expect(await advance(0)).toEqual([]);
    expect(data.asked).toEqual([]);
    await clock.advance(1);
    expect(await advance(0)).toEqual([`1 ${BTC}`]);
  });

  it("asks once for each symbol and minute, however often it is asked itself", async () => {
    await clock.advance(62_000);
    for (let beat = 0; beat < 30; beat += 1) {
      expect(await advance(0, [BTC, ETH])).toEqual([`1 ${BTC},${ETH}`]);
      expect(await advance(1, [BTC, ETH])).toEqual([]);
      await clock.advance(1_000);
    }
    expect(data.asked).toEqual([`${BTC} 0 2`, `${ETH} 0 2`]);
  });

  it("waits for a late candle before the minute is decided, and gives it up after twelve seconds", async () => {
    data.absent.add(`${ETH} 0`);
    await clock.advance(62_000);
    expect(await advance(0, [BTC, ETH])).toEqual([]);
    data.absent.clear();
    expect(await advance(0, [BTC, ETH])).toEqual([]);
    await clock.advance(2_000);
    expect(await advance(0, [BTC, ETH])).toEqual([`1 ${BTC},${ETH}`]);
    data.absent.add(`${ETH} 1`);
    await clock.advance(60_000);
    expect(await advance(1, [BTC, ETH])).toEqual([]);
    await clock.advance(8_000);
    expect(await advance(1, [BTC, ETH])).toEqual([`2 ${BTC}`]);
    expect(data.asked.length).toBeLessThan(9);
  });

  it("lets no unreadable symbol hold up the others, and loses nothing when none is readable", async () => {
    await clock.advance(62_000);
    data.broken.add(ETH);
    expect(await advance(0, [BTC, ETH])).toEqual([]);
    await clock.advance(10_000);
    expect(await advance(0, [BTC, ETH])).toEqual([`1 ${BTC}`]);
    expect(logger.warnings).toEqual(["candles could not be read; the others go on without them"]);
    data.broken.add(BTC);
    await clock.advance(5 * MINUTE_MS);
    await expect(advance(1, [BTC, ETH])).rejects.toThrow(TransientError);
    data.broken.clear();
    expect(await advance(1, [BTC, ETH])).toHaveLength(5);
  });

  it("catches up after a pause in bounded pages and says what it skips", async () => {
    await clock.advance(30 * HOUR_MS + 30_000);
    expect(await advance(6 * 60 + 30)).toHaveLength(999);
    expect(logger.warnings).toEqual([]);
    const steps = await advance(0);
    expect([steps.length, steps[0]]).toEqual([999, `361 ${BTC}`]);
    await advance(0);
    expect(logger.warnings).toEqual(["candles older than 1 d are skipped"]);
    expect(data.asked).toEqual([`${BTC} 390 1000`, `${BTC} 360 1000`]);
    expect(await advance(1_360, [BTC], 7)).toHaveLength(7);
  });

  it("goes on behind an outage of the exchange that is longer than a page", async () => {
    for (let minute = 0; minute < 1_100; minute += 1) data.absent.add(`${BTC} ${minute}`);
    await clock.advance(1_200 * MINUTE_MS + 30_000);
    data.candles = async (symbol, fromMs, limit) => {
      data.asked.push(`${symbol} ${(fromMs - NOON_MS) / MINUTE_MS} ${limit}`);
      const all = await new HandData(clock).candles(symbol, fromMs, limit);
      return all.filter(({ openTimeMs }) => !data.absent.has(`${symbol} ${(openTimeMs - NOON_MS) / MINUTE_MS}`));
    };
    expect((await advance(0))[0]).toBe(`1101 ${BTC}`);
    expect(data.asked).toEqual([`${BTC} 0 1000`, `${BTC} 999 202`]);
  });

  it("takes no candle for whole that nothing follows until it has stopped changing", async () => {
    const forming = { close: 10 };
    data.candles = async (_symbol, fromMs) => [{ openTimeMs: fromMs, open: 10, high: 11, low: 9, close: forming.close, volume: 1 }];
    await clock.advance(62_000);
    expect(await advance(0)).toEqual([]);
    forming.close = 11;
    await clock.advance(2_000);
    expect(await advance(0)).toEqual([]);
    await clock.advance(2_000);
    const { steps } = await market.advance(marketMs(NOON_MS), FOREVER, new Set([BTC]), 1);
    expect(steps[0]?.candles.get(BTC)?.close).toBe(11);
  });

  it("rather goes without a candle than with one that kept changing until nobody waits any more", async () => {
    let close = 10;
    data.candles = async (_symbol, fromMs) => {
      close += 0.01;
      return [{ openTimeMs: fromMs, open: 10, high: 11, low: 9, close, volume: 1 }];
    };
    await clock.advance(62_000);
    for (let second = 0; second < 12; second += 2) {
      expect(await advance(0)).toEqual([]);
      await clock.advance(2_000);
    }
    data.candles = new HandData(clock).candles;
    await clock.advance(60_000);
    expect(await advance(1)).toEqual([`2 ${BTC}`]);
  });

  it("lists symbols that it could not list at first, even while nobody trades, and asks for them every two seconds", async () => {
    const down = new HandData(clock);
    const { instruments } = down;
    let asked = 0;
    down.instruments = async () => {
      asked += 1;
      throw new TransientError("hand is down");
    };
    const late = await openExchange({ data: down, clock, logger });
    expect([late.instruments.size, asked]).toEqual([0, 1]);
    expect(late.problem).toBe("its symbols are not known yet: hand is down");
    await expect(late.advance(late.startMs, FOREVER, new Set([BTC]), 1)).rejects.toThrow("hand is down");
    await expect(late.prices(new Set([BTC]))).rejects.toThrow("hand is down");
    expect(asked).toBe(1);
    await clock.advance(2_000);
    expect(asked).toBe(2);
    down.instruments = instruments;
    await clock.advance(2_000);
    expect([[...late.instruments.keys()], late.problem, clock.sleeping]).toEqual([[BTC, ETH], undefined, 0]);
  });

  it("stops asking for symbols when it is closed", async () => {
    const down = new HandData(clock);
    down.instruments = async () => {
      throw new TransientError("hand is down");
    };
    const late = await openExchange({ data: down, clock, logger });
    expect(clock.sleeping).toBe(1);
    await late.close();
    expect(clock.sleeping).toBe(0);
  });

  it("does not end a desk because an exchange lists nothing that trades when it is asked again", async () => {
    const halted = new HandData(clock);
    const problem = { setting: "MARKET", problem: "hand lists no symbols that trade now", remedy: "Wait" };
    halted.instruments = async () => {
      throw new TransientError("hand is down");
    };
    const late = await openExchange({ data: halted, clock, logger });
    halted.instruments = async () => {
      throw new ConfigError([problem]);
    };
    await clock.advance(2_000);
    await expect(late.prices(new Set([BTC]))).rejects.toThrow(TransientError);
    await late.close();
  });

  it("refuses candles from before the question and from the future", async () => {
    await clock.advance(10 * MINUTE_MS);
    data.shiftMs = -MINUTE_MS;
    await expect(advance(0)).rejects.toThrow(
      "hand answered a candle of BTC/USDT for 2026-01-01 11:59 UTC, older than the asked 2026-01-01 12:00",
    );
    data.shiftMs = HOUR_MS;
    await expect(advance(0)).rejects.toThrow(/lies in the future; check this machine's clock/);
  });

  it("reads history in pages up to the asked instant, waiting for its last candle to be whole", async () => {
    const reading = market.history(BTC, market.startMs, 2_500);
    await clock.advance(1_999);
    expect(data.asked).toEqual([]);
    await clock.advance(1);
    const candles = [...(await reading)];
    expect(candles).toHaveLength(2_500);
    expect(candles.at(-1)!.openTimeMs).toBe(NOON_MS - MINUTE_MS);
    expect(data.asked).toEqual([`${BTC} -2500 1000`, `${BTC} -1501 1000`, `${BTC} -502 503`]);
  });

  it("asks prices of all symbols at once, shares them for a second, and refuses those that took too long", async () => {
    const both = new Set([BTC, ETH]);
    expect(await market.prices(both)).toHaveLength(2);
    await clock.advance(999);
    await market.prices(new Set([ETH]));
    expect(data.asked).toEqual([`prices ${BTC},${ETH}`]);
    await clock.advance(1);
    expect((await market.prices(both))[0]!.wallMs).toBe(NOON_MS + 1_000);
    expect(data.asked).toHaveLength(2);
    data.slowMs = 2_001;
    await clock.advance(1_000);
    const slow = market.prices(both);
    const refused = expect(slow).rejects.toThrow(/too old to act on/);
    await clock.advance(2_001);
    await refused;
  });

  it("closes the exchange's data with it", async () => {
    await market.close();
    expect(data.closed).toBe(true);
  });
});
