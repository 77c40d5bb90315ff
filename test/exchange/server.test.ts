import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ScriptedFaults } from "../kit/exchange/scripted-faults.ts";
import { ExchangeServer } from "../kit/exchange/server.ts";
import { KEY, SECRET, SpotStage } from "./spot-stage.ts";

const PATIENCE_MS = 250;
const TIME = "/api/v3/time";

describe("the server of simulated exchanges", () => {
  let stage: SpotStage;
  let server: ExchangeServer;
  let faults: ScriptedFaults;
  let base: string;

  beforeEach(async () => {
    stage = new SpotStage();
    faults = new ScriptedFaults();
    const sleep = (delayMs: number) => {
      stage.nowMs += delayMs;
      return Promise.resolve();
    };
    server = new ExchangeServer({ doors: { "": stage.door }, now: () => stage.nowMs, faults, sleep });
    base = await server.listen();
  });
  afterEach(() => server.close());

  /** How a call ends: its status and text, or where it broke. */
  async function ended(path = TIME): Promise<string> {
    const head = await fetch(`${base}${path}`, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: "manual" }).catch(
      (error: Error) => error,
    );
    if (head instanceof Error) return `no answer: ${head.name}`;
    const text = await head.text().catch((error: Error) => `no body: ${error.name}`);
    return `${head.status} ${text}`;
  }

  test("answers as the exchange does, and remembers both sides", async () => {
    expect(await ended()).toBe(`200 {"serverTime":${stage.nowMs}}`);
    expect(server.log).toMatchObject([{ request: { method: "GET", path: TIME, query: "" }, answer: { status: 200 }, fault: undefined }]);
    expect(await ended("/nowhere")).toContain("404");
  });

  test.each([
    ["lost before it arrives", { lost: "before-bytes" }, /^no answer: TypeError$/],
    ["lost on the way", { lost: "on-the-way" }, /^no answer: TimeoutError$/],
    ["handled and never answered", { answer: "lost" }, /^no answer: TimeoutError$/],
    ["reset", { answer: "reset" }, /^no answer: TypeError$/],
    ["empty", { answer: "empty" }, /^200 $/],
    ["torn", { answer: "torn" }, /^200 \{"serverTi[^}]*$/],
    ["html", { answer: "html" }, /^200 <html>/],
    ["stalled", { answer: "stall" }, /^200 no body: TimeoutError$/],
    ["of a wrong shape", { answer: "wrong-shape" }, /^200 \{\}$/],
    ["a gateway's", { instead: { status: 502, headers: { "content-type": "text/html" }, body: "<html>" } }, /^502 <html>$/],
    ["a redirect", { instead: { status: 302, headers: { location: "/" }, body: "" } }, /^302 $/],
  ] as const)("spoils the next answer of a route and no other: %s", async (_name, fault, outcome) => {
    faults.next(`GET ${TIME}`, fault);
    expect(await ended("/api/v3/ping")).toBe("200 {}");
    expect(await ended()).toMatch(outcome);
    expect(faults.left).toBe(0);
    expect(await ended()).toMatch(/^200 \{"serverTime":\d+\}$/);
  });

  test("delivers a delayed request with its old signature, and the exchange refuses it", async () => {
    faults.next("POST /api/v3/order", { delayMs: 6_000 });
    const form = `symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&timestamp=${stage.nowMs}`;
    const body = `${form}&signature=${createHmac("sha256", SECRET).update(form).digest("hex")}`;
    const headers = { "x-mbx-apikey": KEY, "content-type": "application/x-www-form-urlencoded" };
    const answer = await fetch(`${base}/api/v3/order`, { method: "POST", headers, body });
    expect(await answer.json()).toMatchObject({ code: -1021 });
    expect(stage.account.orders).toEqual([]);
  });
});
