import { type ChildProcess, fork } from "node:child_process";
import { resolve } from "node:path";
import type { SeedResult } from "./run.ts";
import type { WorldOptions } from "./world/world.ts";

/** More room for what dies young, and no call stacks: a violation is looked into by playing its seed again. */
const FAST = ["--max-semi-space-size=64", "--stack-trace-limit=0"];
/** A seed that takes longer in real time hangs, also where other work leaves it little of the processors. */
const SEED_MAX_MS = 900_000;

export type Job = Omit<WorldOptions, "listener">;

export interface PoolOptions {
  /** Where test/simulation lies: that of a copy, when the copy is to be played. */
  readonly folder: string;
  readonly workers: number;
  /** A process for each seed, for what must not depend on an earlier one. */
  readonly fresh?: boolean;
}

/** Plays seeds on several processes and hands each result on as it comes. A job that kills its process is a result, too. */
export async function playAll(jobs: Iterable<Job>, pool: PoolOptions, onResult: (result: SeedResult) => "go on" | "stop"): Promise<void> {
  const source = jobs[Symbol.iterator]();
  let stopped = false;
  const play = async (): Promise<void> => {
    let child: ChildProcess | undefined;
    for (let next = source.next(); !next.done && !stopped; next = source.next()) {
      child ??= fork(resolve(pool.folder, "worker.ts"), { execArgv: FAST, stdio: ["ignore", "inherit", "inherit", "ipc"] });
      const result = await played(child, next.value);
      if (onResult(result) === "stop") stopped = true;
      if (pool.fresh !== true && child.exitCode === null && child.connected) continue;
      child.kill();
      child = undefined;
    }
    child?.kill();
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.floor(pool.workers)) }, play));
}

function played(child: ChildProcess, job: Job): Promise<SeedResult> {
  return new Promise((settle) => {
    const ended = (): void => {
      clearTimeout(alarm);
      settle(broken(job));
    };
    const alarm = setTimeout(() => child.kill("SIGKILL"), SEED_MAX_MS);
    child.once("exit", ended);
    child.once("message", (result) => {
      clearTimeout(alarm);
      child.off("exit", ended);
      settle(result as SeedResult);
    });
    child.send(job);
  });
}

function broken({ seed, scenario }: Job): SeedResult {
  const violations = [
    { law: "rig", text: `the process that played this seed ended, or it took longer than ${SEED_MAX_MS / 1_000} s`, atMs: 0 },
  ];
  return { seed, hash: "", violations, counts: [], faults: [], happened: 0, portCalls: 0, crash: scenario?.crash, virtualMs: 0, workMs: 0 };
}
