import { Secret } from "../../domain/secret.ts";
import { HOUR_MS } from "../../domain/time.ts";
import type { Chance, Clock } from "../../ports/clock.ts";
import type { DeskLedger } from "../../ports/engine.ts";
import type { SharedTries } from "../../ports/shared-tries.ts";
import type { Vault } from "../../ports/vault.ts";
import { personOf, samePerson } from "../access.ts";
import type { Enrolment } from "../identity.ts";
import { sameCode } from "../same-code.ts";
import { Tries } from "../tries.ts";
import { base32, codeOf, DIGITS, enrolmentUri, fromBase32, SEED_BYTES, stepAt } from "./totp.ts";

/** Six digits are one of a million, and three of them are good at a time: an hour's tries find one once in 33,000. */
const WRONG_PER_HOUR_MAX = 10;
const PEOPLE_MAX = 1_000;
const CODE = new RegExp(`^\\d{${DIGITS}}$`);

const WITH_CODE = /^([\d\s]+)\s([a-z0-9]{8})$/i;

export interface CodeParts {
  readonly desk: DeskLedger;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Where all processes of a desk count wrong tries together. */
  readonly sharedTries?: SharedTries | undefined;
}

export type CodeAnswer = "right" | "wrong" | "used" | "too-many";

/** Six digits in a typed text, with or without a space in the middle. */
export function digitsIn(text: string): string | undefined {
  const digits = text.replace(/\s/g, "");
  return CODE.test(digits) ? digits : undefined;
}

/** Six digits that came alone, or with the code of the request that they are for. */
export function typedIn(text: string): { readonly digits: string; readonly code: string | undefined } | undefined {
  const alone = digitsIn(text);
  if (alone !== undefined) return { digits: alone, code: undefined };
  const [, before = "", code] = WITH_CODE.exec(text.trim()) ?? [];
  const digits = digitsIn(before);
  return digits === undefined ? undefined : { digits, code };
}

/** One-time codes of authenticator apps: enrolled under a sealed seed, taken one step early or late, each one once. */
export class OneTimeCodes {
  readonly #parts: CodeParts;
  readonly #wrong: Tries;
  /** The newest step whose code was used, by person. */
  readonly #used = new Map<string, number>();
  /** Codes up to this step may have been used before this process started, which does not know. */
  readonly #usedBefore: number;

  constructor(parts: CodeParts) {
    this.#parts = parts;
    const limits = { triesMax: WRONG_PER_HOUR_MAX, perMs: HOUR_MS, peopleMax: PEOPLE_MAX };
    this.#wrong = new Tries(parts.clock, limits, parts.sharedTries && { all: parts.sharedTries, what: "one-time-code" });
    this.#usedBefore = stepAt(parts.clock.wall()) + 1;
  }

  isEnrolled(user: string): boolean {
    return this.#seedsOf(user).length > 0;
  }

  async enrol(user: string): Promise<Enrolment> {
    const { vault, chance, desk } = this.#parts;
    const person = personOf(desk.state.links, user);
    const seed = base32(chance.bytes(SEED_BYTES));
    const sealed = await vault.seal(purposeOf(person), { seed: new Secret(seed) });
    return { uri: enrolmentUri(seed, person), seed, event: { type: "factor-enrolled", user: person, sealed } };
  }

  /** Judges six digits and uses a right one up. Rejects with UserError when the vault cannot open the seed. */
  async check(user: string, digits: string): Promise<CodeAnswer> {
    const person = personOf(this.#parts.desk.state.links, user);
    if (this.#wrong.left(person) === 0) return "too-many";
    const step = await this.#stepOf(user, digits);
    if (step === undefined) {
      this.#wrong.miss(person);
      return "wrong";
    }
    if (step <= Math.max(this.#usedBefore, this.#used.get(person) ?? 0)) return "used";
    this.#used.set(person, step);
    this.#wrong.forget(person);
    return "right";
  }

  /** Learns of that person's wrong digits at other processes. */
  recount(user: string): Promise<void> {
    return this.#wrong.recount(personOf(this.#parts.desk.state.links, user));
  }

  async #stepOf(user: string, digits: string): Promise<number | undefined> {
    const { vault, clock } = this.#parts;
    const now = stepAt(clock.wall());
    for (const [owner, sealed] of this.#seedsOf(user)) {
      const { seed } = await vault.open(purposeOf(owner), sealed);
      const bytes = fromBase32(seed?.reveal() ?? "");
      const found = [now, now - 1, now + 1].find((step) => sameCode(codeOf(bytes, step), digits));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #seedsOf(user: string) {
    const { factors, links } = this.#parts.desk.state;
    return [...factors].filter(([owner]) => samePerson(links, owner, user));
  }
}

/** What a seed is sealed for. */
export function purposeOf(user: string): string {
  return `factor:${user}`;
}
