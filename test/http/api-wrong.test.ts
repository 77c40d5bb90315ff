import { beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { TransientError } from "../../src/domain/errors.ts";
import { ApiRig } from "./api/rig.ts";

let api: ApiRig;
let token: string;

beforeEach(async () => {
  api = await ApiRig.open();
  token = await api.token("ci", "trader");
});

const told = async (method: "GET" | "POST", url: string, body?: unknown) => {
  const { status, body: answer } = await api.ask(method, url, { token, ...(body === undefined ? {} : { body }) });
  return [status, answer];
};

describe("what is wrong in a request is told in one sentence", () => {
  const CREATE = { inst_id: "BTC-USDT", strategy: "ema-cross", timeframe: "5m" };
  const VALUE = "expected text, a number, true or false, a list of at most 50 of the first two, or an object of numbers";
  test.each([
    ["body.inst_id: expected text, found nothing.", { strategy: "dca" }],
    ["body.inst_id: expected text, found null.", { ...CREATE, inst_id: null }],
    ["body.inst_id: expected a symbol such as BTC-USDT or BTC-USDT-USDT.", { ...CREATE, inst_id: "BTC/USDT" }],
    [`body.size: ${VALUE}.`, { ...CREATE, size: null }],
    [`body.params: ${VALUE}.`, { ...CREATE, params: { fast: "9" } }],
    ["body.name: expected at most 500 characters.", { ...CREATE, name: "x".repeat(501) }],
    ["body: expected only fields of docs/openapi.json, found symbol, other.", { ...CREATE, symbol: "ETH/USDT", other: 1 }],
    ["body: expected an object, found a list.", []],
  ])("of a body: %s", async (error, body) => {
    expect(await told("POST", "/api/positions", body)).toEqual([400, { error }]);
    expect(api.desk.engine.bots()).toEqual([]);
  });

  test.each([
    ["/api/market/data/BTC-USDT?limit=many", "querystring.limit: expected a number, found something else."],
    ["/api/market/data/BTC-USDT?limit=5&limit=6", "querystring.limit: expected a number, found something else."],
    ["/api/market/data/BTC-USDT?limit=1.5", "querystring.limit: expected a whole number, found a number."],
    ["/api/market/data/BTC-USDT?limit=0", "querystring.limit: expected at least 1."],
    ["/api/market/data/BTC-USDT?limit=1001", "querystring.limit: expected at most 1000."],
    ["/api/bots/statistics?since=2021-02-29", "querystring.since: expected a day such as 2026-05-19."],
    [
      "/api/bots/statistics?by=owner",
      "querystring.by: expected one of bot, strategy, symbol, group, day, week, month, found something else.",
    ],
    // A misspelt name would give the prices of another market, or all bots, without a word.
    ["/api/market/data/BTC-USDT?exchnage=binance", "querystring: expected only fields of docs/openapi.json, found exchnage."],
    ["/api/market/pairs?pages=2", "querystring: expected only fields of docs/openapi.json, found pages."],
    ["/api/analyze/BTC-USDT?timefame=1h", "querystring: expected only fields of docs/openapi.json, found timefame."],
    ["/api/bots/statistics?from=2026-05-19", "querystring: expected only fields of docs/openapi.json, found from."],
    ["/api/positions?status=running", "querystring: expected only fields of docs/openapi.json, found status."],
  ])("of %s", async (url, error) => {
    expect(await told("GET", url)).toEqual([400, { error }]);
  });

  test("of an address that cannot be read, with the headers of every answer", async () => {
    for (const [part, status, error] of [
      ["%zz", 400, "The address is not understood: a % in it is followed by two hex digits, and stands for UTF-8."],
      ["%ff", 400, "The address is not understood: a % in it is followed by two hex digits, and stands for UTF-8."],
      ["x".repeat(101), 414, "A part of the address is too long; at most 100 characters are read."],
    ] as const) {
      const answer = await api.ask("POST", `/api/positions/${part}/stop`, { token });
      expect([answer.status, answer.body]).toEqual([status, { error }]);
      expect(answer.headers).toMatchObject({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
    }
  });

  test("of a body that is not sent as JSON", async () => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "text/plain" };
    const answer = await api.app.inject({ method: "POST", url: "/api/positions", headers, payload: JSON.stringify(CREATE) });
    expect([answer.statusCode, answer.json()]).toEqual([415, { error: "Send the body as application/json." }]);
  });

  test("of a method that its address does not take, with those that it takes", async () => {
    const list = await api.ask("GET", "/api/commands/bot/list?x=1", { token });
    expect([list.status, list.headers.allow, list.body]).toEqual([405, "POST", { error: "GET is not taken here; send POST." }]);
    const { headers } = await api.ask("POST", "/api/market/data/BTC-USDT", { token });
    expect(headers.allow).toBe("GET, HEAD");
    expect((await api.ask("GET", "/api/positions/dip/start", { token })).status).toBe(405);
    expect((await api.ask("GET", "/api/positions/dip", { token })).status).toBe(404);
  });
});

test("a command that could not end says that the same Idempotency-Key will not try again", async () => {
  api.desk.engine.failure = new TransientError("no answer");
  const operator = await api.token("hand", "operator");
  const halt = (key: string) => api.ask("POST", "/api/commands/system/halt", { token: operator, body: { reason: "x" }, key });
  const first = await halt("h1");
  expect([first.status, first.body.hint]).toEqual([503, expect.stringContaining("another Idempotency-Key")]);
  api.desk.engine.failure = undefined;
  expect(await halt("h1")).toMatchObject({ status: 503, body: first.body });
  expect((await halt("h2")).status).toBe(200);
});

test("every route describes its errors, as JSON", async () => {
  await api.app.ready();
  const operation = z.object({ responses: z.object({ default: z.object({ content: z.object({ "application/json": z.unknown() }) }) }) });
  z.record(z.string(), z.record(z.string(), operation)).parse(api.app.swagger().paths);
});
