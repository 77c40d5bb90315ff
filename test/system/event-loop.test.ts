import { expect, test } from "vitest";
import { watchEventLoop } from "../../src/system/event-loop.ts";

test("the delay of the event loop is told in order, never below zero, and of a moment without timers it is nothing", () => {
  const read = watchEventLoop();
  for (let reading = 0; reading < 2; reading++) {
    const { medianMs, p99Ms, maxMs } = read();
    expect([medianMs, p99Ms, maxMs]).toEqual([0, 0, 0]);
  }
});
