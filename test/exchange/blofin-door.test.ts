import { expect, test } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import { KEY, START_MS, Stage } from "./blofin-stage.ts";

const BALANCE = "/api/v1/account/balance";
const ORDER = { instId: "BTC-USDT", marginMode: "isolated", positionSide: "net", side: "buy", orderType: "market", size: "1" };

function codeOf(stage: Stage, change: Record<string, string>): string {
  return (JSON.parse(stage.send(stage.request("GET", BALANCE, undefined, change)).body) as { code: string }).code;
}

function placed(stage: Stage, change: Record<string, unknown>): string {
  const { code, data } = stage.ask("POST", "/api/v1/trade/order", { ...ORDER, ...change });
  const row = (data as { code: string }[] | null)?.[0];
  return code === "0" ? (row?.code ?? "") : code;
}

test("key, passphrase, signature, timestamp and nonce are each checked", () => {
  const stage = new Stage();
  expect(codeOf(stage, {})).toBe("0");
  expect(codeOf(stage, { "access-key": "nobody" })).toBe("152401");
  expect(codeOf(stage, { "access-passphrase": "wrong" })).toBe("152408");
  expect(codeOf(stage, { "access-sign": "wrong" })).toBe("152409");
  expect(codeOf(stage, { "access-timestamp": "yesterday" })).toBe("152410");
  expect(codeOf(stage, { "access-timestamp": String(START_MS) })).toBe("0");
  expect(codeOf(stage, { "access-timestamp": String(START_MS - 60_001) })).toBe("152405");
  expect(codeOf(stage, { "access-timestamp": String(START_MS + 60_001) })).toBe("152405");
  const twice = stage.request("GET", BALANCE);
  expect(JSON.parse(stage.send(twice).body)).toMatchObject({ code: "0" });
  expect(JSON.parse(stage.send(twice).body)).toMatchObject({ code: "152407" });
});

test("a delayed request is judged by the time at which it is handled", () => {
  const stage = new Stage();
  const late = stage.request("POST", "/api/v1/trade/order", ORDER);
  stage.pass(60_001);
  expect(JSON.parse(stage.send(late).body)).toMatchObject({ code: "152405" });
  expect(stage.account.fills).toEqual([]);
});

test("a key without the right to trade reads and does no more, and a revoked one does nothing", () => {
  const stage = new Stage();
  stage.exchange.changeKey(KEY.key, { rights: new Set(["READ"]) });
  expect(codeOf(stage, {})).toBe("0");
  expect(placed(stage, {})).toBe("152404");
  stage.exchange.revokeKey(KEY.key);
  expect(codeOf(stage, {})).toBe("152401");
});

test("unknown, missing and wrong parameters are refused by name", () => {
  const stage = new Stage({ limits: false });
  expect(placed(stage, { surprise: "1" })).toBe("152002");
  expect(placed(stage, { size: undefined })).toBe("152001");
  expect(placed(stage, { side: "up" })).toBe("152002");
  expect(placed(stage, { size: "1e1" })).toBe("152002");
  expect(placed(stage, { instId: "XYZ-USDT" })).toBe("152014");
  expect(stage.ask("POST", "/api/v1/trade/cancel-tpsl", { tpslId: "1" }).code).toBe("152004");
  expect(stage.ask("GET", "/api/v1/nowhere").code).toBe("404");
  expect(stage.account.orders.all()).toEqual([]);
});

test("the rules of the contract are enforced, each with its code", () => {
  const stage = new Stage({ limits: false });
  const at = (price: string, change: object = {}) => placed(stage, { orderType: "limit", price, ...change });
  expect(placed(stage, { size: "0.05" })).toBe("152002");
  expect(placed(stage, { size: "0.15" })).toBe("152002");
  expect(placed(stage, { size: "20000.1" })).toBe("102015");
  expect(at("59000", { size: "100000.1" })).toBe("102014");
  expect(at("59000.05")).toBe("152002");
  expect(at("70000")).toBe("102064");
  expect(at("50000", { side: "sell" })).toBe("102065");
  expect(placed(stage, { size: "1000" })).toBe("103003");
  expect(placed(stage, { reduceOnly: "true" })).toBe("102022");
  expect(placed(stage, { positionSide: "long" })).toBe("102089");
  expect(placed(stage, { clientOrderId: "a-b" })).toBe("152009");
  expect(placed(stage, { clientOrderId: "a".repeat(33) })).toBe("152009");
  stage.exchange.halt("BTC-USDT");
  expect(placed(stage, {})).toBe("152014");
});

test("a client order id is taken while its order rests, known for a day after, and free then", () => {
  const stage = new Stage({ limits: false });
  const resting = { orderType: "limit", price: "59000", clientOrderId: "once" };
  expect(placed(stage, resting)).toBe("0");
  expect(placed(stage, resting)).toBe("102002");
  stage.ask("POST", "/api/v1/trade/cancel-order", { clientOrderId: "once" });
  expect(placed(stage, resting)).toBe("150003");
  stage.pass(86_400_001);
  expect(stage.ask("GET", "/api/v1/trade/orders-history").data).toEqual([]);
  expect(stage.ask("GET", "/api/v1/trade/order-detail", { instId: "BTC-USDT", clientOrderId: "once" }).data).toBeNull();
  expect(placed(stage, resting)).toBe("0");
});

test("the kinds of orders do what they say", () => {
  const stage = new Stage({ limits: false });
  const states = (): string[] => stage.account.orders.all().map(({ type, state }) => `${type} ${state}`);
  for (const orderType of ["limit", "ioc", "fok", "post_only"]) placed(stage, { orderType, price: "60100", size: "0.1" });
  expect(states()).toEqual(["limit filled", "ioc filled", "fok filled", "post_only canceled"]);
  for (const orderType of ["limit", "ioc", "fok", "post_only"]) placed(stage, { orderType, price: "59000", size: "0.1" });
  expect(states().slice(4)).toEqual(["limit live", "ioc canceled", "fok canceled", "post_only live"]);
  stage.tape.write(1, 60_000, 60_000, 58_900, 59_500);
  stage.pass(120_000);
  expect(states().slice(4)).toEqual(["limit filled", "ioc canceled", "fok canceled", "post_only filled"]);
  expect(stage.account.fills.slice(3).map(({ liquidity, price }) => `${liquidity} ${price.toFixed()}`)).toEqual([
    "maker 59000",
    "maker 59000",
  ]);
});

test("requests beyond the address's limit shut it out for five minutes, and orders beyond the account's are refused alone", () => {
  const stage = new Stage();
  const codes = Array.from({ length: 31 }, () => placed(stage, { size: "0.1" }));
  expect(codes.filter((code) => code === "0").length).toBe(30);
  expect(codes.at(-1)).toBe("429");
  expect(codeOf(stage, {})).toBe("0");
  const statuses = Array.from({ length: 500 }, () => stage.send(stage.request("GET", BALANCE)).status);
  expect(statuses.filter((status) => status === 429).length).toBe(32);
  stage.pass(299_000);
  expect(stage.send(stage.request("GET", BALANCE)).status).toBe(429);
  stage.pass(2_000);
  expect(stage.send(stage.request("GET", BALANCE)).status).toBe(200);
});

test("every answer tells the exchange's time in its Date header, and maintenance answers nothing else", () => {
  const stage = new Stage();
  expect(stage.send(stage.request("GET", BALANCE)).headers.date).toBe("Mon, 05 Jan 2026 10:00:00 GMT");
  stage.door.maintenance = true;
  expect(stage.send(stage.request("GET", BALANCE)).status).toBe(503);
});

test("a reader that is behind sees orders, fills, positions and money as they were", () => {
  const stage = new Stage({ limits: false });
  stage.pass(10_000);
  placed(stage, { clientOrderId: "now" });
  placed(stage, { orderType: "limit", price: "59000" });
  const before = stage.nowMs - 1;
  const data = (path: string, seenMs: number): unknown => stage.ask("GET", path, undefined, seenMs).data;
  for (const path of ["orders-pending", "orders-history", "fills-history"]) {
    expect(data(`/api/v1/trade/${path}`, before)).toEqual([]);
    expect((data(`/api/v1/trade/${path}`, stage.nowMs) as unknown[]).length).toBe(1);
  }
  expect(data("/api/v1/account/positions", before)).toEqual([]);
  expect(data(BALANCE, before)).toMatchObject({ details: [{ balance: "1000" }] });
  expect(data(BALANCE, stage.nowMs)).toMatchObject({ details: [{ balance: decimal(1_000).minus("0.036").toFixed() }] });
});
