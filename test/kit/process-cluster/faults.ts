import { Redis } from "ioredis";
import { pause } from "../process-live-desk.ts";
import type { ClusterNode } from "./node.ts";
import type { People } from "./people.ts";
import type { ClusterStage } from "./stage.ts";

/** Longer than a process that is silent counts as there. */
const STOPPED_MS = 20_000;
const REDIS_AWAY_MS = 2_000;
const STEP_DOWN_SECONDS = 5;
const LOOK_MS = 50;
const TAKEOVER_MAX_MS = 60_000;

export const FAULT_KINDS = [
  "engine killed",
  "gateway killed",
  "standby killed",
  "engine stopped past its lease",
  "gateway stopped past its lease",
  "Redis flushed",
  "Redis restarted empty",
  "primary stepped down",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Faults of processes and servers, each counted when it has happened, with what the takeovers took. */
export class ClusterFaults {
  readonly counts = new Map<FaultKind, number>(FAULT_KINDS.map((kind) => [kind, 0]));
  /** Milliseconds from the death of an engine until the first, and the last, of its accounts was another one's. */
  readonly engineTakeovers: { readonly firstMs: number; readonly lastMs: number; readonly accounts: number }[] = [];
  /** Milliseconds from the death of the gateway until a command was answered. */
  readonly gatewayTakeovers: number[] = [];
  readonly problems: string[] = [];
  readonly #stage: ClusterStage;
  readonly #people: People;
  readonly #open: Promise<void>[] = [];
  /** Nodes to which something happens just now. */
  readonly #busy = new Set<ClusterNode>();

  constructor(stage: ClusterStage, people: People) {
    this.#stage = stage;
    this.#people = people;
  }

  /** Begins one; what lasts goes on beside what comes next. False when there is nobody to whom it could happen now. */
  async begin(kind: FaultKind): Promise<boolean> {
    switch (kind) {
      case "engine killed":
        return this.#toSomeone(this.#engine(), kind, (node) => this.#killEngine(node));
      case "gateway killed":
        return this.#toSomeone(this.#gateway(), kind, (node) => this.#killGateway(node));
      case "standby killed":
        return this.#toSomeone(this.#standby(), kind, (node) => node.kill());
      case "engine stopped past its lease":
        return this.#toSomeone(this.#engine(), kind, stopAWhile);
      case "gateway stopped past its lease":
        return this.#toSomeone(this.#gateway(), kind, stopAWhile);
      case "Redis flushed":
        await this.#flush();
        break;
      case "Redis restarted empty":
        await this.#stage.redis.process.end();
        await pause(REDIS_AWAY_MS);
        await this.#stage.redis.startAgain();
        break;
      case "primary stepped down":
        await this.#stepDown();
    }
    this.#count(kind);
    return true;
  }

  /** Resolves when everything that was begun is over. */
  async over(): Promise<void> {
    await Promise.all(this.#open);
  }

  #count(kind: FaultKind): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  #engine(): ClusterNode | undefined {
    const free = this.#stage.of("engine").filter((node) => node.process.isRunning && !this.#busy.has(node));
    return free[Math.floor(this.#stage.draw() * free.length)];
  }

  /** One that has the desk. What a takeover takes is measured, so that the next gateway suffers only after it. */
  #gateway(): ClusterNode | undefined {
    return this.#stage.of("gateway").some((node) => this.#busy.has(node)) ? undefined : this.#stage.active;
  }

  #standby(): ClusterNode | undefined {
    const { active } = this.#stage;
    return active && this.#stage.of("gateway").find((node) => node !== active && node.process.isRunning && !this.#busy.has(node));
  }

  #toSomeone(node: ClusterNode | undefined, kind: FaultKind, work: (node: ClusterNode) => Promise<void>): boolean {
    if (!node || this.#busy.has(node)) return false;
    this.#busy.add(node);
    this.#open.push(
      work(node)
        .then(() => this.#count(kind))
        .catch((failure: unknown) => void this.problems.push(`${kind}: ${String(failure)}`))
        .finally(() => void this.#busy.delete(node)),
    );
    return true;
  }

  async #killEngine(node: ClusterNode): Promise<void> {
    const name = await this.#stage.nameOf(node.process.pid);
    const held = new Set((await this.#stage.holders()).filter(({ holder }) => holder === name && name !== undefined).map(({ _id }) => _id));
    const killedMs = performance.now();
    await node.kill();
    const accounts = held.size;
    if (accounts === 0) return;
    let firstMs: number | undefined;
    while (held.size > 0) {
      const nowMs = performance.now() - killedMs;
      if (nowMs > TAKEOVER_MAX_MS)
        return void this.problems.push(`${held.size} accounts of a killed engine were nobody's after ${TAKEOVER_MAX_MS} ms`);
      const holders = await this.#stage.holders().catch(() => []);
      for (const { _id, holder } of holders) if (holder !== null && holder !== name && held.delete(_id)) firstMs ??= nowMs;
      await pause(LOOK_MS);
    }
    this.engineTakeovers.push({ firstMs: firstMs ?? 0, lastMs: performance.now() - killedMs, accounts });
  }

  async #killGateway(node: ClusterNode): Promise<void> {
    const killedMs = performance.now();
    await node.kill();
    const { kind, text } = await this.#stage.client.run({ token: this.#people.adminToken, path: "system version" });
    if (kind === "done") this.gatewayTakeovers.push(performance.now() - killedMs);
    else this.problems.push(`no gateway has answered after one was killed: ${text}`);
  }

  async #flush(): Promise<void> {
    const redis = new Redis(this.#stage.redis.url);
    try {
      await redis.flushall();
    } finally {
      redis.disconnect();
    }
  }

  async #stepDown(): Promise<void> {
    const { mongod } = this.#stage;
    const before = await mongod.primary();
    await mongod.command({ replSetStepDown: STEP_DOWN_SECONDS, secondaryCatchUpPeriodSecs: 1, force: true }, { index: before });
    for (const untilMs = Date.now() + TAKEOVER_MAX_MS; (await mongod.primary()) === before; await pause(LOOK_MS))
      if (Date.now() > untilMs) throw new Error(`member ${before} is primary again, and nobody else was`);
  }
}

/** As good as dead for all others, and it knows nothing of it. */
async function stopAWhile({ process }: ClusterNode): Promise<void> {
  process.signal("SIGSTOP");
  await pause(STOPPED_MS);
  process.signal("SIGCONT");
}
