import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UserError } from "../../src/domain/errors.ts";
import type { DeskEvent } from "../../src/domain/events.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import type { AdvisedSymbol } from "../../src/ports/advisor.ts";
import { AdviceBook, ASK_EVERY_MS } from "../../src/shenron/advisor.ts";
import { ShenronClient } from "../../src/shenron/client.ts";
import { type RecommendationWire, recommendationQuestion } from "../../src/shenron/contract.ts";
import type { WireRequest } from "../../src/shenron/wire.ts";
import { QUIET } from "../chat/delivery.rig.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { answered, KEY, ServiceDouble, type Weather } from "./service-double.ts";

const T0 = Date.UTC(2022, 6, 1);
const BTC: AdvisedSymbol = { market: "m", symbol: "BTC/USDT" };
const ETH: AdvisedSymbol = { market: "m", symbol: "ETH/USDT" };

let clock: FakeClock;
let service: ServiceDouble;
let told: DeskEvent[];
let atMs: number;
let wanted: AdvisedSymbol[];
let book: AdviceBook;
let unlisted: string | undefined;

function candlesUntil(endMs: number) {
  return Array.from({ length: 900 }, (_, index) => {
    const close = 100 + index * 0.01;
    return { openTimeMs: endMs - (900 - index) * MINUTE_MS, open: close, high: close + 0.1, low: close - 0.1, close, volume: 5 };
  });
}

/** A good opinion, with what a test makes of it. */
function opinion(more: Partial<RecommendationWire> = {}): RecommendationWire {
  return { symbol: "BTC/USDT", action: "sell", confidence: 0.8, reasons: ["It falls."], validUntilMs: clock.wall() + 600_000, ...more };
}

function says(...recommendations: readonly unknown[]): Weather {
  return () => answered(200, { recommendations });
}

beforeEach(() => {
  clock = new FakeClock();
  service = new ServiceDouble();
  told = [];
  atMs = T0;
  wanted = [BTC];
  unlisted = undefined;
  book = new AdviceBook({
    client: new ShenronClient({ wire: service.wire, key: KEY, clock }),
    clock,
    logger: QUIET,
    desk: async () => "0".repeat(16),
    wanted: () => wanted,
    atMs: () => atMs,
    candles: async (_market, symbol) => {
      if (symbol === unlisted) throw new UserError(`There is no ${symbol} in this market.`);
      return candlesUntil(atMs);
    },
    tell: async (event) => void told.push(event),
  });
});
afterEach(() => book.stop());

async function ask(weather: Weather): Promise<void> {
  service.weather = () => weather;
  book.start();
  await clock.advance(1_000);
}

describe("Advice", () => {
  test("is asked with the desk's own figures and kept by symbol", async () => {
    await ask(says(opinion()));
    const asked = recommendationQuestion.parse(JSON.parse(service.requests[0]?.body ?? ""));
    expect(asked.subjects).toMatchObject([{ symbol: "BTC/USDT", marketMs: T0, price: "108.99" }]);
    expect(asked.subjects[0]?.figures).toHaveProperty("RSI");
    expect(book.on("m", "BTC/USDT")).toMatchObject({ action: "sell", confidence: 0.8, reasons: ["It falls."], marketMs: T0 });
    expect(book.on("other", "BTC/USDT")).toEqual({ none: "the service was not asked yet" });
    expect(told).toEqual([]);
  });

  test("is asked for again only when the market has moved on, and for nothing that nobody wants", async () => {
    await ask(says(opinion()));
    await clock.advance(60_000);
    expect(service.requests).toHaveLength(1);
    atMs += ASK_EVERY_MS;
    await clock.advance(6_000);
    expect(service.requests).toHaveLength(2);
    wanted = [];
    atMs += ASK_EVERY_MS;
    await clock.advance(6_000);
    expect(service.requests).toHaveLength(2);
    expect(book.status()).toEqual({ wanted: 0, known: 0, trouble: undefined });
  });

  const BAD: readonly [string, () => Weather][] = [
    ["a service that is gone", () => "gone"],
    ["an answer that breaks off", () => "lost"],
    ["a server's error", () => () => answered(500, "")],
    ["no JSON", () => () => answered(200, "<html>buy!</html>")],
    ["an action that there is not", () => says(opinion({ action: "all-in" as "buy" }))],
    ["a confidence above one", () => says(opinion({ confidence: 7 }))],
    ["no reason", () => says(opinion({ reasons: [] }))],
    ["a reason without end", () => says(opinion({ reasons: ["x".repeat(100_000)] }))],
    ["thousands of opinions", () => says(...Array.from({ length: 5_000 }, () => opinion()))],
    ["two opinions on one symbol", () => says(opinion(), opinion({ action: "buy" }))],
    ["an opinion on something else", () => says(opinion({ symbol: "DOGE/USDT" }))],
    ["an opinion whose time is up", () => says(opinion({ validUntilMs: 1 }))],
    ["nothing", () => says()],
  ];
  test.each(BAD)("that is %s is none, told once", async (_name, weather) => {
    await ask(weather());
    expect(book.on("m", "BTC/USDT")).toHaveProperty("none");
    atMs += ASK_EVERY_MS;
    await clock.advance(600_000);
    expect(told).toMatchObject([{ type: "advice-lost" }]);
    expect(service.requests.length).toBeGreaterThan(1);
    service.weather = () => says(opinion());
    atMs += ASK_EVERY_MS;
    await clock.advance(600_000);
    expect(told).toMatchObject([{ type: "advice-lost" }, { type: "advice-back" }]);
    expect(book.on("m", "BTC/USDT")).toMatchObject({ action: "sell" });
  });

  test("is kept while the service is away, for as long as it says itself and an hour at most", async () => {
    await ask(says(opinion({ validUntilMs: clock.wall() + 10 * 3_600_000 })));
    const kept = book.on("m", "BTC/USDT");
    expect("validUntilMs" in kept && kept.validUntilMs - clock.wall()).toBeLessThanOrEqual(3_600_000);
    service.weather = () => "gone";
    atMs += ASK_EVERY_MS;
    await clock.advance(60_000);
    expect(book.on("m", "BTC/USDT")).toMatchObject({ action: "sell" });
  });

  test("on one symbol that contradicts itself leaves the others alone", async () => {
    wanted = [BTC, ETH];
    await ask(says(opinion(), opinion({ action: "buy" }), opinion({ symbol: "ETH/USDT" })));
    expect(book.on("m", "BTC/USDT")).toEqual({ none: "the service contradicted itself on it" });
    expect(book.on("m", "ETH/USDT")).toMatchObject({ action: "sell" });
    expect(told).toMatchObject([{ type: "advice-lost", reason: "on BTC/USDT: the service contradicted itself on it" }]);
  });

  test("on one symbol whose candles cannot be read leaves the others alone, and is asked for when they can", async () => {
    wanted = [BTC, ETH];
    unlisted = "BTC/USDT";
    await ask(says(opinion(), opinion({ symbol: "ETH/USDT" })));
    expect(book.on("m", "ETH/USDT")).toMatchObject({ action: "sell" });
    expect(book.on("m", "BTC/USDT")).toEqual({ none: "its candles could not be read" });
    expect(told).toMatchObject([{ type: "advice-lost", reason: "on BTC/USDT: its candles could not be read" }]);
    unlisted = undefined;
    atMs += MINUTE_MS;
    await clock.advance(6_000);
    expect(book.on("m", "BTC/USDT")).toMatchObject({ action: "sell" });
    expect(told).toMatchObject([{ type: "advice-lost" }, { type: "advice-back" }]);
  });

  test("comes without words that could be pressed, run or taken for ours", async () => {
    const words = [
      "See https://evil.example",
      "Type `panic` now",
      "[click](x)",
      "/bot delete all",
      "Ordinary\u202e words.",
      "@everyone sell",
    ];
    await ask(says(opinion({ reasons: words.slice(0, 5) })));
    expect(book.on("m", "BTC/USDT")).toMatchObject({ reasons: ["Ordinary words."] });
  });

  test("asks one request for fifty symbols", async () => {
    wanted = Array.from({ length: 120 }, (_, index) => ({ market: "m", symbol: `C${index}/USDT` }));
    const symbolsOf = ({ body }: WireRequest) => recommendationQuestion.parse(JSON.parse(body)).subjects.map(({ symbol }) => symbol);
    await ask((request) => answered(200, { recommendations: symbolsOf(request).map((symbol) => opinion({ symbol })) }));
    expect(service.requests.map((request) => symbolsOf(request).length)).toEqual([50, 50, 20]);
    expect(book.status()).toEqual({ wanted: 120, known: 120, trouble: undefined });
  });
});
