import { MINUTE_MS } from "../../domain/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Place } from "../../ports/platform.ts";
import { type Asked, sameCommand } from "../confirmations.ts";
import { answersAt } from "../same-place.ts";

/** A request waits for ten minutes, and whoever is about to answer it may take as long again. */
const LATELY_MS = 20 * MINUTE_MS;
const USERS_MAX = 1_000;
/** Different commands of one user that are remembered; any two of them already keep digits from counting without a code. */
const COMMANDS_MAX = 20;

/** A request as it could be typed. */
export interface Asking extends Omit<Asked, "state"> {
  readonly line: string;
}

interface Entry {
  readonly asking: Asking;
  readonly atMs: number;
}

/**
 * What was asked for lately and was not carried out, also where it was left, denied or pushed out since: digits that say nothing else may have been meant for
 * any of it. Whoever shares a chat can end the request of its owner and put their own in its place while the owner is typing.
 */
export class AskedLately {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #byUser = new Map<string, readonly Entry[]>();

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  note(asking: Asking): void {
    const { user } = asking;
    const others = this.#of(user).filter((entry) => !isSame(entry.asking, asking));
    // The user who asked last is forgotten last.
    this.#byUser.delete(user);
    this.#byUser.set(user, [...others, { asking, atMs: this.#clock.monotonicMs() }].slice(-COMMANDS_MAX));
    const oldest = this.#byUser.keys().next().value;
    if (this.#byUser.size > USERS_MAX && oldest !== undefined) this.#byUser.delete(oldest);
  }

  carriedOut(asking: Asking): void {
    const { user } = asking;
    this.#byUser.set(
      user,
      this.#of(user).filter((entry) => !isSame(entry.asking, asking)),
    );
  }

  /** Different commands that a user asked for and could answer at a place, the newest first. */
  at(user: string, place: Place): readonly Asking[] {
    const asked = this.#of(user).filter(({ asking }) => answersAt(asking.place, place));
    return asked.map(({ asking }) => asking).reverse();
  }

  #of(user: string): readonly Entry[] {
    const nowMs = this.#clock.monotonicMs();
    return (this.#byUser.get(user) ?? []).filter(({ atMs }) => nowMs - atMs < LATELY_MS);
  }
}

function isSame(one: Asking, other: Asking): boolean {
  return one.place === other.place && sameCommand(one, other);
}
