import type { DeskEvent } from "../domain/events.ts";
import type { TokenDesk } from "./api-tokens.ts";

/** Who asks, as a person, whichever of their linked users it is, and what makes and breaks that identity. */
export interface Identity {
  /** The user that stands for all of theirs: what is owned is owned by this one. */
  readonly person: string;
  /** Whether they hold any right that counts here. */
  readonly holdsRights: boolean;
  /** Whether a link would bring anything of theirs to somebody else: a right that counts anywhere, a bot or an account. */
  readonly hasSomething: boolean;
  readonly factors: FactorDesk;
  readonly linkCodes: LinkDesk;
  readonly tokens: TokenDesk;
}

export interface FactorDesk {
  /** Approves what waits under a code. Throws UserError when there is nothing that this user may approve. */
  approve(code: string, user: string): Waiting;
  /** Refuses what waits under a code, also from where it was asked. */
  deny(code: string, user: string): Waiting;
  /** Makes a new seed of one-time codes, which replaces an earlier one once the fact is recorded. Rejects with UserError while the vault is locked. */
  enrol(user: string): Promise<Enrolment>;
}

/** What waits for a second factor, for the answer to the one who approves or refuses it. */
export interface Waiting {
  /** As it could be typed. */
  readonly line: string;
  readonly user: string;
  readonly place: string;
}

/** What a person sees once: the link and the seed in letters, with the fact to record. */
export interface Enrolment {
  readonly uri: string;
  readonly seed: string;
  readonly event: DeskEvent;
}

export interface LinkDesk {
  /** A new code of that user, which ends an earlier one of theirs. */
  issue(user: string): string;
  /** The user whose code this is; undefined when it is nobody's. Throws UserError after too many wrong ones. */
  ownerOf(code: string, user: string): string | undefined;
  /** Counts a wrong code. */
  missed(user: string): void;
  /** Uses a code up: the fact that its owner and this user are one person. Throws UserError when they cannot be linked. */
  link(code: string, owner: string, user: string, requestId: string): DeskEvent;
}
