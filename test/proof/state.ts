import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";

const result = z.object({
  name: z.string(),
  part: z.enum(["kills", "live", "cluster", "crashes", "simulation", "instances"]),
  /** Names the contents of the files that were run: see sources.ts. */
  sources: z.string(),
  /** What was done, in one sentence. */
  did: z.string(),
  /** Short name of the undisturbed books, to which all others were equal. */
  hash: z.string(),
  /** What differed; empty when nothing did. */
  faults: z.array(z.string()),
  seconds: z.number(),
  date: z.string(),
});
const file = z.array(result);

export type UnitResult = z.output<typeof result>;

/** A piece of a proof that is done whole or not at all. */
export interface Unit {
  readonly name: string;
  readonly part: UnitResult["part"];
  run(): Promise<Pick<UnitResult, "did" | "hash" | "faults">>;
}

/** What was proven so far, kept in a file that is committed, so that a proof goes on in any clone of the same sources. */
export class ProofState {
  readonly results: UnitResult[];
  readonly #file: string;

  constructor(path: string) {
    this.#file = path;
    this.results = existsSync(path) ? file.parse(JSON.parse(readFileSync(path, "utf8"))) : [];
  }

  has(name: string, sources: string): boolean {
    return this.results.some((each) => each.name === name && each.sources === sources);
  }

  /** Takes the place of what an earlier build led to. */
  add(done: UnitResult): void {
    const known = this.results.findIndex(({ name }) => name === done.name);
    if (known < 0) this.results.push(done);
    else this.results[known] = done;
    writeFileSync(`${this.#file}.new`, `${JSON.stringify(this.results, undefined, 2)}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }
}
