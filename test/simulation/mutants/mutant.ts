import type { Instances } from "../cluster/draw.ts";
import type { Change } from "./copy.ts";

/** A fault put into a copy of the sources on purpose. The rig is worth something only if it catches each of them. */
export interface Mutant {
  readonly name: string;
  readonly changes: readonly Change[];
  /** How long each seed is played, where an hour seldom has the moment that it takes. */
  readonly hours?: number;
  /** Set where only several processes can show it. */
  readonly instances?: Instances;
}

/** One change of one file. */
export function mutant(name: string, file: string, find: string, put: string): Mutant {
  return { name, changes: [{ file, find, put }] };
}
