import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { Instances } from "./cluster/draw.ts";
import type { CrashPoint } from "./world/generation.ts";

/** What a run of the simulation is asked for. */
export interface SimOptions {
  readonly from: number;
  readonly seeds: number;
  /** Ends when so much real time has passed, however many seeds that are. */
  readonly minutes: number | undefined;
  /** But not before so many seeds. */
  readonly atLeast: number;
  readonly hours: number;
  readonly bots: number;
  readonly workers: number;
  /** Processes that share a desk, the gateway among them: each seed draws their number. Undefined plays one process that is alone. */
  readonly instances: Instances | undefined;
  /** Faults that are left out. */
  readonly without: readonly string[];
  /** Whether a replay shows the everyday calls, too. */
  readonly isWhole: boolean;
  readonly mode: "seeds" | "one" | "canary" | "verify-hash" | "mutants" | "crash-points";
  /** Of crash points, only every so many-th port call. */
  readonly every: number;
  /** The one crash point that is replayed. */
  readonly crash: CrashPoint | undefined;
  /** Mutants to try; all when empty. */
  readonly names: readonly string[];
}

const INSTANCES = "2..5";

const USAGE = `npm run sim -- --seeds N --hours H [--from S] [--bots B] [--minutes M [--at-least N]] [--workers W] [--without ID,ID]
npm run sim -- --seed S [--hours H] [--bots B]      replays one seed, with what happens
npm run sim -- --seed S --whole                     the same, with every call of a port and every request
npm run sim -- --instances 2..5 [and any of these]  several processes share the desk, of which each seed draws the number; --cluster is the same
npm run sim -- --canary                             a world that is broken on purpose must be caught
npm run sim -- --verify-hash [--seeds N]            each seed twice, in fresh processes: equal hashes
npm run sim -- --crash-points [--from S] [--every N]  a short day, with a death at each port call, before and after it
npm run sim -- --crash-points --at N --when before  replays one of them
npm run sim -- --mutants [NAME ...]                 broken copies of the sources must all be caught`;

/** Reads the command line. Throws RangeError with the usage when it makes no sense. */
export function optionsOf(args: readonly string[]): SimOptions {
  const number = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seeds: number,
      seed: number,
      hours: number,
      from: number,
      bots: number,
      minutes: number,
      "at-least": number,
      workers: number,
      instances: number,
      cluster: flag,
      without: number,
      whole: flag,
      canary: flag,
      "verify-hash": flag,
      mutants: flag,
      "crash-points": flag,
      every: number,
      at: number,
      when: number,
    },
  });
  const mode = values.canary
    ? "canary"
    : values["verify-hash"]
      ? "verify-hash"
      : values.mutants
        ? "mutants"
        : values["crash-points"]
          ? "crash-points"
          : values.seed === undefined
            ? "seeds"
            : "one";
  return {
    mode,
    isWhole: values.whole,
    names: positionals,
    from: numberOf("from", values.seed ?? values.from, 1),
    seeds: mode === "one" ? 1 : numberOf("seeds", values.seeds, mode === "verify-hash" ? 10 : values.minutes === undefined ? 100 : 1e9),
    minutes: values.minutes === undefined ? undefined : numberOf("minutes", values.minutes, 0),
    atLeast: numberOf("at-least", values["at-least"], 0),
    hours: numberOf("hours", values.hours, 6),
    bots: numberOf("bots", values.bots, 20),
    instances: instancesOf(values.instances ?? (values.cluster ? INSTANCES : undefined)),
    without: values.without?.split(",") ?? [],
    every: Math.max(1, numberOf("every", values.every, 1)),
    crash: values.at === undefined ? undefined : { call: numberOf("at", values.at, 1), when: values.when === "after" ? "after" : "before" },
    workers: numberOf("workers", values.workers, availableParallelism()),
  };
}

/** `3`, or `2..5`. */
function instancesOf(text: string | undefined): Instances | undefined {
  if (text === undefined) return undefined;
  const [, low, high = low] = /^(\d)(?:\.\.(\d))?$/.exec(text) ?? [];
  const [least, most] = [Number(low), Number(high)];
  if (!(least >= 2 && least <= most))
    throw new RangeError(`--instances must be a number from 2 to 9 or two of them, as 2..5, found "${text}".\n${USAGE}`);
  return { least, most };
}

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isFinite(value) || value < 0)
    throw new RangeError(`--${name} must be a number that is not negative, found "${text}".\n${USAGE}`);
  return value;
}
