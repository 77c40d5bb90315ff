import type { z } from "zod";

/** One setting of the process. The loader, `.env.example` and the README table are derived from it. */
export interface Setting<T, D extends string | undefined = string | undefined> {
  readonly name: string;
  /** As it would be typed; undefined when the setting may be absent. */
  readonly default: D;
  readonly description: string;
  readonly example: string;
  readonly parser: z.ZodType<T, string>;
  /** What to do when the parser refuses: one sentence. */
  readonly remedy: string;
  /** A secret may also come from a file named by `NAME_FILE`. */
  readonly secret?: true;
}

/** Keeps the exact types of one setting. */
export function setting<T, const D extends string | undefined>(spec: Setting<T, D>): Setting<T, D> {
  return spec;
}
