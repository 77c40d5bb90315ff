import type { Chance } from "../ports/clock.ts";
import { sameCode } from "./same-code.ts";

export const CLAIM_CODE_LENGTH = 12;
/** Wrong tries of one person, and of everyone, before the code is dead until the next start. */
const TRIES_PER_USER_MAX = 5;
const TRIES_MAX = 20;

/** The one-time code that makes its first bearer the admin of a desk that nobody owns yet. The code itself is shown where the desk was started, nowhere else. */
export interface Claim {
  readonly code: string;
  /** Compares in constant time. `dead`: used, or tried too often; `right` is answered once. */
  attempt(user: string, code: string): "right" | "wrong" | "dead";
}

/** A fresh claim code, which the start of a desk without an owner prints. It lives in memory: the next start makes another. */
export function createClaim(chance: Chance): Claim {
  const code = chance.token(CLAIM_CODE_LENGTH);
  const wrongByUser = new Map<string, number>();
  let wrong = 0;
  let used = false;
  return {
    code,
    attempt(user, typed) {
      const wrongOfUser = wrongByUser.get(user) ?? 0;
      if (used || wrong >= TRIES_MAX || wrongOfUser >= TRIES_PER_USER_MAX) return "dead";
      if (sameCode(code, typed)) {
        used = true;
        return "right";
      }
      wrong += 1;
      wrongByUser.set(user, wrongOfUser + 1);
      return "wrong";
    },
  };
}
