import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHECK_EVERY_MS, DISTRUST_MS } from "../../src/feeds/exchange/stream-trust.ts";
import { BTC, ETH, PricesStage } from "./prices-stage.ts";

let stage: PricesStage;
let clock: PricesStage["clock"];
let exchange: PricesStage["exchange"];
let logger: PricesStage["logger"];

beforeEach(() => {
  stage = new PricesStage();
  ({ clock, exchange, logger } = stage);
});
afterEach(() => stage.prices.close());

const read = (...symbols: string[]) => stage.read(...symbols);

describe("a stream that is wrong", () => {
  /** A beat a second for so long, with prices that are pushed and those that are answered. */
  async function beats(seconds: number, pushed: number): Promise<string[]> {
    const seen: string[] = [];
    for (let second = 0; second < seconds; second += 1) {
      await clock.advance(1_000);
      exchange.push(pushed);
      seen.push(...(await read()));
    }
    return seen;
  }

  it("is compared with the exchange's answers every half a minute", async () => {
    await stage.streaming();
    const seen = await beats(120, 100.9);
    expect(exchange.asked).toHaveLength(120_000 / CHECK_EVERY_MS);
    expect(new Set(seen)).toEqual(new Set(["100.9 0"]));
    expect(logger.said).toEqual([]);
  });

  it("is asked for instead after one contradiction, and not believed for ten minutes after two", async () => {
    await stage.streaming();
    const first = await beats(30, 102);
    expect(first.filter((each) => each === "102 0").length).toBeLessThanOrEqual(30);
    expect(await beats(1, 102)).toEqual(["100 0"]);
    await beats(31, 102);
    expect(logger.said).toEqual(["the price stream contradicts the exchange's own answers; it is not believed for 10 min"]);
    expect(exchange.watching).toEqual([]);
    expect(new Set(await beats(60, 102))).toEqual(new Set(["100 0"]));
    await clock.advance(DISTRUST_MS);
    await read();
    expect(exchange.watching).toEqual([BTC]);
    exchange.push(100.5);
    expect(await read()).toEqual(["100.5 0"]);
  });

  it("is believed again when the next check agrees", async () => {
    await stage.streaming();
    await beats(31, 102);
    exchange.price = 102;
    await beats(31, 102);
    await clock.advance(1);
    exchange.push(103);
    expect(await read()).toEqual(["103 0"]);
    expect(logger.said).toEqual([]);
  });

  it("is not called wrong because the price moved while the exchange was asked", async () => {
    await stage.streaming();
    await beats(28, 100);
    exchange.price = 110;
    exchange.slowMs = 500;
    for (let second = 0; second < 4; second += 1) {
      await clock.advance(1_000);
      exchange.push(100 + 10 * Math.min(1, second));
      const reading = read();
      exchange.push(110);
      await clock.advance(500);
      await reading;
    }
    exchange.asked.length = 0;
    expect(await read()).toEqual(["110 500"]);
    expect(exchange.asked).toEqual([]);
  });

  it("is connected anew when nothing comes for two minutes", async () => {
    await stage.streaming();
    for (let second = 0; second < 120; second += 1) {
      await clock.advance(1_000);
      await read();
    }
    expect(logger.said).toEqual(["the price stream stands still; it is connected anew"]);
    expect(exchange.watching).toEqual([]);
    await clock.advance(1_000);
    await read();
    expect(exchange.watching).toEqual([BTC]);
  });
});

describe("the symbols of a stream", () => {
  it("are those that were asked for within the last minute", async () => {
    await read(BTC, ETH);
    expect(exchange.watching).toEqual([BTC, ETH]);
    await clock.advance(60_001);
    await read(ETH);
    expect(exchange.watching).toEqual([ETH]);
  });

  it("are given up when nobody asks for any price, although prices keep coming", async () => {
    await stage.streaming();
    await clock.advance(59_000);
    exchange.push(101);
    expect(exchange.watching).toEqual([BTC]);
    await clock.advance(1);
    exchange.push(101);
    expect(exchange.watching).toEqual([]);
  });

  it("are all given up when the market closes", async () => {
    await stage.streaming();
    await stage.prices.close();
    expect(exchange.watching).toEqual(["closed"]);
    expect(clock.sleeping).toBe(0);
  });
});
