import { expect, test } from "vitest";
import { figureTexts } from "../../src/chat/figures-text.ts";
import { applyAccountEvent } from "../../src/domain/account.ts";
import { type AccountState, emptyAccount } from "../../src/domain/books.ts";
import type { AccountEvent } from "../../src/domain/events.ts";
import { decimal, plain, ZERO } from "../../src/domain/money.ts";
import { addResults, NO_RESULT } from "../../src/domain/result.ts";
import { HOUR_MS, marketMs, wallMs } from "../../src/domain/time.ts";
import { ledgerEvents } from "../../src/engine/live/ledger.ts";
import { booksOf } from "../../src/reports/books.ts";
import { booksText } from "../../src/reports/books-text.ts";
import { digestOf } from "../../src/reports/digest.ts";
import { feeGroups } from "../../src/reports/fee-groups.ts";
import { performanceGroups } from "../../src/reports/performance-groups.ts";
import { isoWeek, lastPeriods } from "../../src/reports/periods.ts";
import { dayReader, resultOfDay } from "../../src/reports/statistics.ts";

const NOON = Date.UTC(2021, 4, 19, 12, 0);

/** An account with a bot on BTC/USDT and one on ETH/USDT. */
class Ledger {
  readonly state: AccountState = emptyAccount();
  #fills = 0;

  constructor() {
    this.append({
      type: "account-opened",
      account: "paper-1",
      owner: "u",
      mode: "paper",
      market: "sim",
      balances: new Map([["USDT", decimal(10_000)]]),
    });
    for (const [id, name, symbol] of [
      ["b1", "dip", "BTC/USDT"],
      ["b2", "eth", "ETH/USDT"],
    ] as const) {
      const sizing = { kind: "equity-percent", pct: 10 } as const;
      const protection = { stopPct: 2, takePct: 4, trailingPct: undefined };
      const spec = {
        id,
        name,
        group: undefined,
        owner: "u",
        account: "paper-1",
        mode: "paper",
        symbol,
        timeframe: "1m",
        strategy: "ema-cross",
        params: {},
      } as const;
      this.append({ type: "bot-created", bot: { ...spec, sizing, protection } });
    }
  }

  append(event: AccountEvent): void {
    applyAccountEvent(this.state, {
      sequence: this.state.sequence + 1,
      wallMs: wallMs(0),
      marketMs: marketMs(NOON),
      requestId: undefined,
      event,
    });
  }

  fill(
    botId: string,
    side: "buy" | "sell",
    quantity: string,
    price: string,
    fee: string,
    feeCurrency: string,
    atMs: number,
    realized?: string,
  ): void {
    const number = ++this.#fills;
    const { symbol } = this.state.bots.get(botId)!.spec;
    const purpose = side === "buy" ? "entry" : "exit";
    const order = {
      botId,
      slotMs: marketMs(atMs),
      symbol,
      side,
      type: "market",
      purpose,
      quantity: decimal(quantity),
      reason: "",
      values: {},
    } as const;
    this.append({ type: "intent", intent: { ...order, intentId: `i${number}`, clientOrderId: `o${number}` } });
    const fill = {
      fillId: `f${number}`,
      clientOrderId: `o${number}`,
      symbol,
      side,
      price: decimal(price),
      quantity: decimal(quantity),
    } as const;
    const paid = { fee: decimal(fee), feeCurrency, liquidity: "taker", marketMs: marketMs(atMs) } as const;
    const after = {
      positionQuantity: decimal(0),
      entryPrice: undefined,
      realized: realized === undefined ? undefined : decimal(realized),
      stopPrice: undefined,
      takePrice: undefined,
    };
    this.append({ type: "order-filled", fill: { ...fill, ...paid }, botId, purpose, reason: "", after });
  }
}

function traded(): Ledger {
  const ledger = new Ledger();
  ledger.fill("b1", "buy", "0.1", "40000.1", "4.00001", "USDT", NOON - 20 * HOUR_MS);
  ledger.fill("b1", "sell", "0.1", "40100.3", "4.01003", "USDT", NOON - 2 * HOUR_MS, "6.00996");
  ledger.fill("b2", "buy", "1", "2500", "0.001", "ETH", NOON - HOUR_MS);
  return ledger;
}

test("the books add up to the last digit, with fees in quote and in base", () => {
  const books = booksOf(traded().state);
  expect(books.addsUp).toBe(true);
  expect(plain(books.cash.entries)).toBe("-2497.99004");
  expect(plain(books.cash.cash)).toBe("7502.00996");
  expect(books.coins.map(({ coin, position, entries }) => [coin, plain(position), plain(entries)])).toEqual([
    ["BTC", "0", "0"],
    ["ETH", "0.999", "0.999"],
  ]);
  expect(booksText("paper-1", books)).toEqual([
    "Books of paper-1: cash 7502.00996 = start 10000 + entries -2497.99004 USDT",
    "ETH: position 0.999 = entries 0.999",
    "The books add up.",
  ]);
});

test("a deleted bot stays in the books", () => {
  const ledger = traded();
  ledger.append({ type: "bot-deleted", botId: "b1" });
  expect(booksOf(ledger.state).addsUp).toBe(true);
});

test.each(["USDT", "ETH"])("a balance of %s that no fill explains is found", (coin) => {
  const { state } = traded();
  state.balances.set(coin, state.balances.get(coin)!.plus("0.00000001"));
  expect(booksOf(state).addsUp).toBe(false);
  expect(booksText("a", booksOf(state)).at(-1)).toContain("DO NOT ADD UP");
});

test("a position that its entries do not explain is found", () => {
  const { state } = traded();
  const bot = state.bots.get("b2")!;
  bot.position = { ...bot.position, quantity: decimal(1) };
  expect(booksOf(state).addsUp).toBe(false);
});

test("results belong to the local day of their fill", () => {
  const bot = traded().state.bots.get("b1")!;
  const utc = resultOfDay(bot, NOON, dayReader("UTC"));
  expect([utc.fills, plain(utc.realized), plain(utc.fees)]).toEqual([1, "6.00996", "4.01003"]);
  // 16:00 UTC of the 18th is the 19th already in Auckland, as is 10:00 UTC of the 19th.
  expect(resultOfDay(bot, NOON - HOUR_MS, dayReader("Pacific/Auckland")).fills).toBe(2);
  expect(resultOfDay(bot, NOON + HOUR_MS, dayReader("Pacific/Auckland")).fills).toBe(0);
  const ever = [...bot.results.values()].reduce(addResults, NO_RESULT);
  expect([ever.fills, ever.closes, ever.wins, plain(ever.realized)]).toEqual([2, 1, 1, "2.00995"]);
});

test("a digest holds the day's facts, and the open positions at the last price", () => {
  const digest = digestOf(
    [traded().state],
    () => "2021-05-19",
    "UTC",
    (symbol) => (symbol === "ETH/USDT" ? decimal(2600) : undefined),
  );
  expect(digest).toMatchObject({ day: "2021-05-19", currency: "USDT", market: "sim", fills: 2 });
  expect([digest.realized, digest.unrealized, digest.fees, digest.equity].map(plain)).toEqual([
    "6.00996",
    "97.4",
    "6.51003",
    "10099.40996",
  ]);
  expect(digest.bots.map(({ name, fills }) => [name, fills])).toEqual([
    ["dip", 1],
    ["eth", 1],
  ]);
});

test("a digest counts a position without a price at its cost, and leaves out a bot deleted before that day", () => {
  const ledger = traded();
  ledger.append({ type: "bot-deleted", botId: "b1" });
  const digest = digestOf(
    [ledger.state],
    () => "2021-05-20",
    "UTC",
    () => undefined,
  );
  expect(plain(digest.equity)).toBe("10002.00996");
  expect(digest.bots.map(({ name }) => name)).toEqual(["eth"]);
});

test("a digest of nothing is empty", () => {
  expect(
    digestOf(
      [],
      () => "2021-05-19",
      "UTC",
      () => undefined,
    ),
  ).toMatchObject({ fills: 0, bots: [], currency: "" });
});

test("ISO weeks belong to the year of their Thursday, and the last days are counted over a change of the clocks", () => {
  expect(["2021-01-03", "2021-01-04", "2020-12-31", "2024-12-30"].map(isoWeek)).toEqual(["2020-W53", "2021-W01", "2020-W53", "2025-W01"]);
  expect(lastPeriods("2021-03-29", 3, (day) => day)).toEqual(["2021-03-29", "2021-03-28", "2021-03-27"]);
});

test("figures of an account that the reader may not see tell nothing of its balance", () => {
  const { state } = traded();
  const now = { live: NOON, demo: NOON, paper: NOON };
  const bots = [...state.bots.values()].map((bot) => ({ state: bot, unrealized: undefined }));
  const wish = { timeZone: "UTC", now, since: undefined, by: "bot" } as const;
  const [hidden] = performanceGroups(bots, [], wish);
  const [known] = performanceGroups(bots, [state], wish);
  expect(hidden?.performance.ratios.sharpe).toBeUndefined();
  expect(hidden?.performance.drawdown.share).toBeUndefined();
  expect(known?.performance.ratios.sharpe).toBeDefined();
  expect(known?.performance.drawdown.share).toBeDefined();
});

test("a paper account that began with other coins has nothing in percent of a start balance that leaves them out; at an exchange they size no bot", () => {
  const { state } = traded();
  const now = { live: NOON, demo: NOON, paper: NOON };
  const wish = { timeZone: "UTC", now, since: undefined, by: "bot" } as const;
  const startBalances = new Map([...state.startBalances, ["BTC", decimal("0.5")] as const, ["DOGE", ZERO] as const]);
  const groupOf = (mode: "paper" | "live") => {
    const bots = [...state.bots].map(([id, bot]) => [id, { ...bot, spec: { ...bot.spec, mode } }] as const);
    const shown = bots.map(([, bot]) => ({ state: bot, unrealized: undefined }));
    return performanceGroups(shown, [{ ...state, mode, startBalances, bots: new Map(bots) }], wish)[0];
  };
  const [paper, live] = [groupOf("paper"), groupOf("live")];
  expect(paper?.uncounted).toEqual(["BTC"]);
  expect(paper?.performance.ratios).toMatchObject({ sharpe: undefined, calmar: undefined });
  expect(paper?.performance.drawdown.share).toBeUndefined();
  expect(paper?.performance.drawdown.amount).toEqual(live?.performance.drawdown.amount);
  expect(live?.uncounted).toEqual([]);
  expect(live?.performance.drawdown.share).toBeDefined();
});

test("a ratio that is a tie is shown as one, although its doubles are just above it", () => {
  const ledger = new Ledger();
  ledger.fill("b1", "buy", "0.1", "40000", "0", "USDT", NOON);
  ledger.fill("b1", "sell", "0.1", "35500", "0", "USDT", NOON + 1_000, "-450");
  const nowMs = NOON + 7 * 24 * HOUR_MS;
  const bots = [...ledger.state.bots.values()].map((bot) => ({ state: bot, unrealized: undefined }));
  const wish = { timeZone: "UTC", now: { live: nowMs, demo: nowMs, paper: nowMs }, since: undefined, by: "bot" } as const;
  const [group] = performanceGroups(bots, [ledger.state], wish);
  expect(group?.performance.ratios.calmar).toBe(-45.625);
  expect(figureTexts(group!.performance, "USDT")).toMatchObject({ calmar: "-45.62", profitFactor: "0.00" });
});

test("funding that an exchange books is kept by symbol and month, beside fees and out of results", () => {
  const ledger = new Ledger();
  const entry = { entryId: "funding:1", kind: "funding", symbol: "BTC/USDT:USDT", coin: "USDT", venueMs: NOON } as const;
  const moved = { entryId: "transfer:1", kind: "transfer", symbol: undefined, coin: "USDT", amount: decimal(500), venueMs: NOON } as const;
  for (const event of ledgerEvents(ledger.state, [{ ...entry, amount: decimal("-1.25") }, moved])) ledger.append(event);
  const [group] = feeGroups([...ledger.state.bots.values()], [ledger.state], { timeZone: "UTC", since: undefined });
  expect(group?.rows.map(({ month, symbol, funding, fills }) => [month, symbol, plain(funding), fills])).toEqual([
    ["2021-05", "BTC/USDT:USDT", "-1.25", 0],
  ]);
  expect(ledgerEvents(ledger.state, [{ ...entry, amount: decimal("-1.25") }])).toEqual([]);
  expect(feeGroups([...ledger.state.bots.values()], [], { timeZone: "UTC", since: undefined })[0]?.rows).toEqual([]);
});
