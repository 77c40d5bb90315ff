import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { recordedOrSkip } from "../kit/recorded.ts";
import { shapeDifferences } from "./shape-difference.ts";
import { MINUTE_MS, SpotStage } from "./spot-stage.ts";

const FOLDER = "specs/exchange-examples/binance-docs";
const BUY = { symbol: "BTCUSDT", side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: "0.01", price: "49000" };
const STOP = {
  symbol: "BTCUSDT",
  side: "SELL",
  type: "STOP_LOSS_LIMIT",
  timeInForce: "GTC",
  quantity: "0.01",
  price: "44000",
  stopPrice: "45000",
};
const OCO = {
  symbol: "BTCUSDT",
  side: "SELL",
  quantity: "0.01",
  aboveType: "LIMIT_MAKER",
  abovePrice: "55000",
  belowType: "STOP_LOSS_LIMIT",
  belowPrice: "44000",
  belowStopPrice: "45000",
  belowTimeInForce: "GTC",
};
const WORKING = {
  symbol: "BTCUSDT",
  workingType: "LIMIT",
  workingSide: "BUY",
  workingPrice: "49000",
  workingQuantity: "0.01",
  workingTimeInForce: "GTC",
  pendingSide: "SELL",
};
const PENDING_PAIR = {
  pendingAboveType: "STOP_LOSS_LIMIT",
  pendingAbovePrice: "61000",
  pendingAboveStopPrice: "60000",
  pendingAboveTimeInForce: "GTC",
  pendingBelowType: "LIMIT_MAKER",
  pendingBelowPrice: "45000",
};
const SELL_PAIR = {
  pendingAboveType: "LIMIT_MAKER",
  pendingAbovePrice: "55000",
  pendingBelowType: "STOP_LOSS_LIMIT",
  pendingBelowPrice: "44000",
  pendingBelowStopPrice: "45000",
  pendingBelowTimeInForce: "GTC",
};
/** Only iceberg orders and prevented matches have them, and there are none here. */
const CONDITIONAL = new Set(["icebergQty", "preventedMatchId", "preventedQuantity"]);

type Run = (stage: SpotStage) => unknown;

const order: Run = (stage) => stage.place({ ...BUY, newOrderRespType: "RESULT" });
const list =
  (kind: string, params: object): Run =>
  (stage) =>
    stage.call(`POST /api/v3/orderList/${kind}`, { ...params });

/** A documented example, and what brings the same answer about here. `inner` is where the WebSocket API wraps what the REST API answers bare. */
const EXAMPLES: readonly (readonly [file: string, run: Run, inner?: string])[] = [
  ["errors----0", (stage) => stage.call("GET /api/v3/klines", { symbol: "NOPE", interval: "1m" })],
  ["rest-api--exchange-information--3", (stage) => stage.call("GET /api/v3/exchangeInfo")],
  ["rest-api--order-book--5", (stage) => stage.call("GET /api/v3/depth", { symbol: "BTCUSDT" })],
  ["rest-api--kline-candlestick-data--10", (stage) => stage.call("GET /api/v3/klines", { symbol: "BTCUSDT", interval: "1m" })],
  ["rest-api--24hr-ticker-price-change-statistics--14", (stage) => stage.call("GET /api/v3/ticker/24hr")],
  ["rest-api--symbol-price-ticker--22", (stage) => stage.call("GET /api/v3/ticker/price")],
  ["rest-api--symbol-order-book-ticker--24", (stage) => stage.call("GET /api/v3/ticker/bookTicker", { symbols: '["BTCUSDT","ETHUSDT"]' })],
  ["web-socket-api--check-server-time--29", (stage) => stage.call("GET /api/v3/time"), "result"],
  ["web-socket-api--current-average-price--49", (stage) => stage.call("GET /api/v3/avgPrice", { symbol: "BTCUSDT" }), "result"],
  ["rest-api--new-order-trade--36", order],
  ["web-socket-api--place-new-order-trade--86", order, "result"],
  ["rest-api--test-new-order-trade--38", (stage) => stage.call("POST /api/v3/order/test", BUY)],
  [
    "rest-api--query-order-user-data--63",
    (stage) => stage.call("GET /api/v3/order", { symbol: "BTCUSDT", orderId: stage.place(BUY).orderId }),
  ],
  [
    "rest-api--current-open-orders-user-data--64",
    after(
      (stage) => stage.place(BUY),
      (stage) => stage.call("GET /api/v3/openOrders"),
    ),
  ],
  [
    "web-socket-api--account-order-history-user-data--135",
    after(
      (stage) => stage.place(STOP),
      (stage) => stage.call("GET /api/v3/allOrders", { symbol: "BTCUSDT" }),
    ),
    "result",
  ],
  [
    "rest-api--cancel-order-trade--40",
    (stage) => stage.call("DELETE /api/v3/order", { symbol: "BTCUSDT", orderId: stage.place(BUY).orderId }),
  ],
  [
    "rest-api--cancel-order-trade--42",
    (stage) => {
      const { orderId } = stage.place(BUY);
      return stage.call("DELETE /api/v3/order", { symbol: "BTCUSDT", orderId, cancelRestrictions: "ONLY_PARTIALLY_FILLED" });
    },
  ],
  [
    "rest-api--cancel-all-open-orders-on-a-symbol-trade--43",
    (stage) => {
      stage.place(BUY);
      stage.place(BUY);
      stage.call("POST /api/v3/orderList/oco", { ...OCO, side: "SELL" });
      return stage.call("DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
    },
  ],
  [
    "rest-api--account-trade-list-user-data--69",
    after(
      (stage) => stage.place({ side: "BUY", type: "MARKET", quantity: "0.01" }),
      (stage) => stage.call("GET /api/v3/myTrades", { symbol: "BTCUSDT" }),
    ),
  ],
  ["web-socket-api--account-information-user-data--129", (stage) => stage.call("GET /api/v3/account"), "result"],
  [
    "web-socket-api--account-commission-rates-user-data--151",
    (stage) => stage.call("GET /api/v3/account/commission", { symbol: "BTCUSDT" }),
    "result",
  ],
  ["web-socket-api--unfilled-order-count-user-data--145", (stage) => stage.call("GET /api/v3/rateLimit/order"), "result"],
  ["rest-api--new-order-list-oco-trade--53", list("oco", OCO)],
  ["rest-api--new-order-list-otoco-trade--55", list("otoco", buyBack())],
  ["rest-api--new-order-list-opoco-trade--57", list("opoco", { ...WORKING, ...SELL_PAIR })],
  ["web-socket-api--opo-trade--118", list("opo", { ...WORKING, pendingType: "MARKET" }), "result"],
  [
    "web-socket-api--account-order-list-history-user-data--141",
    after(list("oco", OCO), (stage) => stage.call("GET /api/v3/allOrderList")),
    "result",
  ],
  [
    "web-socket-api--current-open-order-lists-user-data--139",
    after(list("oco", OCO), (stage) => stage.call("GET /api/v3/openOrderList")),
    "result",
  ],
];

/** The documentation's OTOCO sells first and buys back with a stop above and a maker below. */
function buyBack(): object {
  return { ...WORKING, workingSide: "SELL", workingPrice: "51000", pendingSide: "BUY", pendingQuantity: "0.01", ...PENDING_PAIR };
}

function after(first: Run, then: Run): Run {
  return (stage) => {
    first(stage);
    return then(stage);
  };
}

describe("the shape of an answer is the documentation's", () => {
  for (const [file, run, inner] of EXAMPLES)
    test(file, (context) => {
      const example: unknown = JSON.parse(readFileSync(recordedOrSkip(context, `${FOLDER}/${file}.json`), "utf8"));
      const documented = inner === undefined ? example : (example as Record<string, unknown>)[inner];
      const stage = new SpotStage();
      stage.passMs(MINUTE_MS);
      expect(shapeDifferences(documented, run(stage), CONDITIONAL)).toEqual([]);
    });

  test("for every filter", (context) => {
    const stage = new SpotStage({ rules: { positionMax: "10" } });
    const { symbols } = stage.call<{ symbols: { filters: { filterType: string }[] }[] }>("GET /api/v3/exchangeInfo");
    const filters = symbols[0]!.filters;
    for (const name of ["lot-size--3", "percent-price-by-side--2", "notional--5", "max-position--11", "max-num-order-lists--14"]) {
      const example: { filterType: string } = JSON.parse(readFileSync(recordedOrSkip(context, `${FOLDER}/filters--${name}.json`), "utf8"));
      const ours = filters.find(({ filterType }) => filterType === example.filterType);
      expect(shapeDifferences(example, ours), name).toEqual([]);
    }
  });
});

test("a difference of shape is found in both directions, and so is a difference of type", () => {
  const example = { a: 1, b: "x", rows: [{ c: true }], any: {} };
  expect(shapeDifferences(example, { a: 1, b: "y", rows: [{ c: false }, { c: true }], any: { more: 1 } })).toEqual([]);
  expect(shapeDifferences(example, { a: "1", rows: [{ c: true, d: 1 }], any: null })).toEqual([
    "$.b: missing",
    "$.a: documented as number, answered as string",
    "$.rows[0].d: not documented",
    "$.any: documented as object, answered as null",
  ]);
  expect(shapeDifferences([1], [])).toEqual(["$: documented with rows, answered empty"]);
});
