import { describe, expect, it } from "vitest";
import type { Protection } from "../../src/domain/bot.ts";
import type { Candle } from "../../src/domain/candle.ts";
import type { BotBook } from "../../src/domain/execution.ts";
import { decimal, plain } from "../../src/domain/money.ts";
import type { Order } from "../../src/domain/order.ts";
import { MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { matchCandle, matchPrice } from "../../src/matching/match.ts";
import { plainInstrument } from "../kit/engine-market.ts";

const OPEN_MS = Date.UTC(2025, 0, 10, 12, 0);
const NONE: Protection = { stopPct: undefined, takePct: undefined, trailingPct: undefined };

function order(
  about: Partial<Omit<Order, "quantity" | "filledQuantity" | "price">> & { quantity?: string; filled?: string; price?: string },
): Order {
  const { quantity = "10", filled = "0", price, ...rest } = about;
  const id = rest.clientOrderId ?? "e1";
  const whole: Order = {
    clientOrderId: id,
    intentId: `i-${id}`,
    attempt: 1,
    botId: "b1",
    symbol: "BTC/USDT",
    side: "buy",
    type: "market",
    purpose: "entry",
    quantity: decimal(quantity),
    filledQuantity: decimal(filled),
    fillIds: [],
    status: "open",
    reason: "test",
    sinceMs: marketMs(OPEN_MS),
    ...rest,
  };
  return price === undefined ? whole : { ...whole, price: decimal(price) };
}

const stop = (price: string, about = {}) => order({ clientOrderId: "e1s", side: "sell", type: "stop", purpose: "stop", price, ...about });
const take = (price: string, about = {}) =>
  order({ clientOrderId: "e1t", side: "sell", type: "take-profit", purpose: "take", price, ...about });
const close = (about = {}) => order({ clientOrderId: "x1", side: "sell", purpose: "close", ...about });

interface Book {
  orders: Order[];
  held?: string;
  cost?: string;
  cash?: string;
  protection?: Partial<Protection>;
  highest?: string;
  rules?: Parameters<typeof plainInstrument>[1];
}

function book({ orders, held = "0", cost = "0", cash = "1000000", protection = {}, highest, rules = {} }: Book): BotBook {
  return {
    instrument: plainInstrument("BTC/USDT", rules),
    orders,
    positionQuantity: decimal(held),
    positionCost: decimal(cost),
    protection: { ...NONE, ...protection },
    highest: highest === undefined ? undefined : decimal(highest),
    cash: decimal(cash),
  };
}

function candle(open: number, high: number, low: number, close: number, volume = 1_000): Candle {
  return { openTimeMs: OPEN_MS, open, high, low, close, volume };
}

/** What executed, as "order quantity@price when". */
function seen(given: Book, bar: Candle): string[] {
  return matchCandle(book(given), bar).map(({ clientOrderId, quantity, price, marketMs: at }) => {
    const when = at === OPEN_MS ? "open" : at === OPEN_MS + MINUTE_MS ? "close" : String(at);
    return `${clientOrderId} ${plain(quantity)}@${plain(price)} ${when}`;
  });
}

const HELD = { held: "10", cost: "1000" };

describe("matching against a one-minute candle", () => {
  const cases: [string, Book, Candle, string[]][] = [
    ["a market entry fills at the open", { orders: [order({})] }, candle(100, 105, 95, 101), ["e1 10@100 open"]],
    [
      "a market entry pays spread and slippage, rounded up to the tick",
      { orders: [order({})], rules: { halfSpreadBps: 1, slippageBps: 2 } },
      candle(100.05, 105, 95, 101),
      ["e1 10@100.09 open"],
    ],
    [
      "a closing order gets less by spread and slippage, rounded down to the tick",
      { orders: [close()], ...HELD, rules: { halfSpreadBps: 1, slippageBps: 2 } },
      candle(100.05, 105, 95, 101),
      ["x1 10@100.01 open"],
    ],
    [
      "a closing order never sells more than is held",
      { orders: [close({ quantity: "15" })], ...HELD },
      candle(100, 105, 95, 101),
      ["x1 10@100 open"],
    ],
    ["a stop that the candle does not reach rests", { orders: [stop("94.99")], ...HELD }, candle(100, 105, 95, 101), []],
    ["a stop that is just touched fills at its price", { orders: [stop("95")], ...HELD }, candle(100, 105, 95, 101), ["e1s 10@95 close"]],
    ["an open below the stop fills at the open", { orders: [stop("95")], ...HELD }, candle(90, 99, 89, 98), ["e1s 10@90 open"]],
    [
      "a stop that gapped pays costs on the open",
      { orders: [stop("95")], ...HELD, rules: { slippageBps: 10 } },
      candle(90, 99, 89, 98),
      ["e1s 10@89.91 open"],
    ],
    [
      "a target that is just touched fills at its price",
      { orders: [take("105")], ...HELD },
      candle(100, 105, 95, 101),
      ["e1t 10@105 close"],
    ],
    ["an open above the target fills at the open", { orders: [take("105")], ...HELD }, candle(108, 109, 100, 101), ["e1t 10@108 open"]],
    [
      "with stop and target in one candle the stop is taken to come first",
      { orders: [stop("95"), take("105")], ...HELD },
      candle(100, 105, 95, 101),
      ["e1s 10@95 close"],
    ],
    [
      "a trailing stop stands where the candles before put it, not where this one's high would",
      { orders: [stop("90")], ...HELD, protection: { trailingPct: 10 }, highest: "110" },
      candle(110, 120, 100, 119),
      [],
    ],
    [
      "a trailing stop that has risen holds",
      { orders: [stop("90")], ...HELD, protection: { trailingPct: 10 }, highest: "110" },
      candle(110, 111, 99, 100),
      ["e1s 10@99 close"],
    ],
    [
      "the highest price before never lowers a stop",
      { orders: [stop("99")], ...HELD, protection: { trailingPct: 50 }, highest: "110" },
      candle(110, 111, 98, 100),
      ["e1s 10@99 close"],
    ],
    [
      "a tenth of the volume fills, rounded down to the lot",
      { orders: [order({})] },
      candle(100, 105, 95, 101, 43.219),
      ["e1 4.321@100 open"],
    ],
    [
      "what is left of an entry works on",
      { orders: [order({ filled: "4.321", status: "partially-filled" })] },
      candle(99, 105, 95, 101, 1_000),
      ["e1 5.679@99 open"],
    ],
    ["a candle without volume fills nothing", { orders: [order({}), close(), stop("95")], ...HELD }, candle(100, 105, 90, 101, 0), []],
    [
      "an entry takes what the cash allows, in whole lots",
      { orders: [order({})], cash: "333.33" },
      candle(100, 105, 95, 101),
      ["e1 3.333@100 open"],
    ],
    [
      "an entry's cash has to pay the fee, too",
      { orders: [order({})], cash: "1001", rules: { takerFeeBps: 10 } },
      candle(100, 105, 95, 101),
      ["e1 10@100 open"],
    ],
    [
      "an entry one cent short of its fee buys a lot less",
      { orders: [order({})], cash: "1000.99", rules: { takerFeeBps: 10 } },
      candle(100, 105, 95, 101),
      ["e1 9.999@100 open"],
    ],
    ["an entry without cash buys nothing", { orders: [order({})], cash: "-5" }, candle(100, 105, 95, 101), []],
    [
      "a stop that filled in part sells its rest at the next open, wherever that is",
      { orders: [stop("95", { status: "partially-filled", filled: "4" })], held: "6", cost: "600" },
      candle(99, 105, 98, 101),
      ["e1s 6@99 open"],
    ],
    [
      "a stop fills no more than a tenth of the volume",
      { orders: [stop("95")], ...HELD },
      candle(100, 105, 90, 101, 40),
      ["e1s 4@95 close"],
    ],
    [
      "an entry is protected in its very candle, at the stop and not at the open",
      { orders: [order({})], protection: { stopPct: 5 } },
      candle(100, 101, 94, 100),
      ["e1 10@100 open", "e1s 10@95 close"],
    ],
    [
      "an entry's target holds in its very candle",
      { orders: [order({})], protection: { takePct: 4 } },
      candle(100, 106, 99, 100),
      ["e1 10@100 open", "e1t 10@104 close"],
    ],
    [
      "the second part of an entry moves the stop to the average price",
      {
        orders: [order({ filled: "5", status: "partially-filled" }), stop("95", { quantity: "5" })],
        held: "5",
        cost: "500",
        protection: { stopPct: 5 },
      },
      candle(120, 121, 104.5, 110),
      ["e1 5@120 open", "e1s 10@104.5 close"],
    ],
    [
      "entry and stop of one candle share its volume",
      { orders: [order({})], protection: { stopPct: 5 } },
      candle(100, 101, 94, 100, 130),
      ["e1 10@100 open", "e1s 3@95 close"],
    ],
    [
      "an entry after a gap below its stop is sold at what the market shows, not at the stop",
      { orders: [order({})], protection: { stopPrice: decimal(105) } },
      candle(100, 106, 95, 97),
      ["e1 10@100 open", "e1s 10@100 open"],
    ],
    [
      "a limit entry is not sold at a target by a high that may have been before it",
      { orders: [order({ type: "limit", price: "95.5" })], protection: { takePct: 2 } },
      candle(100, 105, 95, 96),
      ["e1 10@95.5 close"],
    ],
    ["a limit entry below the candle rests", { orders: [order({ type: "limit", price: "95" })] }, candle(100, 105, 95, 101), []],
    [
      "a limit entry fills at its price when the candle goes through it",
      { orders: [order({ type: "limit", price: "95.5" })] },
      candle(100, 105, 95, 101),
      ["e1 10@95.5 close"],
    ],
    [
      "a limit entry above the open fills at the open",
      { orders: [order({ type: "limit", price: "101" })] },
      candle(100, 105, 95, 101),
      ["e1 10@100 open"],
    ],
    ["a closing order comes before the stop", { orders: [stop("95"), close()], ...HELD }, candle(94, 99, 90, 98), ["x1 10@94 open"]],
    [
      "an open beyond the stop sells and buys no more of the entry that still works",
      {
        orders: [order({ filled: "5", status: "partially-filled" }), stop("95", { quantity: "5" })],
        held: "5",
        cost: "500",
        protection: { stopPct: 5 },
      },
      candle(90, 99, 89, 98, 30),
      ["e1s 3@90 open"],
    ],
    ["what is not held is not stopped", { orders: [stop("95"), take("105")] }, candle(100, 110, 90, 98), []],
  ];
  it.each(cases)("%s", (_name, given, bar, wanted) => {
    expect(seen(given, bar)).toEqual(wanted);
  });

  it("charges takers and makers their own fee on the notional, exactly", () => {
    const rules = { makerFeeBps: 7, takerFeeBps: 13 };
    const taker = matchCandle(book({ orders: [order({ quantity: "1.001" })], rules }), candle(100.01, 105, 95, 101))[0]!;
    expect([taker.liquidity, plain(taker.fee)]).toEqual(["taker", "0.130143013"]);
    const maker = matchCandle(book({ orders: [order({ type: "limit", price: "99" })], rules }), candle(100, 105, 95, 101))[0]!;
    expect([maker.liquidity, plain(maker.fee)]).toEqual(["maker", "0.693"]);
  });

  it("leaves its input as it was and answers the same again", () => {
    const given = book({ orders: [order({})], protection: { stopPct: 5 } });
    const before = JSON.stringify(given);
    const first = matchCandle(given, candle(100, 101, 94, 100));
    expect(matchCandle(given, candle(100, 101, 94, 100))).toEqual(first);
    expect(JSON.stringify(given)).toBe(before);
  });
});

describe("matching at a price of a live market", () => {
  const at = marketMs(OPEN_MS + 17_000);
  const seenAt = (given: Book, price: number) =>
    matchPrice(book(given), price, at).map(({ clientOrderId, quantity, price: paid, marketMs: when }) => {
      expect(when).toBe(at);
      return `${clientOrderId} ${plain(quantity)}@${plain(paid)}`;
    });

  it.each([
    ["a market entry fills whole, with costs", { orders: [order({})], rules: { slippageBps: 10 } }, 100, ["e1 10@100.1"]],
    ["a limit entry fills at or below its price", { orders: [order({ type: "limit", price: "99" })] }, 99, ["e1 10@99"]],
    ["a limit entry rests above its price", { orders: [order({ type: "limit", price: "99" })] }, 99.01, []],
    ["a stop fills at the price seen, which may be far below", { orders: [stop("95")], ...HELD }, 80, ["e1s 10@80"]],
    ["a stop rests above its price", { orders: [stop("95")], ...HELD }, 95.01, []],
    ["a target fills at the price seen", { orders: [take("105")], ...HELD }, 106, ["e1t 10@106"]],
    [
      "a trailing stop follows the highest price seen",
      { orders: [stop("90")], ...HELD, protection: { trailingPct: 10 }, highest: "120" },
      108,
      ["e1s 10@108"],
    ],
    ["a closing order fills whole", { orders: [close()], ...HELD }, 97, ["x1 10@97"]],
    ["an entry is limited by cash", { orders: [order({})], cash: "250" }, 100, ["e1 2.5@100"]],
  ] satisfies [string, Book, number, string[]][])("%s", (_name, given, price, wanted) => {
    expect(seenAt(given, price)).toEqual(wanted);
  });
});
