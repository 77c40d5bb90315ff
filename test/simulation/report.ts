import { DAY_MS } from "../../src/domain/time.ts";
import { CLUSTER_EXPECTED, ENOUGH_CLUSTER_SEED_HOURS } from "./cluster/expected.ts";
import { ENOUGH_SEED_HOURS, EXPECTED } from "./expected.ts";
import type { SimOptions } from "./options.ts";
import type { SeedResult } from "./run.ts";
import { Coverage } from "./world/coverage.ts";

const VIOLATIONS_SHOWN = 40;

/** Adds up what the seeds of a run led to. */
export class Report {
  readonly #coverage = new Coverage();
  readonly #violations: string[] = [];
  readonly #startedMs = performance.now();
  #seeds = 0;
  #broken = 0;
  #happened = 0;
  #virtualMs = 0;
  #workMs = 0;

  add({ seed, violations, counts, happened, virtualMs, workMs }: SeedResult): void {
    this.#seeds += 1;
    this.#coverage.add(counts);
    this.#happened += happened;
    this.#virtualMs += virtualMs;
    this.#workMs += workMs;
    const [first] = violations;
    if (first === undefined) return;
    this.#broken += 1;
    this.#violations.push(`seed ${seed}, second ${Math.round(first.atMs / 1_000)}, invariant ${first.law}: ${first.text}`);
  }

  get broken(): number {
    return this.#broken;
  }

  /** Rows that never occurred, when there were enough seeds to expect them. */
  zeros({ hours, instances }: SimOptions): string[] {
    if (this.#seeds * hours < (instances ? ENOUGH_CLUSTER_SEED_HOURS : ENOUGH_SEED_HOURS)) return [];
    return expectedOf(instances).filter((id) => this.#coverage.of(id) === 0);
  }

  text(options: SimOptions): string {
    const minutes = (performance.now() - this.#startedMs) / 60_000;
    const zeros = this.zeros(options);
    const rows = new Set([...expectedOf(options.instances), ...this.#coverage.counts.keys()]);
    const table = [...rows].sort().map((id) => `${String(this.#coverage.of(id)).padStart(10)}  ${id}`);
    return [
      "Occurred:",
      ...table,
      "",
      ...this.#violations.slice(0, VIOLATIONS_SHOWN).map((violation) => `BROKEN ${violation}`),
      ...zeros.map((id) => `NEVER OCCURRED ${id}`),
      `${this.#seeds} seeds x ${options.hours} h x ${options.bots} bots: ${this.#broken} broken.`,
      `${(this.#seeds / minutes).toFixed(1)} seeds a minute; ${(this.#virtualMs / DAY_MS / (this.#workMs / 1_000)).toFixed(2)} virtual days a second and core; ${this.#happened} happenings.`,
      "",
    ].join("\n");
  }
}

/** Of a number of processes that is asked for, only that one can occur. */
function expectedOf(instances: SimOptions["instances"]): readonly string[] {
  if (!instances) return EXPECTED;
  const { least, most } = instances;
  return CLUSTER_EXPECTED.filter((id) => {
    const [, count] = /^instances: (\d)$/.exec(id) ?? [];
    return count === undefined || (Number(count) >= least && Number(count) <= most);
  });
}
