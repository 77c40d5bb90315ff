import { backtestsByEngines, takeBacktests } from "../../src/app/backtest-jobs.ts";
import type { BacktestDoing, BacktestRun } from "../../src/app/backtest-threads.ts";
import { DeskBacktests } from "../../src/app/backtests.ts";
import type { BacktestResult } from "../../src/domain/backtest.ts";
import { decimal } from "../../src/domain/money.ts";
import { DAY_MS } from "../../src/domain/time.ts";
import { openSimulated } from "../../src/feeds/simulated.ts";
import type { BacktestWish } from "../../src/ports/backtest.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { JobWorker, Queue } from "../../src/ports/queue.ts";
import { openQueue } from "../../src/system/queue.ts";
import { SILENT } from "../../src/system/silent-logger.ts";
import { by, wishFor } from "../kit/engine-rig.ts";
import { FakeLedger } from "../kit/fake-ledger.ts";
import { type MemoryBroker, MemoryQueueServer } from "../kit/queue/memory-server.ts";
import { testSignatures } from "../kit/queue/signatures.ts";

export const market = openSimulated({ seed: 7 });
const VERSION = "1.2.3";
export const RESULT: BacktestResult = {
  ...{ currency: "USDT", capital: decimal(10_000), fromMs: 0, toMs: DAY_MS, minutes: 1_440, results: new Map(), curve: [] },
  ...{ equity: decimal("10000.5"), unrealized: decimal(0), drawdown: decimal(0), drawdownMs: 0, exposure: decimal("0.25") },
  ...{ entries: 1, exits: new Map([["stop-loss", 1]]), denials: new Map(), held: undefined, fault: undefined },
};
export const WISH: BacktestWish = {
  ...{ bot: wishFor({ name: "dip" }), market: market.key, fromMs: undefined, toMs: undefined, capital: decimal(10_000) },
};

/** Backtests that begin and go on until the test says what comes of them. */
export class Bench {
  readonly runs: (BacktestRun & PromiseWithResolvers<BacktestResult>)[] = [];

  readonly run: BacktestDoing = (_job, run) => {
    const done = Promise.withResolvers<BacktestResult>();
    run.signal.addEventListener("abort", () => done.reject(run.signal.reason));
    this.runs.push({ ...run, ...done });
    return done.promise;
  };
}

/** A process that has accounts, and does backtests. */
export interface EngineOfJobs {
  readonly broker: MemoryBroker;
  readonly bench: Bench;
  readonly worker: JobWorker;
}

/** A gateway that people ask for backtests, engines that may do them, and the queue between them. */
export class JobsRig {
  readonly server: MemoryQueueServer;
  readonly here = new Bench();
  readonly ledger = new FakeLedger();
  readonly backtests: DeskBacktests;
  readonly #clock: Clock;
  readonly #queues: Queue[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.server = new MemoryQueueServer({ clock });
    const { queue } = this.join();
    this.backtests = this.desk(backtestsByEngines({ queue, clock, here: this.here.run, version: VERSION, logger: SILENT }), this.ledger);
  }

  desk(does: BacktestDoing, ledger = new FakeLedger()): DeskBacktests {
    return new DeskBacktests({
      ...{ clock: this.#clock, desk: ledger, timeZone: "UTC", breakers: {}, limits: { dailyLossPct: 50, positionCapPct: 100 } },
      marketOf: () => ({ market, atMs: market.startMs + 2 * DAY_MS }),
      does,
    });
  }

  join(): { readonly queue: Queue; readonly broker: MemoryBroker } {
    const broker = this.server.connect();
    const queue = openQueue({ broker, clock: this.#clock, logger: SILENT, signatures: testSignatures() });
    this.#queues.push(queue);
    return { queue, broker };
  }

  engine({
    knows = true,
    version = VERSION,
    does,
  }: {
    readonly knows?: boolean;
    readonly version?: string;
    readonly does?: BacktestDoing;
  } = {}): EngineOfJobs {
    const { queue, broker } = this.join();
    const bench = new Bench();
    const marketOf = () => (knows ? { market } : undefined);
    return { broker, bench, worker: takeBacktests({ queue, clock: this.#clock, here: does ?? bench.run, version, marketOf }) };
  }

  /** A person's wish, with what is told meanwhile. */
  wanted(requestId = "r1", user = "discord:1", wish = WISH) {
    const told: number[] = [];
    const done = this.backtests.run(wish, by(requestId, user), ({ atMs }) => void told.push(atMs));
    done.catch(() => undefined);
    return { told, done };
  }

  end(): void {
    for (const queue of this.#queues) void queue.close();
  }
}
