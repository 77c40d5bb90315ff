import { createHash } from "node:crypto";
import type { DeskState } from "../domain/desk.ts";
import { type ApiToken, apiUser } from "../domain/desk-facts.ts";
import { UserError } from "../domain/errors.ts";
import type { DeskEvent, Role } from "../domain/events.ts";
import { wallMs } from "../domain/time.ts";
import type { Chance, Clock } from "../ports/clock.ts";

/** The platform that programs speak from, and how its users begin. */
export const API_PLATFORM = "api";
/** 40 letters and digits hold 206 bits: its hash needs no salt. */
const TOKEN_LENGTH = 40;
/** Says to a person, and to a scanner of leaked secrets, what it is. */
const TOKEN_MARK = "ss-api-";
/** Tokens of one desk, expired ones too. */
const TOKENS_MAX = 100;

export interface TokenWish {
  readonly name: string;
  /** Whose rights it may use. */
  readonly user: string;
  readonly role: Role;
  readonly lifeMs: number;
  readonly by: string;
}

export interface TokenDesk {
  /** A new token, to be shown once, with the fact to record. Throws UserError where there are too many or the name is in use. */
  issue(wish: TokenWish): { readonly token: string; readonly event: DeskEvent };
}

export interface TokenParts {
  readonly desk: { readonly state: Readonly<DeskState> };
  readonly clock: Clock;
  readonly chance: Chance;
  /** Told each new token, so that no log shows it. */
  readonly onSecret?: ((value: string) => void) | undefined;
}

/** Makes the tokens of programs. The desk keeps a hash of each, so that a token is shown once and never again. */
export function tokenDesk({ desk, clock, chance, onSecret }: TokenParts): TokenDesk {
  return {
    issue({ name, user, role, lifeMs, by }) {
      const { tokens } = desk.state;
      const known = tokens.get(name);
      if (known && known.expiresMs > clock.wall())
        throw new UserError(
          `name: there is a token ${name} already; choose another name, or take it away with \`access revoke user:api:${name}\`.`,
        );
      if (!known && tokens.size >= TOKENS_MAX)
        throw new UserError(
          `There are ${TOKENS_MAX} tokens, which is the most. \`access list\` shows them; \`access revoke\` takes one away.`,
        );
      const token = TOKEN_MARK + chance.token(TOKEN_LENGTH);
      onSecret?.(token);
      const event = { type: "token-made", name, user, role, hash: tokenHash(token), expiresMs: wallMs(clock.wall() + lifeMs), by } as const;
      return { token, event };
    },
  };
}

/** The token that a program sent, if it is one of the desk's and has not expired. */
export function tokenFrom(
  sent: string,
  tokens: DeskState["tokens"],
  nowMs: number,
): { readonly token: ApiToken; readonly expired: boolean } | undefined {
  // What is compared is a hash of 206 random bits: how far two hashes agree tells nothing of the token.
  const hash = tokenHash(sent);
  for (const token of tokens.values()) if (token.hash === hash) return { token, expired: token.expiresMs <= nowMs };
  return undefined;
}

/** Whether a user is a program with a token, not a person at a platform. */
export function isApiUser(user: string): boolean {
  return user.startsWith(apiUser(""));
}

/** Throws UserError when a program asks for what proves, or makes, an identity: a stolen token must not become more than it is. */
export function refuseProgram(user: string, path: string): void {
  if (isApiUser(user)) throw new UserError(`\`${path}\` is for people: send it in a chat or at the desk's terminal. A token cannot do it.`);
}

function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
