import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SeenAnomaly } from "../../src/domain/anomaly.ts";
import type { Candle } from "../../src/domain/candle.ts";
import { MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { AnomalyWatch, type AnomalyWatchParts } from "../../src/engine/anomaly-watch.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { FakeStreams } from "../kit/fake-streams.ts";

const T0 = Date.UTC(2022, 6, 1);
const SYMBOL = "BTC/USDT";
const HISTORY = 1_440;

function candle(index: number, close: number): Candle {
  return { openTimeMs: T0 + index * MINUTE_MS, open: close, high: close, low: close, close, volume: 100 + (index % 7) };
}

function calm(index: number): Candle {
  return candle(index, 40_000 + (index % 5) * 4);
}

let clock: FakeClock;
let streams: FakeStreams;
let seen: SeenAnomaly[];
let complaints: string[];
let watch: AnomalyWatch;

beforeEach(() => {
  clock = new FakeClock();
  streams = new FakeStreams(clock);
  seen = [];
  complaints = [];
});
afterEach(() => watch.stop());

function open(parts: Partial<AnomalyWatchParts> = {}): void {
  const complain = (_facts: Record<string, unknown>, message: string) => void complaints.push(message);
  const logger = { debug: complain, info: complain, warn: complain, error: complain, child: () => logger };
  watch = new AnomalyWatch({
    streams,
    clock,
    logger,
    seen: [],
    symbolsOn: () => new Set([SYMBOL]),
    candles: async () => Array.from({ length: HISTORY }, (_, index) => calm(index - HISTORY)),
    running: () => [],
    isReal: () => false,
    tell: async (anomaly) => void seen.push(anomaly),
    ...parts,
  });
  watch.start();
}

function pass(each: Candle, symbol = SYMBOL): void {
  watch.passed("simulated", { atMs: marketMs(each.openTimeMs + MINUTE_MS), candles: new Map([[symbol, each]]) });
}

describe("The watch for anomalies", () => {
  test("begins a symbol with its history, and tells a jump of its second minute", async () => {
    open();
    pass(calm(0));
    pass(candle(1, 39_000));
    await watch.idle();
    expect(seen).toMatchObject([{ series: "price", subject: { symbol: SYMBOL, market: "simulated" }, isTold: true, heldBack: 0 }]);
  });

  test("looks at nothing that nobody trades", async () => {
    open();
    pass(calm(0), "DOGE/USDT");
    pass(candle(1, 1), "DOGE/USDT");
    await watch.idle();
    expect(seen).toEqual([]);
  });

  test("takes what comes when there is no history, and says so", async () => {
    open({ candles: () => Promise.reject(new Error("the exchange is away")) });
    pass(calm(0));
    pass(candle(1, 39_000));
    await watch.idle();
    expect(seen).toEqual([]);
    expect(complaints).toEqual(["no history to tell what is usual; it is learned as it comes"]);
  });

  test("keeps a step at once however long its own work takes, and leaves out what is beyond its bound", async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    open({ candles: () => held.then(() => []) });
    for (let index = 0; index < 6_000; index += 1) pass(calm(index));
    letGo();
    await watch.idle();
    expect(complaints).toContain("the market was faster than the watch for anomalies, which left steps out");
  });

  test("is idle only when what it has begun is done", async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    open({ tell: (anomaly) => held.then(() => void seen.push(anomaly)) });
    pass(calm(0));
    pass(candle(1, 39_000));
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    const idle = watch.idle();
    letGo();
    await idle;
    expect(seen).toHaveLength(1);
  });

  test("goes on after a store that could not take what it saw", async () => {
    let fails = true;
    open({
      tell: async (anomaly) => {
        if (fails) throw new Error("the disk is full");
        seen.push(anomaly);
      },
    });
    pass(calm(0));
    pass(candle(1, 39_000));
    await watch.idle();
    fails = false;
    for (let index = 2; index < 400; index += 1) pass(calm(index));
    pass(candle(400, 30_000));
    await watch.idle();
    expect(complaints).toContain("looking for anomalies failed; it goes on with what comes next");
    expect(seen).toMatchObject([{ series: "price" }]);
  });

  test("learns from what was written before its start without telling any of it", async () => {
    const denied = (index: number) => ({ type: "wish-denied" as const, botId: "b1", slotMs: marketMs(T0 + index), wish: "enter" as const });
    for (let index = 0; index < 40; index += 1)
      streams.append("account:a", { ...denied(index), ...{ reason: "", code: "cash", because: "", values: {} } });
    open();
    await watch.idle();
    expect(seen).toEqual([]);
  });
});
