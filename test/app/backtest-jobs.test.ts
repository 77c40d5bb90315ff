import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { OFFERED_MAX_MS, SILENT_MAX_MS } from "../../src/app/backtest-jobs.ts";
import { BacktestThreads } from "../../src/app/backtest-threads.ts";
import { TransientError, UserError } from "../../src/domain/errors.ts";
import { decimal } from "../../src/domain/money.ts";
import { DAY_MS } from "../../src/domain/time.ts";
import { systemClock } from "../../src/system/clock.ts";
import { by } from "../kit/engine-rig.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { JobsRig, market, RESULT, WISH } from "./backtest-jobs.rig.ts";

describe("a backtest of a desk of several processes", () => {
  let clock: FakeClock;
  let rig: JobsRig;
  beforeEach(() => {
    clock = new FakeClock();
    rig = new JobsRig(clock);
  });
  afterEach(async () => {
    rig.end();
    await clock.advance(2_000);
  });

  test("is done by an engine, tells how far it is, and is kept once", async () => {
    const { bench } = rig.engine();
    const { told, done } = rig.wanted();
    await clock.advance(1_000);
    expect(bench.runs.map(({ id }) => id)).toEqual(["r1"]);
    bench.runs[0]?.onProgress(market.startMs + DAY_MS);
    await clock.advance(2 * SILENT_MAX_MS);
    expect(new Set(told)).toEqual(new Set([market.startMs + DAY_MS]));
    bench.runs[0]?.resolve(RESULT);
    await clock.advance(1_000);
    expect(await done).toMatchObject({ id: "t1", by: "discord:1", result: RESULT });
    expect(rig.ledger.ofType("backtest-done")).toHaveLength(1);
    expect(rig.here.runs).toEqual([]);
  });

  test("has a number of its own though another one ends at the same moment", async () => {
    const write = rig.ledger.append.bind(rig.ledger);
    rig.ledger.append = async (events, requestId) => {
      await clock.sleep(50);
      return write(events, requestId);
    };
    const [one, other] = [rig.wanted("r1", "discord:1"), rig.wanted("r2", "discord:2")];
    await clock.advance(OFFERED_MAX_MS);
    for (const { resolve } of rig.here.runs) resolve(RESULT);
    await clock.advance(1_000);
    expect([(await one.done).id, (await other.done).id]).toEqual(["t1", "t2"]);
  });

  test("is done in this process when no engine begins it, and no engine begins it afterwards", async () => {
    const { done } = rig.wanted();
    await clock.advance(OFFERED_MAX_MS);
    expect(rig.here.runs).toHaveLength(1);
    const { bench } = rig.engine();
    await clock.advance(20_000);
    expect(bench.runs).toEqual([]);
    rig.here.runs[0]?.resolve(RESULT);
    expect((await done).id).toBe("t1");
  });

  test("is done in this process when the only engine has another one to do, and in the engine after that", async () => {
    const { bench } = rig.engine();
    const first = rig.wanted("r1", "discord:1");
    await clock.advance(1_000);
    const second = rig.wanted("r2", "discord:2");
    await clock.advance(OFFERED_MAX_MS);
    expect([bench.runs.map(({ id }) => id), rig.here.runs.map(({ id }) => id)]).toEqual([["r1"], ["r2"]]);
    for (const { resolve } of [...bench.runs, ...rig.here.runs]) resolve(RESULT);
    await clock.advance(1_000);
    expect([(await second.done).id, (await first.done).id]).toEqual(["t1", "t2"]);
    rig.wanted("r3");
    await clock.advance(1_000);
    expect(bench.runs.map(({ id }) => id)).toEqual(["r1", "r3"]);
  });

  test("is done in this process when the only engine is of another version, which may work out something else", async () => {
    const { bench } = rig.engine({ version: "1.3.0" });
    const { done } = rig.wanted();
    await clock.advance(1_000);
    expect([bench.runs, rig.here.runs.map(({ id }) => id)]).toEqual([[], ["r1"]]);
    rig.here.runs[0]?.resolve(RESULT);
    await clock.advance(1_000);
    expect((await done).id).toBe("t1");
  });

  test("goes to another engine when the one that does it dies", async () => {
    const first = rig.engine();
    const { done } = rig.wanted();
    await clock.advance(1_000);
    expect(first.bench.runs).toHaveLength(1);
    const second = rig.engine();
    first.broker.cut();
    await clock.advance(SILENT_MAX_MS);
    expect(second.bench.runs.map(({ id }) => id)).toEqual(["r1"]);
    second.bench.runs[0]?.resolve(RESULT);
    // The first one is not dead but was cut off, and ends, too.
    first.bench.runs[0]?.resolve(RESULT);
    first.broker.mend();
    await clock.advance(5_000);
    expect((await done).id).toBe("t1");
    expect(rig.ledger.ofType("backtest-done")).toHaveLength(1);
    expect(rig.here.runs).toEqual([]);
  });

  test("is done in this process when the only engine dies, and kept once though that one was only cut off", async () => {
    const only = rig.engine();
    const { done } = rig.wanted();
    await clock.advance(1_000);
    only.broker.cut();
    await clock.advance(SILENT_MAX_MS);
    expect(rig.here.runs).toHaveLength(1);
    only.broker.mend();
    only.bench.runs[0]?.resolve(RESULT);
    await clock.advance(5_000);
    rig.here.runs[0]?.resolve(RESULT);
    await done;
    await clock.advance(20_000);
    expect(rig.ledger.ofType("backtest-done")).toHaveLength(1);
  });

  test("goes to another engine at once when its own one is ended", async () => {
    const first = rig.engine();
    rig.wanted();
    await clock.advance(1_000);
    const second = rig.engine();
    void first.worker.end();
    await clock.advance(2_000);
    expect(first.bench.runs[0]?.signal.aborted).toBe(true);
    expect(second.bench.runs).toHaveLength(1);
  });

  test("is done in this process when the queue is away, from the beginning or on the way", async () => {
    const { bench } = rig.engine();
    rig.server.stop();
    rig.wanted("r1", "discord:1");
    await clock.advance(100);
    expect(rig.here.runs.map(({ id }) => id)).toEqual(["r1"]);
    rig.server.start();
    rig.wanted("r2", "discord:2");
    await clock.advance(2_000);
    expect(bench.runs.map(({ id }) => id)).toEqual(["r2"]);
    rig.server.stop();
    await clock.advance(10_000);
    expect(rig.here.runs.map(({ id }) => id)).toEqual(["r1", "r2"]);
  });

  test("is ended in its engine when it is canceled, and leaves nothing behind", async () => {
    const { bench } = rig.engine();
    const { done } = rig.wanted();
    await clock.advance(1_000);
    await expect(rig.backtests.run(WISH, by("r2"), () => {})).rejects.toThrow("One of your backtests runs already.");
    expect(rig.backtests.cancel("discord:2")).toBe(false);
    expect(rig.backtests.cancel("discord:1")).toBe(true);
    await clock.advance(1_000);
    await expect(done).rejects.toThrow(new UserError("The backtest was canceled; nothing was kept."));
    expect(bench.runs[0]?.signal.aborted).toBe(true);
    await clock.advance(20_000);
    expect([bench.runs.length, rig.here.runs.length, rig.ledger.events.length]).toEqual([1, 0, 0]);
    rig.wanted("r3");
    await clock.advance(1_000);
    expect(bench.runs).toHaveLength(2);
  });

  test("is canceled, too, before anybody has begun it, and while it is done in this process", async () => {
    const early = rig.wanted("r1");
    await clock.advance(1_000);
    rig.backtests.cancel("discord:1");
    await clock.advance(1_000);
    await expect(early.done).rejects.toThrow("canceled");
    const { bench } = rig.engine({ knows: false });
    const late = rig.wanted("r2");
    await clock.advance(OFFERED_MAX_MS);
    expect(rig.here.runs.map(({ id }) => id)).toEqual(["r2"]);
    rig.backtests.cancel("discord:1");
    await expect(late.done).rejects.toThrow("canceled");
    expect(bench.runs).toEqual([]);
  });

  test.each([
    ["a refusal", new UserError("The parameters do not fit."), UserError, "The parameters do not fit."],
    ["an exchange that does not answer", new TransientError("it does not answer"), TransientError, "it does not answer"],
    ["a fault", new Error("out of memory"), UserError, "The backtest could not be finished: out of memory."],
  ])("tells %s as it would in this process", async (_name, failure, kind, sentence) => {
    const { bench } = rig.engine();
    const { done } = rig.wanted();
    await clock.advance(1_000);
    bench.runs[0]?.reject(failure);
    await clock.advance(1_000);
    await expect(done).rejects.toThrow(new kind(sentence));
    await expect(done).rejects.toBeInstanceOf(kind);
    expect(rig.here.runs).toEqual([]);
  });

  test("is done again in this process when its result is longer than an outcome may be", async () => {
    const { bench } = rig.engine();
    rig.wanted();
    await clock.advance(1_000);
    const curve = Array.from({ length: 80_000 }, (_, index) => ({ atMs: index, equity: decimal(index), held: decimal("0.123456789012") }));
    bench.runs[0]?.resolve({ ...RESULT, curve });
    await clock.advance(1_000);
    expect(rig.here.runs).toHaveLength(1);
  });

  test("is told in one sentence when three processes died of it", async () => {
    const { done } = rig.wanted();
    for (let death = 1; death <= 3; death += 1) {
      const dying = rig.engine();
      await clock.advance(death === 1 ? 1_000 : SILENT_MAX_MS - 3_000);
      expect(dying.bench.runs).toHaveLength(1);
      dying.broker.cut();
    }
    rig.engine();
    await clock.advance(SILENT_MAX_MS);
    await expect(done).rejects.toThrow("it was begun 3 times, and each time its process ended before it");
    expect(rig.here.runs).toEqual([]);
  });

  test.each([
    ["no text of ours", () => "<html>"],
    ["money that is none", () => JSON.stringify({ kind: "done", result: { ...RESULT, equity: "10000.5" } })],
    ["a result with less in it", () => JSON.stringify({ kind: "done", result: { currency: "USDT" } })],
  ])("is done again in this process when what comes back is %s, which reaches no books", async (_name, text) => {
    rig.join().queue.handle("backtest", { concurrency: 1, timeoutMs: 60_000, run: async () => text() });
    rig.wanted();
    await clock.advance(1_000);
    expect(rig.here.runs).toHaveLength(1);
    expect(rig.ledger.events).toEqual([]);
  });
});

test("an engine's thread makes the money that this process makes, to the last digit", async () => {
  const does = () => new BacktestThreads(systemClock()).run;
  const rig = new JobsRig(systemClock());
  rig.engine({ does: does() });
  const wish = { ...WISH, toMs: market.startMs + DAY_MS / 4 };
  const { result } = await rig.wanted("r1", "discord:1", wish).done;
  expect(result.entries).toBeGreaterThan(0);
  expect(result).toEqual((await rig.desk(does()).run(wish, by("r1"), () => {})).result);
  expect(rig.here.runs).toEqual([]);
  rig.end();
});
