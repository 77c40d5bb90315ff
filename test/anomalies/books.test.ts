import { expect, test } from "vitest";
import { BooksSeries } from "../../src/anomalies/books.ts";
import type { AccountEvent, Recorded } from "../../src/domain/events.ts";
import { decimal } from "../../src/domain/money.ts";
import type { Side } from "../../src/domain/order.ts";
import { HOUR_MS, MINUTE_MS, marketMs, wallMs } from "../../src/domain/time.ts";

const T0 = Date.UTC(2022, 6, 1);

/** An account's stream, written by hand: `hour` and `after` say when in market and wall time. */
class Story {
  readonly series: BooksSeries;
  #orders = 0;

  constructor(isReal: boolean) {
    this.series = new BooksSeries("main", isReal);
  }

  push(event: AccountEvent, atMs: number): ReturnType<BooksSeries["push"]> {
    const recorded: Recorded<AccountEvent> = { sequence: 1, marketMs: marketMs(atMs), wallMs: wallMs(atMs), requestId: undefined, event };
    return this.series.push(recorded);
  }

  /** A whole entry or exit; `price` is what it filled at where 100 was decided on. */
  order(atMs: number, { side = "buy" as Side, price = 100, answerMs = 80, realized = undefined as number | undefined } = {}) {
    this.#orders += 1;
    const clientOrderId = `o${this.#orders}`;
    const purpose = side === "buy" ? ("entry" as const) : ("exit" as const);
    const quantity = decimal(1);
    const intent = {
      ...{ intentId: clientOrderId, botId: "b1", slotMs: marketMs(atMs), symbol: "BTC/USDT", side, type: "market" as const, purpose },
      ...{ quantity, reason: "", values: { close: 100 }, clientOrderId },
    };
    const fill = {
      ...{ fillId: clientOrderId, clientOrderId, symbol: "BTC/USDT", side, price: decimal(price), quantity, fee: decimal(0) },
      ...{ feeCurrency: "USDT", liquidity: "taker" as const, marketMs: marketMs(atMs) },
    };
    const after = {
      ...{ positionQuantity: decimal(0), entryPrice: undefined, stopPrice: undefined, takePrice: undefined },
      realized: realized === undefined ? undefined : decimal(realized),
    };
    return [
      ...this.push({ type: "intent", intent }, atMs),
      ...this.push({ type: "order-accepted", clientOrderId, venueOrderId: "v" }, atMs + answerMs),
      ...this.push({ type: "order-filled", fill, botId: "b1", purpose, reason: "", after }, atMs + answerMs),
    ];
  }

  /** An ordinary past: an order every three hours, its answers and prices a little different each time. */
  ordinary(orders = 40): number {
    let atMs = T0;
    for (let index = 0; index < orders; index += 1) {
      atMs = T0 + index * 3 * HOUR_MS + (index % 7) * MINUTE_MS;
      const isSale = index % 2 === 1;
      const found = this.order(atMs, {
        ...{ side: isSale ? "sell" : "buy", price: 100 + (index % 3) * 0.01, answerMs: 80 + (index % 5) * 10 },
        ...(isSale ? { realized: (index % 4) - 1.5 } : {}),
      });
      expect(found).toEqual([]);
    }
    return atMs + 3 * HOUR_MS;
  }
}

test("an ordinary past is nothing to be told of", () => {
  new Story(true).ordinary(200);
});

test("a fill far from the price that was decided on is, in basis points against the trader", () => {
  const story = new Story(true);
  const found = story.order(story.ordinary(), { price: 101 });
  expect(found).toMatchObject([{ series: "slippage", subject: { kind: "account", account: "main" } }]);
  expect(found[0]?.finding.value).toBeCloseTo(100, 6);
  const better = new Story(true);
  expect(better.order(better.ordinary(), { price: 99 })).toEqual([]);
});

test("an exchange's slow answer is, and on paper nobody answers", () => {
  const real = new Story(true);
  expect(real.order(real.ordinary(), { answerMs: 9_000 })).toMatchObject([{ series: "latency", finding: { value: 9_000, samples: 40 } }]);
  const paper = new Story(false);
  expect(paper.order(paper.ordinary(), { answerMs: 9_000 })).toEqual([]);
});

test("an answer that had been lost is no latency", () => {
  const story = new Story(true);
  const atMs = story.ordinary();
  const intent = {
    ...{ intentId: "x", botId: "b1", slotMs: marketMs(atMs), symbol: "BTC/USDT", side: "buy" as const, type: "market" as const },
    ...{ purpose: "entry" as const, quantity: decimal(1), reason: "", values: { close: 100 }, clientOrderId: "x" },
  };
  story.push({ type: "intent", intent }, atMs);
  const found = story.push({ type: "order-accepted", clientOrderId: "x", venueOrderId: "v", found: { botId: "b1" } }, atMs + HOUR_MS);
  expect(found).toEqual([]);
});

test("a result far beyond a bot's others is", () => {
  const story = new Story(false);
  const found = story.order(story.ordinary(), { side: "sell", realized: -30 });
  expect(found).toMatchObject([{ series: "result", subject: { kind: "bot", botId: "b1" }, finding: { value: -30 } }]);
});

test("a bot that goes round in circles is told within its hour, with all the fills that it makes", () => {
  const story = new Story(false);
  const atMs = story.ordinary();
  const found = Array.from({ length: 40 }, (_, index) => story.order(atMs + index * 1_000)).flat();
  const first = (series: string) => found.find((each) => each.series === series);
  expect(first("orders")).toMatchObject({ subject: { kind: "bot" }, finding: { value: 30, usual: 0 } });
  expect(first("fills")).toMatchObject({ subject: { kind: "account" }, finding: { value: 20 } });
});

test("a bot that falls silent is told once, until it wishes again", () => {
  const story = new Story(false);
  const atMs = story.ordinary();
  expect(story.series.silenceOf("b1", atMs + 24 * HOUR_MS)).toEqual([]);
  expect(story.series.silenceOf("b1", atMs + 120 * HOUR_MS)).toMatchObject([{ series: "silence", subject: { kind: "bot", botId: "b1" } }]);
  expect(story.series.silenceOf("b1", atMs + 121 * HOUR_MS)).toEqual([]);
  story.order(atMs + 122 * HOUR_MS);
  expect(story.series.silenceOf("b1", atMs + 322 * HOUR_MS)).toHaveLength(1);
});

test("a bot that was started anew is not silent since before its stop", () => {
  const story = new Story(false);
  const atMs = story.ordinary();
  story.push({ type: "bot-started", botId: "b1" }, atMs + 500 * HOUR_MS);
  expect(story.series.silenceOf("b1", atMs + 500 * HOUR_MS)).toEqual([]);
});
