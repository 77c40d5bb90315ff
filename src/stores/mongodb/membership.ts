import type { Clock } from "../../ports/clock.ts";
import { StoreUnavailable } from "../../ports/store.ts";
import type { Members } from "./members.ts";
import { Renewal } from "./renewal.ts";

export interface MembershipOptions {
  readonly members: Members;
  readonly name: string;
  readonly clock: Clock;
  readonly leaseMs: number;
  /** Gives back a stream that is still owed when its turn comes. */
  readonly giveOwed: (stream: string) => Promise<void>;
  readonly onTaken: (() => void) | undefined;
}

/** A stream that is to be given back: `isUnanswered` when what was sent for it last may still be on its way. */
interface Owed {
  readonly isUnanswered: boolean;
}

/** This process among those in a database: renewed as a whole, however many streams it holds, and good for what it could not give back at once. */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #renewal: Renewal;
  /** Streams whose acquisition or release was not answered. */
  readonly #owed = new Map<string, Owed>();
  #expiresAt: Date | undefined;

  constructor(options: MembershipOptions) {
    this.#options = options;
    const { clock, leaseMs, onTaken = () => undefined } = options;
    this.#renewal = new Renewal(clock, leaseMs, () => this.#renew(), onTaken);
  }

  /** From now on this process is renewed. */
  async begin(): Promise<void> {
    if (!(await this.#renewal.claim())) throw new StoreUnavailable("this process was declared gone before it began: start it again");
    this.#renewal.keep();
  }

  /** Why this process may write nothing just now. */
  problem(): string | undefined {
    return this.#renewal.problem();
  }

  /** The time of the server before which nobody can have declared this process gone; undefined while that is in doubt. */
  until(): Date | undefined {
    return this.problem() === undefined ? this.#expiresAt : undefined;
  }

  /** Nobody knows whether this process has a stream, which it must not keep: it is given back as soon as that can be. */
  owe(stream: string, isUnanswered = false): void {
    this.#owed.set(stream, { isUnanswered });
  }

  /** How a stream is to be given back; undefined when it is not owed. */
  owed(stream: string): Owed | undefined {
    return this.#owed.get(stream);
  }

  /** It is known again who has a stream. */
  settle(stream: string): void {
    this.#owed.delete(stream);
  }

  /** Ends this process in the database, so that nobody need wait for what it held. */
  leave(): Promise<void> {
    const { members, name } = this.#options;
    const unanswered = () => [...this.#owed].flatMap(([stream, { isUnanswered }]) => (isUnanswered ? [stream] : []));
    return this.#renewal.end(() => members.leave(name, unanswered()));
  }

  async #renew(): Promise<boolean> {
    const { members, name, giveOwed } = this.#options;
    this.#expiresAt = await members.renew(name);
    if (this.#expiresAt === undefined) return false;
    // Whatever fails is still owed, and the next renewal tries again.
    for (const stream of this.#owed.keys()) void giveOwed(stream).catch(() => undefined);
    return true;
  }
}
