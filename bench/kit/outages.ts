import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { readBooks } from "../../test/kit/process-cluster/books.ts";
import { breakersIn } from "./breakers-in-books.ts";
import type { BenchCluster } from "./cluster.ts";
import { until } from "./until.ts";
import { isAsItShouldBe, isReady, isSound, WHOLE_EVERY_MS } from "./whole.ts";

/** A breaker that an outage opens stays open for minutes. */
const CATCH_UP_MAX_MS = 300_000;
/** What it may take to look how the processes are, while some of them are deaf. */
const LOOKS_MS = 6_000;
const BREAKERS_LATE_MS = 10_000;
const BREAKERS_EVERY_MS = 1_000;
const TRY_AGAIN_MS = 50;
/** Commands whose answers are timed, one after the other. */
const COMMANDS = 10;
const JOBS = "scalpstorm:storm:queue:*";

/** A part that the processes of a desk need, and how it goes away and comes back. */
export interface Part {
  readonly name: string;
  leave(): Promise<void> | void;
  comeBack(): Promise<void> | void;
  /** Whether commands are answered without it. */
  readonly answers: boolean;
  /** Whether it has ended, where nobody else might notice that. */
  isGone(): boolean;
  /** What of its own must be as it was, beside what is asked of every part. */
  readonly isWhole?: () => Promise<boolean>;
}

/** What one outage was like. Times are milliseconds from the part's return; undefined where nothing had been lost. */
export interface CaughtUp {
  /** Answers to commands while it was away; none where nobody can answer. */
  readonly meanwhileMs: readonly number[];
  readonly commandMs: number | undefined;
  readonly readyMs: number | undefined;
  readonly soundMs: number | undefined;
  /** Of the part itself. */
  readonly ownMs: number | undefined;
  readonly breakerMs: number | undefined;
}

/** Answers to commands that change a bot, in milliseconds, by one person who waits for each. */
export async function commandTimes(cluster: BenchCluster): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < COMMANDS; index += 1) times.push(await commandMs(cluster, index % 2 === 0 ? "bot stop" : "bot start"));
  return times;
}

/** One outage of a part, with everything as it should be before it. Throws when nobody missed the part, or it was not made good. */
export async function outage(cluster: BenchCluster, part: Part, forMs: number): Promise<CaughtUp> {
  await until(() => isAsItShouldBe(cluster), `a desk that is whole before ${part.name} goes away`, {
    maxMs: CATCH_UP_MAX_MS,
    everyMs: WHOLE_EVERY_MS,
  });
  await part.leave();
  const { meanwhileMs, wasReady, wasSound } = await withoutIt(cluster, part, forMs).finally(() => part.comeBack());
  const [backMs, backWallMs] = [performance.now(), Date.now()];
  const since = async (holds: () => Promise<boolean>, what: string) => {
    await until(holds, `${what} after ${part.name} was away`, { maxMs: CATCH_UP_MAX_MS });
    return performance.now() - backMs;
  };
  const [command, readyMs, soundMs, ownMs] = await Promise.all([
    wasReady ? undefined : commandMs(cluster, "bot stop"),
    wasReady ? undefined : since(() => isReady(cluster), "every process ready"),
    wasSound ? undefined : since(() => isSound(cluster), "an end of all problems"),
    part.isWhole && since(part.isWhole, "all that it held"),
  ]);
  if (!wasReady) await commandMs(cluster, "bot start");
  return { meanwhileMs, commandMs: command, readyMs, soundMs, ownMs, breakerMs: await breakersClosed(cluster, backWallMs) };
}

/** The time without a part: answers to commands, and whether anything is wrong in the end. */
async function withoutIt(cluster: BenchCluster, part: Part, forMs: number) {
  const endMs = performance.now() + forMs;
  const meanwhileMs = part.answers ? await commandTimes(cluster) : [];
  await pause(Math.max(0, endMs - LOOKS_MS - performance.now()));
  const [wasReady, wasSound] = await Promise.all([isReady(cluster), isSound(cluster)]);
  if (wasReady && wasSound && !part.isGone()) throw new Error(`nobody has missed ${part.name} in ${forMs} ms`);
  await pause(Math.max(0, endMs - performance.now()));
  return { meanwhileMs, wasReady, wasSound };
}

/** How long after the return the last breaker that the outage had opened let an entry through; undefined where it has opened none. */
async function breakersClosed({ stage }: BenchCluster, backWallMs: number): Promise<number | undefined> {
  // One that opens late opens with the next beat, or with the next writing.
  await pause(BREAKERS_LATE_MS);
  const isClosed = async () => breakersIn(await readBooks(stage.database)).open === 0;
  await until(isClosed, "entries at all accounts", { maxMs: CATCH_UP_MAX_MS, everyMs: BREAKERS_EVERY_MS });
  const { closedMs = backWallMs } = breakersIn(await readBooks(stage.database));
  return closedMs > backWallMs ? closedMs - backWallMs : undefined;
}

/** Deaf for a while, with everything that it has. */
export function mongoPart(cluster: BenchCluster): Part {
  const { mongod } = cluster.stage;
  let member = 0;
  return {
    name: "MongoDB",
    async leave() {
      member = await mongod.primary();
      mongod.member(member).signal("SIGSTOP");
    },
    comeBack: () => mongod.member(member).signal("SIGCONT"),
    answers: false,
    isGone: () => false,
  };
}

/** Gone, and back with nothing of what it had: everything that stands in its queue has to be put there anew. */
export async function redisPart({ stage: { redis } }: BenchCluster): Promise<Part> {
  const before = await jobsIn(redis.url);
  if (before.length === 0) throw new Error("there is no job in Redis");
  return {
    name: "Redis",
    leave: () => redis.process.end(),
    comeBack: () => redis.startAgain(),
    answers: true,
    isGone: () => !redis.process.running,
    isWhole: async () => {
      const now = new Set(await jobsIn(redis.url));
      return before.every((job) => now.has(job));
    },
  };
}

/** Connections break, and new ones are refused. */
export function exchangePart(cluster: BenchCluster): Part {
  const { way } = cluster;
  if (!way) throw new Error("the exchange of this desk cannot be made unreachable");
  return {
    name: "the exchange",
    leave: () => way.cut(),
    comeBack: () => way.mend(),
    answers: true,
    isGone: () => false,
  };
}

/** Until a bot was stopped or started, by whichever gateway and engine there are. */
async function commandMs({ stage, people }: BenchCluster, path: "bot stop" | "bot start"): Promise<number> {
  const begunMs = performance.now();
  const [bot] = people.bots;
  for (const untilMs = begunMs + CATCH_UP_MAX_MS; ; await pause(TRY_AGAIN_MS)) {
    const wish = { token: people.adminToken, path, args: { bot: bot?.name ?? "" }, key: randomUUID() };
    const { kind, text } = await stage.client.run(wish);
    if (kind === "done") return performance.now() - begunMs;
    if (performance.now() > untilMs) throw new Error(`"${path}" was not done: ${text}`);
  }
}

async function jobsIn(url: string): Promise<string[]> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  redis.on("error", () => undefined);
  try {
    return await redis.keys(JOBS);
  } finally {
    redis.disconnect();
  }
}
