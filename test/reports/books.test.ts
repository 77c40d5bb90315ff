import { describe, expect, test } from "vitest";
import { applyAccountEvent } from "../../src/domain/account.ts";
import { type AccountState, emptyAccount } from "../../src/domain/books.ts";
import type { Mode } from "../../src/domain/bot.ts";
import type { AccountEvent } from "../../src/domain/events.ts";
import { decimal, plain } from "../../src/domain/money.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";
import { booksOf } from "../../src/reports/books.ts";
import { booksText } from "../../src/reports/books-text.ts";
import { digestOf } from "../../src/reports/digest.ts";

const AT = marketMs(Date.UTC(2026, 4, 19, 12, 0));
const DAY = "2026-05-19";

/** An account with one bot, as the events of its stream make it. */
class Stream {
  readonly state: AccountState = emptyAccount();
  readonly #symbol: string;
  #fills = 0;

  constructor(account: string, mode: Mode, symbol: string) {
    this.#symbol = symbol;
    this.append({ type: "account-opened", account, owner: "u", mode, market: "m", balances: new Map([["USDT", decimal(500)]]) });
    const spec = { id: "b1", name: `${account}-bot`, group: undefined, owner: "u", account, mode, symbol, timeframe: "1m" } as const;
    const sizing = { kind: "equity-percent", pct: 10 } as const;
    const protection = { stopPct: 2, takePct: undefined, trailingPct: undefined };
    this.append({ type: "bot-created", bot: { ...spec, strategy: "ema-cross", params: {}, sizing, protection } });
  }

  append(event: AccountEvent): this {
    const { sequence } = this.state;
    applyAccountEvent(this.state, { sequence: sequence + 1, wallMs: wallMs(0), marketMs: AT, requestId: undefined, event });
    return this;
  }

  fill(side: "buy" | "sell", quantity: string, price: string, fee: string, realized?: string): this {
    const id = ++this.#fills;
    const symbol = this.#symbol;
    const purpose = realized === undefined ? "entry" : "exit";
    const clientOrderId = `o${id}`;
    const order = {
      botId: "b1",
      slotMs: AT,
      symbol,
      side,
      type: "market",
      purpose,
      quantity: decimal(quantity),
      reason: "",
      values: {},
    } as const;
    this.append({ type: "intent", intent: { ...order, intentId: `i${id}`, clientOrderId } });
    const numbers = { price: decimal(price), quantity: decimal(quantity), fee: decimal(fee) };
    const fill = {
      fillId: `f${id}`,
      clientOrderId,
      symbol,
      side,
      feeCurrency: "USDT",
      liquidity: "taker",
      marketMs: AT,
      ...numbers,
    } as const;
    const result = realized === undefined ? undefined : decimal(realized);
    const after = { positionQuantity: decimal(0), entryPrice: undefined, realized: result, stopPrice: undefined, takePrice: undefined };
    return this.append({ type: "order-filled", fill, botId: "b1", purpose, reason: "", after });
  }

  foreign(coin: string, quantity: string): this {
    return this.append({
      type: "foreign-booked",
      coin,
      quantity: decimal(quantity),
      entryId: `e${this.state.sequence}`,
      reason: "a deposit",
    });
  }
}

describe("The books of an account at an exchange", () => {
  test("keep what bots moved apart from what no bot moved, and add up", () => {
    const { state } = new Stream("main", "live", "BTC/USDT")
      .fill("buy", "0.01", "10000", "0.1")
      .foreign("USDT", "25")
      .foreign("BTC", "0.5");
    expect(booksText("main (LIVE)", booksOf(state))).toEqual([
      "Books of main (LIVE): cash 424.9 = start 500 + entries -100.1 + moved by no bot 25 USDT",
      "BTC: bots claim 0.01 of 0.51",
      "The books add up.",
    ]);
  });

  test("do not add up when bots claim more than there is", () => {
    const { state } = new Stream("main", "live", "BTC/USDT").fill("buy", "0.01", "10000", "0.1").foreign("BTC", "-0.002");
    expect(booksOf(state).addsUp).toBe(false);
    expect(booksText("main", booksOf(state)).at(-1)).toContain("DO NOT ADD UP");
  });

  test.each(["live", "paper"] as const)("of contracts hold no coins: what a closed one made is in the cash (%s)", (mode) => {
    const stream = new Stream("main", mode, "BTC/USDT:USDT").fill("sell", "0.01", "10000", "0.1");
    expect(booksText("main", booksOf(stream.state))).toEqual([
      "Books of main: cash 499.9 = start 500 + entries -0.1 USDT",
      "The books add up.",
    ]);
    stream.fill("buy", "0.01", "9000", "0.09", "9.91");
    expect(booksText("main", booksOf(stream.state))).toEqual([
      "Books of main: cash 509.81 = start 500 + entries 9.81 USDT",
      "The books add up.",
    ]);
  });
});

describe("A digest of several modes", () => {
  const paper = () =>
    new Stream("paper", "paper", "BTC/USDT").fill("buy", "0.01", "10000", "0.1").fill("sell", "0.01", "20000", "0.2", "99.8");
  const demo = () => new Stream("play", "demo", "BTC/USDT").fill("buy", "0.01", "10000", "0.1");
  const live = () => new Stream("main", "live", "BTC/USDT").fill("buy", "0.01", "10000", "0.1").foreign("BTC", "3");

  test("adds nothing of one mode to another, and tells LIVE first", () => {
    const prices: Record<string, number> = { main: 11_000, play: 10_500 };
    const priceOf = (_: string, account: string) => (prices[account] === undefined ? undefined : decimal(prices[account]));
    const digest = digestOf(
      [paper(), demo(), live()].map(({ state }) => state),
      () => DAY,
      "UTC",
      priceOf,
    );
    const sums = digest.totals?.map(({ mode, realized, unrealized, fills, equity }) => [
      mode,
      plain(realized),
      plain(unrealized),
      fills,
      equity && plain(equity),
    ]);
    expect(sums).toEqual([
      ["live", "-0.1", "10", 1, "509.9"],
      ["demo", "-0.1", "5", 1, "504.9"],
      ["paper", "99.7", "0", 2, "599.7"],
    ]);
    expect([digest.realized, digest.equity].map(plain)).toEqual(["-0.1", "509.9"]);
    expect(digest.bots.map(({ name }) => name)).toEqual(["main-bot", "play-bot", "paper-bot"]);
  });

  test("tells each mode's own day, and what is paid in another currency apart", () => {
    const coins = new Stream("paper", "paper", "ETH/BTC").fill("buy", "1", "0.05", "0");
    const digest = digestOf(
      [coins.state, live().state],
      (mode) => (mode === "paper" ? DAY : "2026-05-20"),
      "UTC",
      () => undefined,
    );
    expect(digest.totals?.map(({ mode, currency, day, fills, equity }) => [mode, currency, day, fills, equity === undefined])).toEqual([
      ["live", "USDT", "2026-05-20", 0, false],
      ["paper", "BTC", DAY, 1, true],
    ]);
  });
});
