import type { Config } from "../../../config/schema.ts";
import type { Clock } from "../../ports/clock.ts";

/** What one look found. A warning may be lived with; a fault keeps something from working. */
export interface Finding {
  readonly grade: "ok" | "warn" | "fail";
  readonly about: string;
  readonly found: string;
  /** What to do, for everything that is not well. */
  readonly remedy?: string | undefined;
}

/** What every look may use. */
export interface Look {
  readonly config: Config;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Where settings may stand beside the environment. */
  readonly envFile: string;
}

/** A look that found nothing to do; `about` names what was looked at, `found` is the fact. */
export function ok(about: string, found: string): Finding {
  return { grade: "ok", about, found };
}

/** A finding that may be lived with; `remedy` says what to do, as a sentence. */
export function warn(about: string, found: string, remedy: string): Finding {
  return { grade: "warn", about, found, remedy };
}

/** A finding that keeps something from working; `remedy` says what to do, as a sentence. */
export function fail(about: string, found: string, remedy: string): Finding {
  return { grade: "fail", about, found, remedy };
}
