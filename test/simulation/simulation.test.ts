import { describe, expect, test } from "vitest";
import { crashPoints, scenarioJob, undisturbed } from "./crash-points.ts";
import { changed } from "./mutants/copy.ts";
import { optionsOf } from "./options.ts";
import { runSeed } from "./run.ts";
import { ProcessClock, WallClock } from "./world/clock.ts";
import { Timeline } from "./world/timeline.ts";

/** Every so many-th port call, so that it takes seconds; `npm run sim -- --crash-points` tries them all. */
const EVERY_CALL = 113;
const CRASH_SEED = 1;
const SHORT = { hours: 0.25, bots: 6 };

describe("the simulation", () => {
  test("gives an equal seed an equal hash over everything that happened, and another seed another one", async () => {
    const first = await runSeed({ ...SHORT, seed: 5 });
    const again = await runSeed({ ...SHORT, seed: 5 });
    expect(again.hash).toBe(first.hash);
    expect(again.counts).toEqual(first.counts);
    expect((await runSeed({ ...SHORT, seed: 6 })).hash).not.toBe(first.hash);
  });

  test("breaks no invariant in a few short runs, in which something happens", async () => {
    const counts = new Map<string, number>();
    for (let seed = 1; seed <= 4; seed += 1) {
      const result = await runSeed({ ...SHORT, seed });
      expect(result.violations, `npm run sim -- --seed ${seed} --hours ${SHORT.hours} --bots ${SHORT.bots}`).toEqual([]);
      for (const [id, times] of result.counts) counts.set(id, (counts.get(id) ?? 0) + times);
    }
    for (const id of ["P1", "D1", "antecedent 3: an order reaches its venue", "antecedent 4: a fill", "antecedent 16: a run ends quiet"])
      expect(counts.get(id) ?? 0, id).toBeGreaterThan(0);
  });

  test("has a referee that notices a disk which forgets", async () => {
    const found: string[] = [];
    for (let seed = 1; seed <= 12 && found.length === 0; seed += 1) {
      const { violations } = await runSeed({ ...SHORT, hours: 1, seed, canary: true });
      found.push(...violations.map(({ law }) => law));
    }
    expect(found).not.toEqual([]);
  });
});

describe("the simulation of several processes", () => {
  test("breaks no invariant in a few minutes, and counts who has which account", async () => {
    const { violations, counts } = await runSeed({ seed: 1, hours: 0.1, bots: 2, instances: { least: 3, most: 3 } });
    expect(violations, "npm run sim -- --seed 1 --hours 0.1 --bots 2 --instances 3").toEqual([]);
    const names = counts.map(([id]) => id);
    for (const id of ["antecedent 31: an account is taken", "antecedent 3: an order reaches its venue", "antecedent 16: a run ends quiet"])
      expect(names).toContain(id);
  }, 60_000);
});

describe("a death at a port call", () => {
  test("breaks nothing at any of a few dozen places of a short day with an entry, an exit, a stop, a start and a panic", async () => {
    const { portCalls } = await undisturbed(CRASH_SEED);
    const broken: string[] = [];
    for (const crash of crashPoints(portCalls, EVERY_CALL)) {
      const { violations } = await runSeed(scenarioJob(CRASH_SEED, crash));
      const replay = `npm run sim -- --crash-points --from ${CRASH_SEED} --at ${crash.call} --when ${crash.when}`;
      for (const { law, text } of violations) broken.push(`${replay}: invariant ${law}: ${text}`);
    }
    expect(broken).toEqual([]);
    expect(portCalls / EVERY_CALL).toBeGreaterThan(10);
  }, 60_000);
});

describe("virtual time", () => {
  test("lets everything that a happening led to be done before the next one", async () => {
    const timeline = new Timeline();
    const seen: string[] = [];
    timeline.at(10, () => {
      void (async () => {
        for (let step = 0; step < 50; step += 1) await undefined;
        seen.push(`first, done at ${timeline.nowMs}`);
      })();
    });
    timeline.at(10, () => void seen.push(`second at ${timeline.nowMs}`));
    await timeline.runUntil(1_000);
    expect(seen).toEqual(["first, done at 10", "second at 10"]);
    expect(timeline.nowMs).toBe(1_000);
  });

  test("plays six hours of beats with several sleeps each", async () => {
    const timeline = new Timeline();
    const wall = new WallClock(timeline, Date.UTC(2026, 0, 1));
    const clock = new ProcessClock(timeline, wall);
    let woken = 0;
    const beat = (): void => {
      timeline.after(1_000, beat);
      for (const delayMs of [1, 250, 250, 900]) void clock.sleep(delayMs).then(() => (woken += 1));
    };
    timeline.after(1_000, beat);
    await timeline.runUntil(21_600_000);
    expect(woken).toBe(4 * 21_599);
    expect(clock.sleeping).toBe(4);
  });

  test("ends a sleep early when it is aborted, once", async () => {
    const timeline = new Timeline();
    const clock = new ProcessClock(timeline, new WallClock(timeline, 0));
    const abort = new AbortController();
    let woken = 0;
    void clock.sleep(5_000, abort.signal).then(() => (woken += 1));
    timeline.at(100, () => abort.abort());
    await timeline.runUntil(200);
    expect([woken, clock.sleeping]).toEqual([1, 0]);
    await timeline.runUntil(10_000);
    expect([woken, clock.sleeping]).toEqual([1, 0]);
  });

  test("has a wall clock that steps and drifts while monotonic time and sleeps do not notice", async () => {
    const timeline = new Timeline();
    const wall = new WallClock(timeline, 1_000_000);
    const clock = new ProcessClock(timeline, wall);
    wall.set(-90_000, 500);
    await timeline.runUntil(100_000);
    expect([clock.wall(), clock.monotonicMs()]).toEqual([1_000_000 + 100_000 - 90_000 + 50, 100_000]);
    expect(wall.trueMs()).toBe(1_100_000);
  });
});

describe("a mutant", () => {
  test("is refused when its text does not stand in the source exactly once", () => {
    const change = { file: "src/a.ts", find: "x = 1;", put: "x = 2;" };
    expect(changed("let x = 1;", change)).toBe("let x = 2;");
    expect(() => changed("let x = 3;", change)).toThrow("found it 0 times");
    expect(() => changed("x = 1; x = 1;", change)).toThrow("found it 2 times");
  });
});

describe("the command line", () => {
  test("replays one seed, and takes a span in which to play as many as fit", () => {
    expect(optionsOf(["--seed", "42"])).toMatchObject({ mode: "one", from: 42, seeds: 1, hours: 6, bots: 20 });
    expect(optionsOf(["--minutes", "4", "--from", "100"])).toMatchObject({ mode: "seeds", from: 100, minutes: 4 });
    const point = optionsOf(["--crash-points", "--at", "17", "--when", "after"]);
    expect(point).toMatchObject({ mode: "crash-points", from: 1, every: 1, crash: { call: 17, when: "after" } });
    expect(optionsOf(["--instances", "3"])).toMatchObject({ instances: { least: 3, most: 3 } });
    expect(optionsOf(["--cluster"])).toMatchObject({ instances: { least: 2, most: 5 } });
    expect(() => optionsOf(["--instances", "1..3"])).toThrow(
      '--instances must be a number from 2 to 9 or two of them, as 2..5, found "1..3"',
    );
    expect(() => optionsOf(["--seeds", "many"])).toThrow('--seeds must be a number that is not negative, found "many"');
  });
});
