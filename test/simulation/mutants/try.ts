import type { SimOptions } from "../options.ts";
import { playAll } from "../pool.ts";
import { copyWith } from "./copy.ts";
import { MUTANTS, type Mutant } from "./list.ts";

/** Seeds that a mutant may survive. */
const SEEDS_MAX = 500;
const HOURS = 2;

/** Plays each mutant until it is caught. True when all are. */
export async function tryMutants(options: SimOptions, say: (text: string) => void): Promise<boolean> {
  const chosen = MUTANTS.filter(({ name }) => options.names.length === 0 || options.names.includes(name));
  const survivors: string[] = [];
  for (const mutant of chosen) {
    const caught = await tryMutant(mutant, options);
    say(`${caught === undefined ? "SURVIVED" : "caught"}  ${mutant.name}${caught === undefined ? "" : ` by ${caught}`}`);
    if (caught === undefined) survivors.push(mutant.name);
  }
  say(`${chosen.length - survivors.length} of ${chosen.length} mutants were caught.`);
  return survivors.length === 0;
}

async function tryMutant({ changes }: Mutant, { workers, bots, from, without }: SimOptions): Promise<string | undefined> {
  const copy = copyWith(changes);
  const seeds = Array.from({ length: SEEDS_MAX }, (_, index) => ({ seed: from + index, hours: HOURS, bots, without }));
  let played = 0;
  let caught: string | undefined;
  try {
    await playAll(seeds, { folder: copy.folder, workers }, ({ seed, violations: [first] }) => {
      played += 1;
      if (first === undefined) return "go on";
      caught ??= `invariant ${first.law} at seed ${seed} (${played} played): ${first.text.split("\n")[0]}`;
      return "stop";
    });
  } finally {
    copy.remove();
  }
  return caught;
}
