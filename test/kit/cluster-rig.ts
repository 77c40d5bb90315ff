import type { AccountEvent } from "../../src/domain/events.ts";
import type { EngineOptions } from "../../src/engine/open.ts";
import { openQueue } from "../../src/system/queue.ts";
import { SILENT } from "../../src/system/silent-logger.ts";
import { LiveMarket } from "./engine-live.ts";
import { type EngineRig, OWNER, openRig, recordedEvents } from "./engine-rig.ts";
import { FakeClock } from "./fake-clock.ts";
import { MemoryProcess } from "./memory-cluster/process.ts";
import { MemoryServer } from "./memory-cluster/server.ts";
import { MemoryQueueServer } from "./queue/memory-server.ts";
import { testSignatures } from "./queue/signatures.ts";
import { testVault } from "./test-vault.ts";

/** One process of a desk, with the ways in which it may suffer. */
export interface DeskProcess {
  readonly name: string;
  readonly rig: EngineRig;
  readonly market: LiveMarket;
  readonly process: MemoryProcess;
  /** As kill -9 would: it does nothing more, and gives nothing back. */
  kill(): void;
  isDead: boolean;
  /** Others have declared it gone: it must end. */
  readonly taken: boolean;
}

export interface ClusterOptions {
  /** Closes by symbol, from an hour before noon on. */
  readonly closes: Readonly<Record<string, readonly number[]>>;
  readonly fromMs: number;
  readonly startMs: number;
}

export interface StartOptions extends Partial<Omit<EngineOptions, "clock" | "market" | "logger" | "onFatal">> {
  /** As of a process that is set to another market. */
  readonly marketKey?: string;
}

/** Several processes of one desk on one store, one queue and one clock. */
export class ClusterRig {
  readonly clock: FakeClock;
  readonly server: MemoryServer;
  readonly queue: MemoryQueueServer;
  readonly processes: DeskProcess[] = [];
  readonly shown = new Map<string, number>();
  readonly #options: ClusterOptions;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.clock = new FakeClock(options.startMs);
    this.server = new MemoryServer(this.clock);
    this.queue = new MemoryQueueServer({ clock: this.clock });
  }

  async start(role: "gateway" | "engine", { marketKey, ...options }: StartOptions = {}): Promise<DeskProcess> {
    const name = `${role}-${this.processes.length + 1}`;
    let taken = false;
    const facts = { name, role, pid: this.processes.length + 1, host: "test", version: "test", startedMs: this.clock.wall() };
    const process = await MemoryProcess.join(this.server, facts, {
      clock: this.clock,
      onTaken: () => {
        taken = true;
      },
    });
    const broker = this.queue.connect();
    const queue = openQueue({ broker, clock: this.clock, logger: SILENT, signatures: testSignatures() });
    const market = new LiveMarket(this.#options.closes, this.clock, this.#options.fromMs, {
      shown: this.shown,
      ...(marketKey && { key: marketKey }),
    });
    const { store } = process;
    const shared = { role, processName: name, asks: store.asks, cluster: store.cluster, queue, vault: testVault(), saw: () => undefined };
    const rig = await openRig({ market, clock: this.clock, store, shared, ...options });
    const opened: DeskProcess = {
      name,
      rig,
      market,
      process,
      isDead: false,
      get taken() {
        return taken;
      },
      kill() {
        this.isDead = true;
        process.kill();
        broker.cut();
      },
    };
    this.processes.push(opened);
    return opened;
  }

  /** Lets so many seconds pass, with a beat of every process that lives at each. */
  async beat(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      await this.clock.advance(1_000);
      await Promise.all(this.processes.filter(({ isDead }) => !isDead).map(({ rig }) => rig.pulse.beat()));
      for (let round = 0; round < 6; round += 1) await this.clock.breathe();
    }
  }

  /** Waits for something that takes time to happen. */
  async during<T>(work: Promise<T>, secondsMax = 30): Promise<T> {
    let isOver = false;
    const done = work.finally(() => {
      isOver = true;
    });
    done.catch(() => undefined);
    for (let second = 0; second < secondsMax && !isOver; second += 1) await this.beat(1);
    if (!isOver) throw new Error(`this has not ended within ${secondsMax} s`);
    return done;
  }

  /** Who has a stream now. */
  async holderOf(stream: string): Promise<string | undefined> {
    const living = this.processes.find(({ isDead }) => !isDead);
    const members = (await living?.process.store.cluster.members()) ?? [];
    return members.find(({ streams, isGone }) => !isGone && streams.includes(stream))?.name;
  }

  events(owner = OWNER): Promise<AccountEvent[]> {
    const store = this.processes.find(({ isDead }) => !isDead)?.process.store;
    if (!store) throw new Error("no process lives");
    return recordedEvents<AccountEvent>(store, `account:paper:${owner}`).then((all) => all.map(({ event }) => event));
  }
}

/** At noon. */
export const NOON = Date.UTC(2026, 0, 1, 12, 0);
export const BTC = "BTC/USDT";

/** A desk of several processes at noon: an hour of 100 before, then these closes. */
export function noonRig(closes: readonly number[]): ClusterRig {
  const rig = new ClusterRig({ closes: { [BTC]: [...Array<number>(60).fill(100), ...closes] }, fromMs: NOON - 3_600_000, startMs: NOON });
  rig.shown.set(BTC, 100);
  return rig;
}

export function streamOf(owner: string): string {
  return `account:paper:${owner}`;
}
