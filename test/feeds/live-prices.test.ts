import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TransientError } from "../../src/domain/errors.ts";
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

describe("last prices of an exchange that pushes them", () => {
  it("are asked for until the exchange's clock is known, then answered at once from the stream", async () => {
    exchange.push(55);
    expect(await read()).toEqual(["100 0"]);
    expect([exchange.watching, exchange.measured]).toEqual([[BTC], 1]);
    await clock.advance(1_000);
    exchange.push(101, 200);
    exchange.asked.length = 0;
    expect(await read()).toEqual(["101 200"]);
    await clock.breathe();
    expect(exchange.asked).toEqual([BTC]); // The first check, beside the answer.
  });

  it("are as old as the exchange's own time says, whatever this machine's wall clock shows", async () => {
    await stage.streaming();
    clock.stepWall(-3_600_000);
    exchange.push(102, 700);
    expect(await read()).toEqual(["102 700"]);
    clock.stepWall(7_200_000);
    expect(await read()).toEqual(["102 700"]);
    expect(exchange.asked).toEqual([]);
  });

  it("are asked for as soon as a stream stands still, within two seconds, and pushed again when it goes on", async () => {
    await stage.streaming();
    exchange.price = 90;
    await clock.advance(450);
    expect(await read()).toEqual(["100 1450"]);
    await clock.advance(1);
    expect(await read()).toEqual(["90 0"]);
    exchange.push(91);
    expect(await read()).toEqual(["91 0"]);
    expect(exchange.asked).toEqual([BTC]);
  });

  it("are never older than two seconds, even when they arrive right now: a stream that is behind is not used", async () => {
    await stage.streaming();
    exchange.price = 90;
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1_000);
      exchange.push(101 + second, 1_500);
      expect(await read()).toEqual(["90 0"]);
    }
  });

  it("count what is uncertain about the exchange's clock as age", async () => {
    exchange.uncertaintyMs = 1_000;
    await stage.streaming();
    exchange.push(101);
    await clock.advance(500);
    expect(await read()).toEqual(["101 500"]);
    await clock.advance(1);
    exchange.price = 90;
    expect(await read()).toEqual(["90 0"]);
  });

  it("never go back in time when events are doubled or out of order", async () => {
    await stage.streaming();
    await clock.advance(1_000);
    exchange.push(105, 100);
    exchange.push(103, 300);
    exchange.push(103, 300);
    exchange.push(105, 100);
    expect(await read()).toEqual(["105 100"]);
  });

  it("never go back in time between the stream and an answer that was on its way meanwhile", async () => {
    await stage.streaming();
    await clock.advance(600);
    exchange.slowMs = 1_000;
    exchange.price = 90;
    const reading = read();
    await clock.advance(500);
    exchange.push(95);
    await clock.advance(500);
    expect(await reading).toEqual(["95 500"]);
  });

  it("are refused when they lie in the future, and the clock is measured again", async () => {
    await stage.streaming();
    exchange.push(500, -60_000);
    await clock.advance(1_000);
    exchange.push(101, -500);
    expect(await read()).toEqual(["101 0"]);
    await clock.advance(30_000);
    await read();
    expect(exchange.measured).toBe(2);
  });

  it("are used again after the exchange's clock was set back", async () => {
    await stage.streaming();
    exchange.aheadMs -= 3_600_000;
    exchange.price = 101;
    for (let second = 0; second < 130; second += 1) {
      await clock.advance(1_000);
      exchange.push(101);
      await read();
    }
    await clock.advance(1_000);
    exchange.push(102);
    exchange.asked.length = 0;
    expect(await read()).toEqual(["102 0"]);
    expect(exchange.asked.length).toBeLessThanOrEqual(1);
  });

  it("are asked for only where the stream has none", async () => {
    await stage.streaming();
    exchange.price = 90;
    exchange.push(100);
    expect(await read(BTC, ETH)).toEqual(["100 0", "90 0"]);
    expect(exchange.asked).toEqual([ETH]);
    await clock.advance(999);
    await read(BTC, ETH);
    expect(exchange.asked).toEqual([ETH]);
  });

  it("go on for symbols that are pushed while the exchange answers nothing, and fail when there is none at all", async () => {
    await stage.streaming();
    exchange.failure = new TransientError("hand is banned");
    expect(await read(BTC, ETH)).toEqual(["100 1000"]);
    expect(logger.said).toEqual(["some prices could not be asked for; those that are pushed go on"]);
    await clock.advance(1_000);
    await expect(read(BTC, ETH)).rejects.toThrow("hand is banned");
  });

  it("are refused when the answer took longer than two seconds", async () => {
    exchange.slowMs = 2_001;
    const slow = expect(read()).rejects.toThrow("hand took longer than 2 s to answer prices; they are too old to act on");
    await clock.advance(2_001);
    await slow;
  });

  it("say that the stream broke, at most once a minute", async () => {
    await stage.streaming();
    for (let times = 0; times < 50; times += 1) {
      exchange.listener?.lost("NetworkError");
      await clock.advance(2_000);
    }
    expect(logger.said).toEqual(Array(2).fill("the price stream broke; prices are asked for until it is back"));
  });
});
