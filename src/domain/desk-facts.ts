import type { DigestPeriod } from "./digest.ts";
import type { AlertKind, DeskEvent, Recorded, Role } from "./events.ts";
import type { QuietHours } from "./quiet.ts";
import type { MarketMs, WallMs } from "./time.ts";

export interface Grant {
  readonly user: string;
  readonly role: Role;
  /** `desk`, `bot:NAME`, `group:NAME` or `place:PLACE`. */
  readonly scope: string;
}

export interface Channel {
  readonly place: string;
  readonly kinds: readonly AlertKind[];
  readonly digest: { readonly at: string; readonly timeZone: string; readonly setMs: MarketMs } | undefined;
  readonly lastDigestDay: string | undefined;
  /** Digests of longer periods, with the first day of the one that was told last. */
  readonly periodic?: Readonly<Partial<Record<DigestPeriod, PeriodicDigest>>>;
  /** While they last, ordinary alerts wait. */
  readonly quiet: QuietHours | undefined;
}

export interface PeriodicDigest {
  readonly at: string;
  readonly timeZone: string;
  readonly setMs: MarketMs;
  readonly last: string | undefined;
}

export interface RegisteredBot {
  readonly botId: string;
  readonly name: string;
  readonly group: string | undefined;
  readonly owner: string;
  readonly account: string;
  /** The request by which it has its name, so that a repeat of it is given the same number. */
  readonly requestId?: string;
}

/** What a bot is to be known by; its number is given. */
export type NamedBot = Pick<RegisteredBot, "name" | "group" | "owner" | "account">;

/** A bot as its registration says. */
export function registeredBot(
  { botId, name, group, owner, account }: Extract<DeskEvent, { type: "bot-registered" }>,
  { requestId }: Pick<Recorded<DeskEvent>, "requestId">,
): RegisteredBot {
  return { botId, name, group, owner, account, ...(requestId === undefined ? {} : { requestId }) };
}

export interface RegisteredAccount {
  readonly owner: string;
  /** Set for an account at an exchange. */
  readonly exchange?: string;
  readonly environment?: "demo" | "live";
}

/** A command that was done: its arguments as the audit keeps them, without secrets, and what it came to in words. */
export interface DoneCommand {
  readonly path: string;
  readonly args: Readonly<Record<string, string>>;
  readonly result: string;
}

/** What a program proves itself with. Its user is `api:NAME`, which is the person it was made for, with at most this role. */
export interface ApiToken {
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the token, in hex. */
  readonly hash: string;
  readonly expiresMs: WallMs;
}

/** The user that stands for a program. */
export function apiUser(tokenName: string): string {
  return `api:${tokenName}`;
}

/** An account as its registration says. */
export function registeredAccount({ owner, exchange, environment }: Extract<DeskEvent, { type: "account-registered" }>): RegisteredAccount {
  return { owner, ...(exchange === undefined ? {} : { exchange }), ...(environment === undefined ? {} : { environment }) };
}
