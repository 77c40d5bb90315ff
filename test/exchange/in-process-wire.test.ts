import { describe, expect, test } from "vitest";
import type { WireCall } from "../../src/venues/wire.ts";
import { InProcessWire, type InProcessWireOptions } from "../kit/exchange/in-process-wire.ts";
import { ScriptedFaults } from "../kit/exchange/scripted-faults.ts";
import { spotSigner } from "../kit/exchange/spot/sign.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { KEY, SECRET, SpotStage, START_MS } from "./spot-stage.ts";

const TIMEOUT_MS = 3_000;
const TIME: WireCall = { method: "GET", path: "/api/v3/time", params: {}, signed: false, timeoutMs: TIMEOUT_MS };
const ORDER: WireCall = {
  method: "POST",
  path: "/api/v3/order",
  params: { symbol: "BTCUSDT", side: "BUY", type: "MARKET", quantity: "0.01", newClientOrderId: "a1" },
  signed: true,
  timeoutMs: TIMEOUT_MS,
};

function wired(options: Partial<InProcessWireOptions> = {}) {
  const stage = new SpotStage();
  const clock = new FakeClock(START_MS);
  const faults = new ScriptedFaults();
  const sign = spotSigner({ key: KEY, secret: SECRET });
  const wire = new InProcessWire({ door: stage.door, clock, sign, faults, ...options });
  return { stage, clock, faults, wire, orders: () => stage.account.orders.length };
}

describe("the wire in process", () => {
  test("answers at once, in the exchange's own words", async () => {
    const { wire, orders } = wired();
    expect(await wire.send(TIME)).toMatchObject({ phase: "answered", status: 200, body: { serverTime: START_MS } });
    expect(await wire.send(ORDER)).toMatchObject({ phase: "answered", status: 200, body: { clientOrderId: "a1", status: "FILLED" } });
    expect(orders()).toBe(1);
  });

  test("signs with the caller's clock and its offset, so that a wrong clock is refused", async () => {
    const { wire, orders } = wired({ venueNow: () => START_MS + 90_000 });
    expect(await wire.send(ORDER)).toMatchObject({ status: 400, body: { code: -1021 } });
    wire.setOffset(90_000);
    expect(await wire.send(ORDER)).toMatchObject({ status: 200 });
    expect(orders()).toBe(1);
  });

  test.each([
    ["the request is lost on its way", { lost: "on-the-way" }, 0],
    ["the answer is lost after the order was taken", { answer: "lost" }, 1],
    ["the body stalls", { answer: "stall" }, 1],
  ] as const)("times out when %s", async (_name, fault, accepted) => {
    const { wire, clock, faults, orders } = wired();
    faults.next("POST /api/v3/order", fault);
    const sent = wire.send(ORDER);
    await clock.advance(TIMEOUT_MS - 1);
    expect(clock.sleeping).toBe(1);
    await clock.advance(1);
    expect(await sent).toMatchObject({ phase: "lost" });
    expect(orders()).toBe(accepted);
  });

  test("delivers a late request after the caller gave up, and the exchange refuses it only outside of its window", async () => {
    for (const [delayMs, accepted] of [
      [4_000, 1],
      [6_000, 0],
    ] as const) {
      const { wire, clock, faults, orders } = wired();
      faults.next("POST /api/v3/order", { delayMs });
      const sent = wire.send(ORDER);
      await clock.advance(TIMEOUT_MS);
      expect(await sent).toMatchObject({ phase: "lost" });
      expect(orders()).toBe(0);
      await clock.advance(delayMs);
      expect(orders(), `${delayMs} ms`).toBe(accepted);
    }
  });

  test("says that nothing was sent when no connection opened", async () => {
    const { wire, faults, orders } = wired();
    faults.next("POST /api/v3/order", { lost: "before-bytes" });
    expect(await wire.send(ORDER)).toMatchObject({ phase: "not-sent" });
    expect(orders()).toBe(0);
  });

  test.each(["empty", "torn", "html"] as const)("has no body for an answer that is %s", async (answer) => {
    const { wire, faults, orders } = wired();
    faults.next("POST /api/v3/order", { answer });
    const { body, ...rest } = (await wire.send(ORDER)) as { body: unknown };
    expect(rest).toMatchObject({ phase: "answered", status: 200 });
    expect(body).toBeUndefined();
    expect(orders()).toBe(1);
  });

  test("answers what stands in front of the exchange instead, and a code after the order was taken", async () => {
    const { wire, faults, orders } = wired();
    const gateway = { status: 502, headers: {}, body: "<html>" };
    faults.next("POST /api/v3/order", { instead: gateway });
    expect(await wire.send(ORDER)).toMatchObject({ phase: "answered", status: 502, body: undefined });
    expect(orders()).toBe(0);
    faults.next("POST /api/v3/order", { answer: { status: 503, headers: {}, body: '{"code":-1007,"msg":"Timeout"}' } });
    expect(await wire.send(ORDER)).toMatchObject({ status: 503, body: { code: -1007 } });
    faults.next("POST /api/v3/order", { answer: "reset" });
    expect(await wire.send(ORDER)).toMatchObject({ phase: "lost" });
    expect(orders()).toBe(2);
    expect(faults.left).toBe(0);
  });

  test("lets a lagging replica answer reads with what was true then", async () => {
    const { wire, clock, faults } = wired();
    await wire.send(ORDER);
    const read: WireCall = { ...ORDER, method: "GET", params: { symbol: "BTCUSDT", origClientOrderId: "a1" } };
    await clock.advance(1_000);
    faults.next("GET /api/v3/order", { lagMs: 2_000 });
    expect(await wire.send(read)).toMatchObject({ status: 400, body: { code: -2013 } });
    expect(await wire.send(read)).toMatchObject({ status: 200, body: { status: "FILLED" } });
  });

  test("takes time on the way there and back, and gives up when the way back is too long", async () => {
    const { wire, clock, orders } = wired({ latencyMs: (call) => ({ there: 40, back: call.method === "POST" ? TIMEOUT_MS : 60 }) });
    const asked = wire.send(TIME);
    await clock.advance(100);
    expect(await asked).toMatchObject({ body: { serverTime: START_MS + 40 } });
    const sent = wire.send(ORDER);
    await clock.advance(TIMEOUT_MS);
    expect(await sent).toMatchObject({ phase: "lost" });
    expect(orders()).toBe(1);
  });

  test("delivers in the exchange's own time when the caller has died, and tells what reached the exchange", async () => {
    const waiting: (() => void)[] = [];
    const heard: string[] = [];
    const { wire, clock, faults, orders } = wired({
      later: (_delayMs, run) => waiting.push(run),
      onExchange: ({ request, answer }) => heard.push(`${request.method} ${answer?.status ?? "lost"}`),
    });
    faults.next("POST /api/v3/order", { delayMs: TIMEOUT_MS });
    faults.next("POST /api/v3/order", { lost: "on-the-way" });
    void wire.send(ORDER);
    void wire.send(ORDER);
    await clock.advance(TIMEOUT_MS);
    expect([orders(), heard]).toEqual([0, ["POST lost"]]);
    for (const run of waiting) run();
    expect([orders(), heard]).toEqual([1, ["POST lost", "POST 200"]]);
    await wire.close();
    expect(await wire.send(TIME)).toMatchObject({ phase: "not-sent" });
  });
});
