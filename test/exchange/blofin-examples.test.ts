import { expect, test } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import { EXAMPLES } from "./blofin-example-rows.ts";
import { Stage } from "./blofin-stage.ts";

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
