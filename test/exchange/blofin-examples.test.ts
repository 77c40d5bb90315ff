import { expect, test } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import { Stage } from "./blofin-stage.ts";

/** Rows as the venue's documentation and recorded answers show them: the text of one example each, with null where the type is open. */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  instrument: {
    instId: "BTC-USDT",
    baseCurrency: "BTC",
    quoteCurrency: "USDT",
    contractValue: "0.001",
    listTime: "1638333031000",
    expireTime: "1704124800000",
    maxLeverage: "125",
    minSize: "0.1",
    lotSize: "0.1",
    tickSize: "0.5",
    instType: "SWAP",
    contractType: "linear",
    maxLimitSize: "100000000",
    maxMarketSize: "1000000",
    state: "live",
    settleCurrency: "USDT",
  },
  ticker: {
    instId: "BTC-USDT",
    last: "27187",
    lastSize: "1",
    askPrice: "27187.5",
    askSize: "20",
    bidPrice: "27187",
    bidSize: "2",
    high24h: "27463.5",
    open24h: "27186.5",
    low24h: "26647.5",
    volCurrency24h: "3224.82",
    vol24h: "3224820",
    ts: "1695261862487",
  },
  markPrice: { instId: "ETH-USDT", indexPrice: "1620.78", markPrice: "1620.58", ts: "1695262570838" },
  fundingRate: { instId: "BTC-USDT", fundingRate: "0.000332", fundingTime: "1703462400000" },
  tier: { symbol: "BTC-USDT", marginMode: "cross", minSize: "0.01", maxSize: "150", maintenanceMarginRate: "0.004", maxLeverage: "125" },
  placed: { orderId: "28150801", clientOrderId: "test1597321", msg: "", code: "0" },
  tpslPlaced: { tpslId: "1012", clientOrderId: null, code: "0", msg: null },
  algoPlaced: { algoId: "1012", clientOrderId: null, code: "0", msg: null },
  pending: {
    orderId: "29531103",
    clientOrderId: "",
    instId: "ETH-USDT",
    marginMode: "isolated",
    positionSide: "net",
    side: "buy",
    orderType: "limit",
    price: "1514.150000000000000000",
    size: "1.000000000000000000",
    reduceOnly: "false",
    leverage: "3",
    state: "live",
    filledSize: "0.000000000000000000",
    filled_amount: "0.000000000000000000",
    averagePrice: "0.000000000000000000",
    fee: "0.000000000000000000",
    pnl: "0.000000000000000000",
    createTime: "1697031292762",
    updateTime: "1697031292788",
    orderCategory: "normal",
    tpTriggerPrice: "1688.000000000000000000",
    slTriggerPrice: "1299.000000000000000000",
    slOrderPrice: null,
    tpOrderPrice: null,
    algoClientOrderId: "aaa",
    algoId: "11756185",
    brokerId: "",
  },
  finished: {
    orderId: "2075628533",
    clientOrderId: "",
    instId: "LTC-USDT",
    marginMode: "cross",
    positionSide: "net",
    side: "buy",
    orderType: "market",
    price: "0.000000000000000000",
    size: "1.000000000000000000",
    reduceOnly: "true",
    leverage: "3",
    state: "filled",
    filledSize: "1.000000000000000000",
    pnl: "-0.050000000000000000",
    averagePrice: "68.110000000000000000",
    fee: "0.040866000000000000",
    createTime: "1706891359010",
    updateTime: "1706891359098",
    orderCategory: "normal",
    tpTriggerPrice: null,
    tpOrderPrice: null,
    slTriggerPrice: null,
    slOrderPrice: null,
    cancelSource: "not_canceled",
    cancelSourceReason: null,
    algoClientOrderId: "aaa",
    algoId: "11756185",
    brokerId: "ec6dd3a7dd982d0b",
  },
  tpslPending: {
    tpslId: "2411",
    instId: "ETH-USDT",
    marginMode: "cross",
    positionSide: "net",
    side: "sell",
    tpTriggerPrice: "1666.000000000000000000",
    tpOrderPrice: null,
    slTriggerPrice: "1222.000000000000000000",
    slOrderPrice: null,
    size: "1",
    state: "live",
    leverage: "3",
    reduceOnly: "false",
    actualSize: null,
    clientOrderId: "aabbc",
    createTime: "1697016700775",
    brokerId: "",
  },
  tpslFinished: {
    tpslId: "2101",
    clientOrderId: "BBBBqqqq",
    instId: "ETH-USDT",
    marginMode: "cross",
    positionSide: "net",
    side: "sell",
    orderType: null,
    size: "1",
    reduceOnly: "true",
    leverage: "3",
    state: "canceled",
    actualSize: null,
    triggerType: null,
    orderCategory: "normal",
    tpTriggerPrice: "1661.100000000000000000",
    tpOrderPrice: null,
    slTriggerPrice: null,
    slOrderPrice: null,
    brokerId: "",
  },
  algoPending: {
    algoId: "2101",
    clientOrderId: "BBBBqqqq",
    instId: "ETH-USDT",
    marginMode: "cross",
    positionSide: "net",
    side: "sell",
    orderType: "trigger",
    size: "1",
    leverage: "3",
    state: "canceled",
    triggerPrice: "1661.100000000000000000",
    triggerPriceType: "last",
    brokerId: "",
    attachAlgoOrders: [
      {
        tpTriggerPrice: "1666.000000000000000000",
        tpOrderPrice: "-1",
        tpTriggerPriceType: "last",
        slTriggerPrice: "1222.000000000000000000",
        slOrderPrice: "-1",
        slTriggerPriceType: "last",
      },
    ],
  },
  fill: {
    instId: "LTC-USDT",
    tradeId: "1440847",
    orderId: "2075705202",
    fillPrice: "67.850000000000000000",
    fillSize: "1.000000000000000000",
    fillPnl: "0.000000000000000000",
    side: "buy",
    positionSide: "net",
    fee: "0.040710000000000000",
    ts: "1707224678878",
    brokerId: "",
  },
  isolatedPosition: {
    positionId: "7982",
    instId: "ETH-USDT",
    instType: "SWAP",
    marginMode: "isolated",
    positionSide: "net",
    adl: "5",
    positions: "1",
    availablePositions: "1",
    averagePrice: "1591.800000000000000000",
    margin: "53.060000000000000000",
    markPrice: "1591.69",
    marginRatio: "72.453752328329172684",
    liquidationPrice: "1066.104078762306610407",
    unrealizedPnl: "-0.011",
    unrealizedPnlRatio: "-0.000207312476441764",
    maintenanceMargin: "0.636676",
    createTime: "1695352782370",
    updateTime: "1695352782372",
    leverage: "3",
  },
  balance: {
    ts: "1697021343571",
    totalEquity: "10011254.077985990315787910",
    isolatedEquity: "861.763132108800000000",
    details: [
      {
        currency: "USDT",
        equity: "10014042.988958415234430699548",
        balance: "10013119.885958415234430699",
        ts: "1697021343571",
        isolatedEquity: "862.003200000000000000048",
        available: "9996399.4708691159703362725",
        availableEquity: "9996399.4708691159703362725",
        frozen: "15805.149672632597427761",
        orderFrozen: "14920.994472632597427761",
        equityUsd: "10011254.077985990315787910",
        isolatedUnrealizedPnl: "-22.151999999999999999952",
        bonus: "0",
      },
    ],
  },
  bill: {
    transferId: "3743",
    currency: "USDT",
    fromAccount: "futures",
    toAccount: "funding",
    amount: "1.000000000000000000",
    ts: "1695264049618",
    clientId: "cccc12121",
  },
  leverage: { leverage: "50", marginMode: "cross", instId: "BTC-USDT", positionSide: "net" },
  key: {
    uid: "1",
    apiName: "read_test",
    apiKey: "k",
    readOnly: 0,
    ips: ["1.2.3.4"],
    type: 1,
    expireTime: "1597026383085",
    createTime: "1597026383085",
    referralCode: "blofin",
    parentUid: "0",
  },
  book: { asks: [["1620", "72"]], bids: [["1619.99", "49"]], ts: "1695262080136" },
  candle: ["1703484240000", "2283.45", "2283.45", "2282.8", "2282.8", "835", "8.35", "19063.9805", "1"],
};

/** Paths at which two values differ in shape: a key that only one has, or another JSON type. Null fits every text. */
function differences(example: unknown, found: unknown, path = ""): string[] {
  if (example === null || found === null) return [];
  if (Array.isArray(example) && Array.isArray(found))
    return example.length > 0 && found.length > 0 ? differences(example[0], found[0], `${path}[]`) : [];
  if (typeof example !== typeof found || Array.isArray(example) !== Array.isArray(found))
    return [`${path}: ${typeof example} is ${typeof found}`];
  if (typeof example !== "object")
    return /^-?\d+(\.\d+)?$/.test(String(example)) && !/^-?\d+(\.\d+)?$|^$/.test(String(found)) ? [`${path}: ${String(found)}`] : [];
  const [left, right] = [example as Record<string, unknown>, found as Record<string, unknown>];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].flatMap((name) =>
    name in left && name in right ? differences(left[name], right[name], `${path}.${name}`) : [`${path}.${name} is in one only`],
  );
}

function firstOf(data: unknown): unknown {
  return Array.isArray(data) ? data[0] : data;
}

test("every answer has the shape of the venue's own examples, and nothing more", () => {
  const stage = new Stage({ limits: false });
  const { ask, exchange, account } = { ask: stage.ask.bind(stage), exchange: stage.exchange, account: stage.account };
  const inst = { instId: "BTC-USDT" };
  const place = { ...inst, marginMode: "isolated", positionSide: "net", side: "buy", size: "1" };
  const seen: Record<string, unknown> = {};
  seen.placed = firstOf(ask("POST", "/api/v1/trade/order", { ...place, orderType: "market", clientOrderId: "a1" }).data);
  const limit = { ...place, orderType: "limit", price: "59000", slTriggerPrice: "58000", slOrderPrice: "-1" };
  ask("POST", "/api/v1/trade/order", limit);
  const stop = {
    ...place,
    side: "sell",
    slTriggerPrice: "58000",
    slOrderPrice: "-1",
    tpTriggerPrice: "62000",
    tpOrderPrice: "-1",
    reduceOnly: "true",
  };
  seen.tpslPlaced = ask("POST", "/api/v1/trade/order-tpsl", { ...stop, clientOrderId: "s1" }).data;
  ask("POST", "/api/v1/trade/order-tpsl", { ...stop, clientOrderId: "s2" });
  const legs = [{ slTriggerPrice: "56000", slOrderPrice: "-1", tpTriggerPrice: "59000", tpOrderPrice: "-1" }];
  const algo = { ...place, orderType: "trigger", triggerPrice: "57000", orderPrice: "-1", attachAlgoOrders: legs };
  seen.algoPlaced = ask("POST", "/api/v1/trade/order-algo", algo).data;
  ask("POST", "/api/v1/trade/cancel-tpsl", [{ ...inst, clientOrderId: "s2" }]);
  exchange.transfer(account, decimal(5));
  const read = (name: string, path: string, params?: object): void => {
    seen[name] = firstOf(ask("GET", path, params).data);
  };
  read("instrument", "/api/v1/market/instruments");
  read("ticker", "/api/v1/market/tickers", inst);
  read("markPrice", "/api/v1/market/mark-price", inst);
  read("fundingRate", "/api/v1/market/funding-rate", inst);
  read("tier", "/api/v1/market/position-tiers", { ...inst, marginMode: "cross" });
  read("book", "/api/v1/market/books", { ...inst, size: "5" });
  read("candle", "/api/v1/market/candles", { ...inst, limit: "2" });
  read("pending", "/api/v1/trade/orders-pending");
  read("finished", "/api/v1/trade/orders-history");
  read("tpslPending", "/api/v1/trade/orders-tpsl-pending");
  read("tpslFinished", "/api/v1/trade/orders-tpsl-history");
  read("algoPending", "/api/v1/trade/orders-algo-pending", { orderType: "trigger" });
  read("fill", "/api/v1/trade/fills-history");
  read("isolatedPosition", "/api/v1/account/positions");
  read("balance", "/api/v1/account/balance");
  read("bill", "/api/v1/asset/bills");
  read("leverage", "/api/v1/account/batch-leverage-info", { ...inst, marginMode: "cross" });
  read("key", "/api/v1/user/query-apikey");
  expect(Object.keys(seen).sort()).toEqual(Object.keys(EXAMPLES).sort());
  expect(Object.entries(EXAMPLES).flatMap(([name, example]) => differences(example, seen[name], name))).toEqual([]);
});

test("the recorded requests of ccxt are taken as they are", () => {
  const stage = new Stage(
    {},
    { instId: "LTC-USDT", base: "LTC", contractValue: decimal(1), lotSize: decimal(1), minSize: decimal(1), tickSize: decimal("0.01") },
  );
  stage.tape.write(0, 55, 55, 55, 55);
  const shared = { instId: "LTC-USDT", side: "buy", size: "1", brokerId: "ec6dd3a7dd982d0b", marginMode: "cross" };
  const limit = stage.ask("POST", "/api/v1/trade/order", { ...shared, orderType: "limit", price: "50", clientOrderId: "myorder1" });
  expect(limit).toMatchObject({ code: "0", data: [{ clientOrderId: "myorder1", code: "0" }] });
  const trigger = stage.ask("POST", "/api/v1/trade/order-algo", { ...shared, orderType: "trigger", orderPrice: "90", triggerPrice: "91" });
  expect(trigger).toMatchObject({ code: "0", data: { code: "0" } });
  expect(stage.account.algo.live()[0]).toMatchObject({ rising: true });
});
