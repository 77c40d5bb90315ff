import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";

const result = z.object({
  name: z.string(),
  part: z.enum(["kills", "live", "crashes", "simulation"]),
  /** What was done, in one sentence. */
  did: z.string(),
  /** Short name of the undisturbed books, to which all others were equal. */
  hash: z.string(),
  /** What differed; empty when nothing did. */
  faults: z.array(z.string()),
  seconds: z.number(),
  date: z.string(),
});
const file = z.object({ sources: z.string(), results: z.array(result) });

export type UnitResult = z.output<typeof result>;

/** A piece of a proof that is done whole or not at all. */
export interface Unit {
  readonly name: string;
  readonly part: UnitResult["part"];
  run(): Promise<Pick<UnitResult, "did" | "hash" | "faults">>;
}

/** What was proven so far, kept in a file. */
export class ProofState {
  readonly sources: string;
  readonly results: UnitResult[];
  readonly #file: string;

  /** Begins anew when the file is about other sources. */
  constructor(path: string, sources: string) {
    this.#file = path;
    this.sources = sources;
    const known = existsSync(path) ? file.parse(JSON.parse(readFileSync(path, "utf8"))) : undefined;
    this.results = known?.sources === sources ? known.results : [];
  }

  has(name: string): boolean {
    return this.results.some((each) => each.name === name);
  }

  add(done: UnitResult): void {
    this.results.push(done);
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.new`, JSON.stringify({ sources: this.sources, results: this.results }, undefined, 1));
    renameSync(`${this.#file}.new`, this.#file);
  }
}
