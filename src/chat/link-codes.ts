import { UserError } from "../domain/errors.ts";
import type { DeskEvent } from "../domain/events.ts";
import { MINUTE_MS } from "../domain/time.ts";
import type { Chance, Clock } from "../ports/clock.ts";
import type { DeskLedger } from "../ports/engine.ts";
import type { SharedTries } from "../ports/shared-tries.ts";
import { LINKS_MAX, personOf, samePerson, TERMINAL_USER } from "./access.ts";
import { isApiUser } from "./api-tokens.ts";
import type { LinkDesk } from "./identity.ts";
import { sameCode } from "./same-code.ts";
import { TokenBook } from "./tokens.ts";
import { Tries } from "./tries.ts";

export const LINK_CODE_LENGTH = 12;
const LIFE_MINUTES = 10;
export const LINK_LIFE_MINUTES = LIFE_MINUTES;
const OPEN_MAX = 100;
const WRONG_MAX = 5;
const PEOPLE_MAX = 1_000;

export interface LinkCodeParts {
  readonly desk: DeskLedger;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Where all processes of a desk count wrong tries together. */
  readonly sharedTries?: SharedTries | undefined;
}

/** One-time codes with which a person proves on a second platform that they are the same as on the first. In memory: a restart forgets them. */
export class LinkCodes implements LinkDesk {
  readonly #desk: DeskLedger;
  readonly #book: TokenBook<string>;
  readonly #wrong: Tries;

  constructor({ desk, clock, chance, sharedTries }: LinkCodeParts) {
    this.#desk = desk;
    this.#book = new TokenBook(clock, chance, { lifeMs: LIFE_MINUTES * MINUTE_MS, entriesMax: OPEN_MAX, length: LINK_CODE_LENGTH });
    const limits = { triesMax: WRONG_MAX, perMs: LIFE_MINUTES * MINUTE_MS, peopleMax: PEOPLE_MAX };
    this.#wrong = new Tries(clock, limits, sharedTries && { all: sharedTries, what: "link-code" });
  }

  issue(user: string): string {
    if (user === TERMINAL_USER) throw new UserError("The terminal is nobody's account. Send `access link` in Discord or Telegram.");
    this.#book.drop((each) => each === user);
    return this.#book.issue(user);
  }

  ownerOf(code: string, user: string): string | undefined {
    if (this.#wrong.left(user) === 0) throw new UserError(`Too many wrong codes. Try again in ${LIFE_MINUTES} minutes.`);
    for (const { token, value } of this.#book.open()) if (sameCode(token, code)) return value;
    return undefined;
  }

  missed(user: string): void {
    this.#wrong.miss(user);
  }

  /** Learns of that person's wrong codes at other processes. */
  recount(user: string): Promise<void> {
    return this.#wrong.recount(user);
  }

  link(code: string, owner: string, user: string, requestId: string): DeskEvent {
    const { links } = this.#desk.state;
    if (user === TERMINAL_USER) throw new UserError("The terminal is nobody's account. Type the code in Discord or Telegram.");
    if (samePerson(links, owner, user)) throw new UserError(`${owner} and ${user} are one person already.`);
    const [from, to] = [personOf(links, user), personOf(links, owner)];
    // The tokens of a person take no room of theirs.
    const known = [...links.keys()]
      .filter((each) => !isApiUser(each))
      .concat([...links.values()])
      .filter((each) => samePerson(links, each, from) || samePerson(links, each, to));
    if (new Set([...known, from, to]).size > LINKS_MAX) throw new UserError(`One person has at most ${LINKS_MAX} linked accounts.`);
    this.#book.use(code.trim().toLowerCase(), requestId);
    return { type: "user-linked", user: from, to, by: user };
  }

  /** Forgets the codes of these users. */
  forget(isGone: (user: string) => boolean): void {
    this.#book.drop(isGone);
  }
}
