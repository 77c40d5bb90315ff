import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { type Job, playAll } from "../simulation/pool.ts";
import type { SeedResult } from "../simulation/run.ts";
import type { Unit } from "./state.ts";

const FOLDER = resolve(import.meta.dirname, "../simulation");
const UNITS = 200;
const SEEDS = 100;
const HOURS = 6;
const BOTS = 20;
const HASH_DIGITS = 16;

/** The deterministic simulation, 20,000 seeds of it: a hundred to a unit. */
export function simulationUnits(): Unit[] {
  return Array.from({ length: UNITS }, (_, index) => {
    const from = index * SEEDS + 1;
    const name = `simulation, seeds ${from} to ${from + SEEDS - 1}`;
    return { name, part: "simulation", run: () => play(from) };
  });
}

async function play(from: number): ReturnType<Unit["run"]> {
  const results: SeedResult[] = [];
  const jobs: Job[] = Array.from({ length: SEEDS }, (_, index) => ({ seed: from + index, hours: HOURS, bots: BOTS }));
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
    did: `${SEEDS} seeds x ${HOURS} h x ${BOTS} bots, ${happened} happenings`,
    hash: digest.slice(0, HASH_DIGITS),
    faults: results.flatMap(({ seed, violations: [first] }) => (first ? [`seed ${seed}, invariant ${first.law}: ${first.text}`] : [])),
  };
}
