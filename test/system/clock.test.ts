import { describe, expect, test } from "vitest";
import { systemChance } from "../../src/system/chance.ts";
import { systemClock } from "../../src/system/clock.ts";
import { FakeClock, manualBeat, seededChance } from "../kit/fake-clock.ts";

describe("the system clock", () => {
  const clock = systemClock();

  test("sleeps at least as long as asked and ends at once when aborted", async () => {
    const startMs = clock.monotonicMs();
    await clock.sleep(20);
    expect(clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(18);

    const abort = new AbortController();
    const sleeping = clock.sleep(Number.MAX_SAFE_INTEGER, abort.signal);
    abort.abort();
    await sleeping;
    await clock.sleep(60_000, abort.signal);
    expect(clock.monotonicMs() - startMs).toBeLessThan(10_000);
  });

  test("does not wake at once from a sleep longer than a timer can hold", async () => {
    const abort = new AbortController();
    let awake = false;
    const sleeping = clock.sleep(2 ** 40, abort.signal).then(() => {
      awake = true;
    });
    await clock.sleep(20);
    expect(awake).toBe(false);
    abort.abort();
    await sleeping;
  });

  test("lets pending timers and I/O run while a loop breathes", async () => {
    let ran = false;
    setImmediate(() => {
      ran = true;
    });
    await clock.breathe();
    expect(ran).toBe(true);
  });
});

test("chance draws every letter and digit about equally often", () => {
  const text = systemChance().token(36_000);
  expect(text).toMatch(/^[a-z0-9]{36000}$/);
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  expect(counts.size).toBe(36);
  for (const [letter, count] of counts) expect(Math.abs(count - 1000), letter).toBeLessThan(250);
});

test("chance gives as many bytes as asked, others each time", () => {
  const chance = systemChance();
  const drawn = Array.from({ length: 100 }, () => chance.bytes(12));
  expect(drawn.every((bytes) => bytes.length === 12)).toBe(true);
  expect(new Set(drawn.map((bytes) => bytes.toString("hex"))).size).toBe(100);
  expect(seededChance(7).bytes(20)).toEqual(seededChance(7).bytes(20));
});

describe("the fake clock", () => {
  test("wakes sleeps in order of their time, also those begun meanwhile", async () => {
    const clock = new FakeClock(1_000);
    const woken: string[] = [];
    const sleeper = async (name: string, ...delaysMs: number[]) => {
      for (const delayMs of delaysMs) {
        await clock.sleep(delayMs);
        woken.push(`${name}@${clock.wall()}`);
      }
    };
    const all = Promise.all([sleeper("a", 30, 20), sleeper("b", 10, 10, 10), sleeper("c", 1_000)]);
    await clock.advance(50);
    expect(woken).toEqual(["b@1010", "b@1020", "a@1030", "b@1030", "a@1050"]);
    expect(clock.sleeping).toBe(1);
    await clock.advance(1_000);
    await all;
    expect(clock.monotonicMs()).toBe(1_050);
  });

  test("steps wall time backwards without moving monotonic time or a sleep", async () => {
    const clock = new FakeClock(10_000);
    let awake = false;
    const sleeping = clock.sleep(100).then(() => {
      awake = true;
    });
    clock.stepWall(-5_000);
    expect(clock.wall()).toBe(5_000);
    await clock.advance(99);
    expect(awake).toBe(false);
    await clock.advance(1);
    await sleeping;
    expect(clock.wall()).toBe(5_100);
  });

  test("ends a sleep when its signal is aborted and forgets it", async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const sleeping = clock.sleep(1_000, abort.signal);
    abort.abort();
    await sleeping;
    expect(clock.sleeping).toBe(0);
  });
});

test("seeded chance repeats for an equal seed and differs for another", () => {
  expect(seededChance(7).token(20)).toBe(seededChance(7).token(20));
  expect(seededChance(7).token(20)).not.toBe(seededChance(8).token(20));
  const chance = seededChance(7);
  expect(chance.token(20)).not.toBe(chance.token(20));
});

test("a manual beat runs when fired, never over itself, and not after stop", async () => {
  const beat = manualBeat();
  let beats = 0;
  beat.start(async () => {
    beats++;
    await beat.fire();
  });
  await beat.fire();
  expect(beats).toBe(1);
  beat.stop();
  await beat.fire();
  expect(beats).toBe(1);
});
