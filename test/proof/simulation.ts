import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { type Job, playAll } from "../simulation/pool.ts";
import type { SeedResult } from "../simulation/run.ts";
import type { Unit } from "./state.ts";

const FOLDER = resolve(import.meta.dirname, "../simulation");
const UNITS = 200;
const SEEDS = 100;
const HASH_DIGITS = 16;
const ALONE: Played = { hours: 6, bots: 20 };
/** Ten thousand seeds of an hour. */
const SHARED_UNITS = 100;
const SHARED: Played = { hours: 1, bots: 8, instances: { least: 2, most: 5 } };

/** What each seed of a part plays. */
type Played = Pick<Job, "hours" | "bots" | "instances">;

/** The deterministic simulation, 20,000 seeds of it: a hundred to a unit. */
export function simulationUnits(): Unit[] {
  return unitsOf("simulation", UNITS, ALONE);
}

/** The same of a desk that several processes share. */
export function instanceUnits(): Unit[] {
  return unitsOf("instances", SHARED_UNITS, SHARED);
}

function unitsOf(part: Unit["part"], count: number, played: Played): Unit[] {
  return Array.from({ length: count }, (_, index) => {
    const from = index * SEEDS + 1;
    const name = `${part}, seeds ${from} to ${from + SEEDS - 1}`;
    return { name, part, run: () => play(from, played) };
  });
}

async function play(from: number, played: Played): ReturnType<Unit["run"]> {
  const results: SeedResult[] = [];
  const jobs: Job[] = Array.from({ length: SEEDS }, (_, index) => ({ seed: from + index, ...played }));
  await playAll(jobs, { folder: FOLDER, workers: availableParallelism() }, (result) => {
    results.push(result);
    return "go on";
  });
  results.sort((a, b) => a.seed - b.seed);
  const happened = results.reduce((sum, result) => sum + result.happened, 0);
  const digest = createHash("sha256")
    .update(results.map(({ hash }) => hash).join(" "))
    .digest("hex");
  return {
    did: `${SEEDS} seeds x ${played.hours} h x ${played.bots} bots, ${happened} happenings`,
    hash: digest.slice(0, HASH_DIGITS),
    faults: results.flatMap(({ seed, violations: [first] }) => (first ? [`seed ${seed}, invariant ${first.law}: ${first.text}`] : [])),
  };
}
