import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Logger } from "../../src/ports/logger.ts";
import { cronBeat } from "../../src/system/cron.ts";

const errors: unknown[] = [];
const logger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (facts) => void errors.push(facts.error),
  child: () => logger,
};

beforeEach(() => {
  errors.length = 0;
  vi.useFakeTimers({ now: Date.UTC(2026, 2, 29, 0, 59, 57, 500) });
});
afterEach(() => {
  vi.useRealTimers();
});

test("the beat comes every second, also across a daylight saving change, until stopped", async () => {
  const beat = cronBeat(logger);
  const seconds: number[] = [];
  beat.start(async () => void seconds.push(Math.floor(Date.now() / 1000)));
  expect(() => beat.start(async () => {})).toThrow("running already");
  await vi.advanceTimersByTimeAsync(5_000);
  beat.stop();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(seconds.length).toBe(5);
  expect(seconds).toEqual(seconds.map((_, index) => seconds[0]! + index));
  expect(errors).toEqual([]);
});

test("a beat that throws or rejects is logged and the next one comes", async () => {
  const beat = cronBeat(logger);
  let beats = 0;
  beat.start(() => {
    beats++;
    if (beats === 1) throw new Error("thrown");
    return beats === 2 ? Promise.reject(new Error("rejected")) : Promise.resolve();
  });
  await vi.advanceTimersByTimeAsync(4_000);
  beat.stop();
  expect(beats).toBe(4);
  expect(errors.map((error) => (error as Error).message)).toEqual(["thrown", "rejected"]);
});

test("a slow beat is not overlapped by the next", async () => {
  const beat = cronBeat(logger);
  let running = 0;
  let most = 0;
  let beats = 0;
  beat.start(async () => {
    beats++;
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    running--;
  });
  await vi.advanceTimersByTimeAsync(9_000);
  beat.stop();
  expect(most).toBe(1);
  expect(beats).toBe(3);
});
