import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { ENDPOINTS } from "../../src/shenron/endpoints.ts";
import { isSignedBy, signatureOf } from "../../src/shenron/signature.ts";
import { ReporterRig } from "./reporter.rig.ts";
import { KEY } from "./service-double.ts";

interface Operation {
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: object } } };
  readonly responses: Readonly<Record<string, { readonly content: { readonly "application/json": { readonly schema: object } } }>>;
}

const document = JSON.parse(readFileSync(join(import.meta.dirname, "../../docs/shenron.openapi.json"), "utf8")) as {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
const operationOf = (path: string, method: string): Operation => document.paths[path]![method]!;

describe("docs/shenron.openapi.json", () => {
  test("is OpenAPI 3.1 with every endpoint, its schemas valid", () => {
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths)).toEqual(Object.values(ENDPOINTS).map(({ path }) => path));
    const ajv = new Ajv({ strict: false });
    for (const { path, method, body } of Object.values(ENDPOINTS)) {
      const { requestBody, responses } = operationOf(path, method.toLowerCase());
      expect(requestBody !== undefined).toBe(body !== undefined);
      if (requestBody) ajv.compile(requestBody.content["application/json"].schema);
      for (const { content } of Object.values(responses)) ajv.compile(content["application/json"].schema);
    }
  });

  test("describes what the reporter really sends, and not something else", async () => {
    const rig = new ReporterRig();
    rig.fills(1, 3);
    const result = { realized: "1.5", fees: "0.1", fills: 2, closes: 1, wins: 1 };
    const before = { day: "2021-05-18", ...result, bots: [{ name: "dip", symbol: "BTC/USDT", ...result }], botsLeftOut: 0 };
    rig.dayOf = () => ({ day: "2021-05-19", mode: "paper", currency: "USDT", openingEquity: "10001.5", before });
    const values = { type: "wish-denied", slotMs: 0, wish: "enter", reason: "r", because: "b", values: {} } as const;
    rig.streams.append("account:a", { ...values, slotMs: 0 as never, botId: "dip", code: "cash" });
    rig.streams.append("account:a", { type: "day-started", day: "2021-05-19", equity: "unused" as never });
    const reporter = rig.start();
    await rig.settle(reporter);
    await reporter.stop();
    expect([...rig.service.kinds]).toEqual([
      ["execution", 3],
      ["denial", 1],
      ["day", 1],
      ["incident", 1],
    ]);
    const { schema } = operationOf("/v1/reports", "post").requestBody!.content["application/json"];
    const isReport = new Ajv({ strict: false }).compile(schema);
    for (const { body } of rig.service.requests) {
      const sent = JSON.parse(body);
      expect(isReport(sent), JSON.stringify(isReport.errors)).toBe(true);
      expect(isReport({ ...sent, version: 2 })).toBe(false);
    }
  });
});

describe("A signature", () => {
  const signed = { method: "POST", path: "/v1/reports", timestampMs: 1, idempotencyKey: "k", body: "{}" };

  test("covers method, path, timestamp, idempotency key and body", () => {
    const right = signatureOf(signed, KEY);
    expect(right).toMatch(/^v1=[0-9a-f]{64}$/);
    expect(isSignedBy(right, signed, KEY)).toBe(true);
    const changed = [{ method: "GET" }, { path: "/v1/status" }, { timestampMs: 2 }, { idempotencyKey: "l" }, { body: "{ }" }];
    for (const change of changed) expect(isSignedBy(right, { ...signed, ...change }, KEY)).toBe(false);
    for (const wrong of ["", "v1=", right.slice(0, -1), `${right}0`]) expect(isSignedBy(wrong, signed, KEY)).toBe(false);
  });
});
