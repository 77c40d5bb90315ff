import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backtestsByEngines, OFFERED_MAX_MS, SILENT_MAX_MS, takeBacktests } from "../../src/app/backtest-jobs.ts";
import { type BacktestDoing, type BacktestRun, BacktestThreads } from "../../src/app/backtest-threads.ts";
import { DeskBacktests } from "../../src/app/backtests.ts";
import type { BacktestResult } from "../../src/domain/backtest.ts";
import { TransientError, UserError } from "../../src/domain/errors.ts";
import { decimal } from "../../src/domain/money.ts";
import { DAY_MS } from "../../src/domain/time.ts";
import { openSimulated } from "../../src/feeds/simulated.ts";
import type { Backtests, BacktestWish } from "../../src/ports/backtest.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { JobWorker, Queue } from "../../src/ports/queue.ts";
import { systemClock } from "../../src/system/clock.ts";
import { openQueue } from "../../src/system/queue.ts";
import { SILENT } from "../../src/system/silent-logger.ts";
import { by, wishFor } from "../kit/engine-rig.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { FakeLedger } from "../kit/fake-ledger.ts";
import { type MemoryBroker, MemoryQueueServer } from "../kit/queue/memory-server.ts";

const market = openSimulated({ seed: 7 });
const RESULT: BacktestResult = {
  ...{ currency: "USDT", capital: decimal(10_000), fromMs: 0, toMs: DAY_MS, minutes: 1_440, results: new Map(), curve: [] },
  ...{ equity: decimal("10000.5"), unrealized: decimal(0), drawdown: decimal(0), drawdownMs: 0, exposure: decimal("0.25") },
  ...{ entries: 1, exits: new Map([["stop-loss", 1]]), denials: new Map(), held: undefined, fault: undefined },
};
const WISH: BacktestWish = {
  ...{ bot: wishFor({ name: "dip" }), market: market.key, fromMs: undefined, toMs: undefined, capital: decimal(10_000) },
};

/** Backtests that begin and go on until the test says what comes of them. */
class Bench {
  readonly runs: (BacktestRun & PromiseWithResolvers<BacktestResult>)[] = [];

  readonly run: BacktestDoing = (_job, run) => {
    const done = Promise.withResolvers<BacktestResult>();
    run.signal.addEventListener("abort", () => done.reject(run.signal.reason));
    this.runs.push({ ...run, ...done });
    return done.promise;
  };
}

interface Joined {
  readonly queue: Queue;
  readonly broker: MemoryBroker;
}

interface Engine extends Joined {
  readonly bench: Bench;
  readonly worker: JobWorker;
}

let clock: FakeClock;
let server: MemoryQueueServer;
let here: Bench;
let ledger: FakeLedger;
let backtests: Backtests;
let queues: Queue[];

function join(at: Clock = clock): Joined {
  const broker = server.connect();
  const queue = openQueue({ broker, clock: at, logger: SILENT });
  queues.push(queue);
  return { queue, broker };
}

function engine({ knows = true } = {}): Engine {
  const joined = join();
  const bench = new Bench();
  const marketOf = () => (knows ? { market } : undefined);
  return { ...joined, bench, worker: takeBacktests({ queue: joined.queue, clock, here: bench.run, marketOf }) };
}

function desk(queue: Queue, does: BacktestDoing, at: Clock = clock): DeskBacktests {
  const known = { market, atMs: market.startMs + 2 * DAY_MS };
  return new DeskBacktests({
    ...{ clock: at, desk: ledger, timeZone: "UTC", breakers: {}, limits: { dailyLossPct: 50, positionCapPct: 100 } },
    marketOf: () => known,
    does: backtestsByEngines({ queue, clock: at, here: does, logger: SILENT }),
  });
}

/** A person's wish, with what is told meanwhile. */
function wanted(requestId = "r1", user = "discord:1", wish = WISH) {
  const told: number[] = [];
  const done = backtests.run(wish, by(requestId, user), ({ atMs }) => void told.push(atMs));
  done.catch(() => undefined);
  return { told, done };
}

beforeEach(() => {
  clock = new FakeClock();
  server = new MemoryQueueServer({ clock });
  here = new Bench();
  ledger = new FakeLedger();
  queues = [];
});
afterEach(async () => {
  for (const queue of queues) void queue.close();
  await clock.advance(2_000);
});

describe("a backtest of a desk of several processes", () => {
  let gateway: Joined;
  beforeEach(() => {
    gateway = join();
    backtests = desk(gateway.queue, here.run);
  });

  test("is done by an engine, tells how far it is, and is kept once", async () => {
    const { bench } = engine();
    const { told, done } = wanted();
    await clock.advance(1_000);
    expect(bench.runs.map(({ id }) => id)).toEqual(["r1"]);
    bench.runs[0]?.onProgress(market.startMs + DAY_MS);
    await clock.advance(2 * SILENT_MAX_MS);
    expect(new Set(told)).toEqual(new Set([market.startMs + DAY_MS]));
    bench.runs[0]?.resolve(RESULT);
    await clock.advance(1_000);
    expect(await done).toMatchObject({ id: "t1", by: "discord:1", result: RESULT });
    expect(ledger.ofType("backtest-done")).toHaveLength(1);
    expect(here.runs).toEqual([]);
  });

  test("has a number of its own though another one ends at the same moment", async () => {
    const write = ledger.append.bind(ledger);
    ledger.append = async (events, requestId) => {
      await clock.sleep(50);
      return write(events, requestId);
    };
    const [one, other] = [wanted("r1", "discord:1"), wanted("r2", "discord:2")];
    await clock.advance(OFFERED_MAX_MS);
    for (const { resolve } of here.runs) resolve(RESULT);
    await clock.advance(1_000);
    expect([(await one.done).id, (await other.done).id]).toEqual(["t1", "t2"]);
  });

  test("is done in this process when no engine begins it, and no engine begins it afterwards", async () => {
    const { done } = wanted();
    await clock.advance(OFFERED_MAX_MS);
    expect(here.runs).toHaveLength(1);
    const { bench } = engine();
    await clock.advance(20_000);
    expect(bench.runs).toEqual([]);
    here.runs[0]?.resolve(RESULT);
    expect((await done).id).toBe("t1");
  });

  test("is done in this process when the only engine has another one to do, and in the engine after that", async () => {
    const { bench } = engine();
    const first = wanted("r1", "discord:1");
    await clock.advance(1_000);
    const second = wanted("r2", "discord:2");
    await clock.advance(OFFERED_MAX_MS);
    expect([bench.runs.map(({ id }) => id), here.runs.map(({ id }) => id)]).toEqual([["r1"], ["r2"]]);
    for (const { resolve } of [...bench.runs, ...here.runs]) resolve(RESULT);
    await clock.advance(1_000);
    expect([(await second.done).id, (await first.done).id]).toEqual(["t1", "t2"]);
    wanted("r3");
    await clock.advance(1_000);
    expect(bench.runs.map(({ id }) => id)).toEqual(["r1", "r3"]);
  });

  test("goes to another engine when the one that does it dies", async () => {
    const first = engine();
    const { done } = wanted();
    await clock.advance(1_000);
    expect(first.bench.runs).toHaveLength(1);
    const second = engine();
    first.broker.cut();
    await clock.advance(SILENT_MAX_MS);
    expect(second.bench.runs.map(({ id }) => id)).toEqual(["r1"]);
    second.bench.runs[0]?.resolve(RESULT);
    // The first one is not dead but was cut off, and ends, too.
    first.bench.runs[0]?.resolve(RESULT);
    first.broker.mend();
    await clock.advance(5_000);
    expect((await done).id).toBe("t1");
    expect(ledger.ofType("backtest-done")).toHaveLength(1);
    expect(here.runs).toEqual([]);
  });

  test("is done in this process when the only engine dies, and kept once though that one was only cut off", async () => {
    const only = engine();
    const { done } = wanted();
    await clock.advance(1_000);
    only.broker.cut();
    await clock.advance(SILENT_MAX_MS);
    expect(here.runs).toHaveLength(1);
    only.broker.mend();
    only.bench.runs[0]?.resolve(RESULT);
    await clock.advance(5_000);
    here.runs[0]?.resolve(RESULT);
    await done;
    await clock.advance(20_000);
    expect(ledger.ofType("backtest-done")).toHaveLength(1);
  });

  test("goes to another engine at once when its own one is ended", async () => {
    const first = engine();
    wanted();
    await clock.advance(1_000);
    const second = engine();
    void first.worker.end();
    await clock.advance(2_000);
    expect(first.bench.runs[0]?.signal.aborted).toBe(true);
    expect(second.bench.runs).toHaveLength(1);
  });

  test("is done in this process when the queue is away, from the beginning or on the way", async () => {
    const { bench } = engine();
    server.stop();
    wanted("r1", "discord:1");
    await clock.advance(100);
    expect(here.runs.map(({ id }) => id)).toEqual(["r1"]);
    server.start();
    wanted("r2", "discord:2");
    await clock.advance(2_000);
    expect(bench.runs.map(({ id }) => id)).toEqual(["r2"]);
    server.stop();
    await clock.advance(10_000);
    expect(here.runs.map(({ id }) => id)).toEqual(["r1", "r2"]);
  });

  test("is ended in its engine when it is canceled, and leaves nothing behind", async () => {
    const { bench } = engine();
    const { done } = wanted();
    await clock.advance(1_000);
    await expect(backtests.run(WISH, by("r2"), () => {})).rejects.toThrow("One of your backtests runs already.");
    expect(backtests.cancel("discord:2")).toBe(false);
    expect(backtests.cancel("discord:1")).toBe(true);
    await clock.advance(1_000);
    await expect(done).rejects.toThrow(new UserError("The backtest was canceled; nothing was kept."));
    expect(bench.runs[0]?.signal.aborted).toBe(true);
    await clock.advance(20_000);
    expect([bench.runs.length, here.runs.length, ledger.events.length]).toEqual([1, 0, 0]);
    wanted("r3");
    await clock.advance(1_000);
    expect(bench.runs).toHaveLength(2);
  });

  test("is canceled, too, before anybody has begun it, and while it is done in this process", async () => {
    const early = wanted("r1");
    await clock.advance(1_000);
    backtests.cancel("discord:1");
    await clock.advance(1_000);
    await expect(early.done).rejects.toThrow("canceled");
    const { bench } = engine({ knows: false });
    const late = wanted("r2");
    await clock.advance(OFFERED_MAX_MS);
    expect(here.runs.map(({ id }) => id)).toEqual(["r2"]);
    backtests.cancel("discord:1");
    await expect(late.done).rejects.toThrow("canceled");
    expect(bench.runs).toEqual([]);
  });

  test.each([
    ["a refusal", new UserError("The parameters do not fit."), UserError, "The parameters do not fit."],
    ["an exchange that does not answer", new TransientError("it does not answer"), TransientError, "it does not answer"],
    ["a fault", new Error("out of memory"), UserError, "The backtest could not be finished: out of memory."],
  ])("tells %s as it would in this process", async (_name, failure, kind, sentence) => {
    const { bench } = engine();
    const { done } = wanted();
    await clock.advance(1_000);
    bench.runs[0]?.reject(failure);
    await clock.advance(1_000);
    await expect(done).rejects.toThrow(new kind(sentence));
    await expect(done).rejects.toBeInstanceOf(kind);
    expect(here.runs).toEqual([]);
  });

  test("is told in one sentence when three processes died of it", async () => {
    const { done } = wanted();
    for (let death = 1; death <= 3; death += 1) {
      const dying = engine();
      await clock.advance(death === 1 ? 1_000 : SILENT_MAX_MS - 3_000);
      expect(dying.bench.runs).toHaveLength(1);
      dying.broker.cut();
    }
    engine();
    await clock.advance(SILENT_MAX_MS);
    await expect(done).rejects.toThrow("it was begun 3 times, and each time its process ended before it");
    expect(here.runs).toEqual([]);
  });

  test.each([
    ["no text of ours", () => "<html>"],
    ["money that is none", () => JSON.stringify({ kind: "done", result: { ...RESULT, equity: "10000.5" } })],
    ["a result with less in it", () => JSON.stringify({ kind: "done", result: { currency: "USDT" } })],
  ])("is done again in this process when what comes back is %s, which reaches no books", async (_name, text) => {
    join().queue.handle("backtest", { concurrency: 1, timeoutMs: 60_000, run: async () => text() });
    wanted();
    await clock.advance(1_000);
    expect(here.runs).toHaveLength(1);
    expect(ledger.events).toEqual([]);
  });
});

test("an engine's thread makes the money that this process makes, to the last digit", async () => {
  const real = systemClock();
  server = new MemoryQueueServer({ clock: real });
  const alone = new DeskBacktests({
    ...{ clock: real, desk: new FakeLedger(), timeZone: "UTC", breakers: {}, limits: { dailyLossPct: 50, positionCapPct: 100 } },
    marketOf: () => ({ market, atMs: market.startMs + 2 * DAY_MS }),
    does: new BacktestThreads(real).run,
  });
  const { queue } = join(real);
  takeBacktests({ queue, clock: real, here: new BacktestThreads(real).run, marketOf: () => ({ market }) });
  backtests = desk(join(real).queue, here.run, real);
  const wish = { ...WISH, toMs: market.startMs + DAY_MS / 4 };
  const record = await wanted("r1", "discord:1", wish).done;
  expect(record.result.entries).toBeGreaterThan(0);
  expect(record.result).toEqual((await alone.run(wish, by("r1"), () => {})).result);
  expect(here.runs).toEqual([]);
});
