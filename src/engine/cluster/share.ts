import type { Member } from "../../ports/cluster.ts";

/** An account that nobody has had for so long is taken by any engine, whatever its share. */
export const UNPLACED_MS = 10_000;
/** An engine that has less than its share is given accounts for so long; one that takes none in that time cannot. */
export const LACKING_MS = 30_000;
/** One that has none yet must have been there for so long: one that refuses its start, again and again under its supervisor, is gone by then. */
export const ARRIVED_MS = 5_000;

/** What an engine knows when it reckons how many accounts it should have. */
export interface Spread {
  readonly self: string;
  readonly members: readonly Pick<Member, "name" | "role" | "isGone" | "streams">[];
  /** Streams of all accounts of the desk. */
  readonly accounts: readonly string[];
  /** How many run here. */
  readonly running: number;
  readonly nowMs: number;
}

interface Engine {
  readonly name: string;
  readonly held: number;
  readonly share: number;
}

/**
 * How many accounts one engine should have: an equal share of all, so that every one is somewhere and nothing moves without need. It gives some back only
 * where another engine has less than its share and takes what it is given.
 */
export class Share {
  /** Engines with less than their share: since when, and with how many. */
  #lacking = new Map<string, { readonly sinceMs: number; readonly held: number }>();
  #unplacedMs: number | undefined;

  capacity({ self, members, accounts, running, nowMs }: Spread): number {
    const engines = sharesOf(members, accounts.length);
    const own = engines.find(({ name }) => name === self)?.share ?? accounts.length;
    const lacking = this.#willing(
      engines.filter(({ name, held, share }) => name !== self && held < share),
      nowMs,
    );
    const unplaced = accounts.filter((stream) => !members.some(({ isGone, streams }) => !isGone && streams.includes(stream))).length;
    this.#unplacedMs = unplaced === 0 ? undefined : (this.#unplacedMs ?? nowMs);
    if (this.#unplacedMs !== undefined && nowMs - this.#unplacedMs >= UNPLACED_MS) return Math.max(own, running) + unplaced;
    if (running > own && !lacking) return running;
    return own;
  }

  /** Whether some engine that has less than its share has taken one lately, or has come to stay and has lacked it for a short time only. */
  #willing(lacking: readonly Engine[], nowMs: number): boolean {
    const before = this.#lacking;
    this.#lacking = new Map(
      lacking.map(({ name, held }) => {
        const known = before.get(name);
        return [name, known && known.held >= held ? known : { sinceMs: nowMs, held }];
      }),
    );
    return [...this.#lacking.values()].some(
      ({ sinceMs, held }) => nowMs - sinceMs < LACKING_MS && (held > 0 || nowMs - sinceMs >= ARRIVED_MS),
    );
  }
}

/** Equal shares; what does not divide evenly goes to the first by name, so that every engine reckons alike. */
function sharesOf(members: Spread["members"], accounts: number): Engine[] {
  const living = members.filter(({ role, isGone }) => role === "engine" && !isGone).sort((a, b) => (a.name < b.name ? -1 : 1));
  return living.map(({ name, streams }, index) => ({
    name,
    held: streams.length,
    share: Math.floor(accounts / living.length) + (index < accounts % living.length ? 1 : 0),
  }));
}
