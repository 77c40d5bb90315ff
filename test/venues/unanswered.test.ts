import { describe, expect, it } from "vitest";
import { Unanswered } from "../../src/venues/unanswered.ts";
import type { Wire, WireAnswer, WireCall } from "../../src/venues/wire.ts";

const WINDOW_MS = 5_000;
const ORDER: WireCall = { method: "POST", path: "/api/v3/order", params: {}, signed: true, timeoutMs: 4_000, priority: "exit" };
const ANSWERED: WireAnswer = { phase: "answered", status: 200, headers: new Map(), body: {} };

function opened(answers: (call: WireCall) => Promise<WireAnswer>): { readonly wire: Unanswered; readonly clock: { nowMs: number } } {
  const clock = { nowMs: 1_000 };
  const inner: Wire = { send: answers, setOffset: () => undefined, close: async () => undefined };
  return { wire: new Unanswered(inner, { monotonicMs: () => clock.nowMs }, WINDOW_MS), clock };
}

describe("what a venue may still take", () => {
  it("is a change whose answer was lost, until the venue's time for it is up", async () => {
    const { wire, clock } = opened(async () => ({ phase: "lost", reason: "no answer" }));
    await wire.send(ORDER);
    expect(wire.any).toBe(true);
    clock.nowMs += WINDOW_MS - 1;
    expect(wire.any).toBe(true);
    clock.nowMs += 1;
    expect(wire.any).toBe(false);
  });

  it("is a change that is on its way, and nothing once it was answered", async () => {
    const answer = Promise.withResolvers<WireAnswer>();
    const { wire } = opened(() => answer.promise);
    const sent = wire.send(ORDER);
    expect(wire.any).toBe(true);
    answer.resolve(ANSWERED);
    await sent;
    expect(wire.any).toBe(false);
  });

  it.each([500, 502, 503, 504])("is a change to which only HTTP %i was said: that tells nothing of what becomes of it", async (status) => {
    const { wire, clock } = opened(async () => ({ phase: "answered", status, headers: new Map(), body: { code: -1006 } }));
    await wire.send(ORDER);
    expect(wire.any).toBe(true);
    clock.nowMs += WINDOW_MS;
    expect(wire.any).toBe(false);
  });

  it("is no reading, and nothing that never left", async () => {
    const { wire } = opened(async ({ method }) =>
      method === "GET" ? { phase: "lost", reason: "no answer" } : { phase: "not-sent", reason: "barred" },
    );
    await wire.send({ ...ORDER, method: "GET", priority: "read" });
    await wire.send(ORDER);
    expect(wire.any).toBe(false);
  });
});
