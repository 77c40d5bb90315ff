import { UserError } from "../domain/errors.ts";
import type { DeskEvent } from "../domain/events.ts";

interface Fact {
  readonly event: DeskEvent;
  /** Undefined for a fact that holds whatever the desk says by then. */
  readonly isAsSeen: (() => boolean) | undefined;
}

const GIVE_RIGHTS: ReadonlySet<DeskEvent["type"]> = new Set([
  "access-granted",
  "access-unlocked",
  "user-linked",
  "token-made",
  "factor-enrolled",
]);

/** Facts that a command adds to the desk's stream, in one append with its audit. */
export class RecordedFacts {
  readonly #facts: Fact[] = [];

  /** Adds a fact; with `look`, one that follows from what that sees now. */
  add(event: DeskEvent, look?: () => unknown): void {
    const seen = look?.();
    this.#facts.push({ event, isAsSeen: look && (() => look() === seen) });
  }

  get events(): readonly DeskEvent[] {
    return this.#facts.map(({ event }) => event);
  }

  /** Those that hold whatever the desk says by then. */
  get certain(): readonly DeskEvent[] {
    return this.#facts.filter(({ isAsSeen }) => isAsSeen === undefined).map(({ event }) => event);
  }

  /**
   * All of them, when it is their turn to be written. Throws UserError where somebody else has set meanwhile what one of them follows from, for it would
   * undo what they were told; and where one gives rights that whoever gives them has lost meanwhile.
   */
  atTurn(isAllowed: () => boolean): readonly DeskEvent[] {
    if (this.events.some(({ type }) => GIVE_RIGHTS.has(type)) && !isAllowed())
      throw new UserError("Your own rights have ended in the same moment. Nothing was done.");
    if (this.#facts.some(({ isAsSeen }) => isAsSeen?.() === false))
      throw new UserError("Somebody else has set this in the same moment. Nothing was done; look what holds now, then send it again.");
    return this.events;
  }

  clear(): void {
    this.#facts.length = 0;
  }
}
