import type { SimOptions } from "../options.ts";
import { type Job, playAll } from "../pool.ts";
import { copyWith } from "./copy.ts";
import { MUTANTS } from "./list.ts";
import type { Mutant } from "./mutant.ts";

/** Seeds that a mutant may survive. */
const SEEDS_MAX = 300;
const HOURS = 1;

/** Plays each mutant until it is caught. True when all are. */
export async function tryMutants(options: SimOptions, say: (text: string) => void): Promise<boolean> {
  const chosen = MUTANTS.filter(({ name }) => options.names.length === 0 || options.names.includes(name));
  const survivors: string[] = [];
  const whole = copyWith([]);
  try {
    for (const mutant of chosen) {
      const caught = await tryMutant(mutant, options, whole.folder);
      say(`${caught === undefined ? "SURVIVED" : "caught"}  ${mutant.name}${caught === undefined ? "" : ` by ${caught}`}`);
      if (caught === undefined) survivors.push(mutant.name);
    }
  } finally {
    whole.remove();
  }
  say(`${chosen.length - survivors.length} of ${chosen.length} mutants were caught.`);
  return survivors.length === 0;
}

/** Seeds at which only the mutant breaks something count; undefined when there was none. */
async function tryMutant(
  { changes, instances, hours = HOURS }: Mutant,
  { workers, bots, from, without }: SimOptions,
  whole: string,
): Promise<string | undefined> {
  const copy = copyWith(changes);
  const jobs = Array.from({ length: SEEDS_MAX }, (_, index) => ({ seed: from + index, hours, bots, without, instances }));
  let played = 0;
  let caught: string | undefined;
  try {
    for (let index = 0; index < jobs.length && caught === undefined; ) {
      const broken: { seed: number; law: string; text: string }[] = [];
      await playAll(jobs.slice(index), { folder: copy.folder, workers }, ({ seed, violations: [first] }) => {
        played += 1;
        if (first) broken.push({ seed, law: first.law, text: first.text });
        return first ? "stop" : "go on";
      });
      const seeds = new Set(broken.map(({ seed }) => seed));
      const sound = await soundSeeds(
        jobs.filter(({ seed }) => seeds.has(seed)),
        whole,
        workers,
      );
      const found = broken.find(({ seed }) => sound.has(seed));
      if (found) caught = `invariant ${found.law} at seed ${found.seed} (${played} played): ${found.text.split("\n")[0]}`;
      index = Math.max(index + 1, played);
    }
  } finally {
    copy.remove();
  }
  return caught;
}

/** The seeds at which the sources as they are break nothing: only there a mutant is what was caught. */
async function soundSeeds(jobs: readonly Job[], folder: string, workers: number): Promise<ReadonlySet<number>> {
  const sound = new Set<number>();
  await playAll(jobs, { folder, workers }, ({ seed, violations }) => {
    if (violations.length === 0) sound.add(seed);
    return "go on";
  });
  return sound;
}
