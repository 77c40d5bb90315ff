import type { ChainEnd, ChainFault } from "../domain/audit-chain.ts";
import type { AccountEvent, DeskEvent, Recorded } from "../domain/events.ts";
import type { WallMs } from "../domain/time.ts";

/** Whose records are meant: the whole desk's, or those of some accounts and which of the desk's own. */
export type AuditScope = "whole" | { readonly accounts: readonly string[]; readonly sees: (event: AccountEvent | DeskEvent) => boolean };

/** A record with where it stands; the desk's own has no account. */
export interface AuditRecord {
  readonly account: string | undefined;
  readonly recorded: Recorded<AccountEvent | DeskEvent>;
}

/** What following one stream's chain came to. */
export interface ChainVerdict {
  /** Undefined for the desk's own stream. */
  readonly account: string | undefined;
  /** Records that were looked at and are as they were written. */
  readonly end: ChainEnd;
  /** The first record with a link: those before were written by a build without one, and nothing vouches for them. Undefined where none has one. */
  readonly beganAt: number | undefined;
  readonly fault: ChainFault | undefined;
  /** When the first record that does not follow says it was written, where it says anything. */
  readonly faultMs: WallMs | undefined;
}

/** A link that somebody wrote down, by how it begins. */
export interface NotedLink {
  readonly account: string | undefined;
  readonly sequence: number;
  readonly link: string;
}

export interface AuditSearch {
  readonly scope: AuditScope;
  /** Asked once of each record, the newest of an account first. */
  readonly wanted: (record: AuditRecord) => boolean;
  readonly limit: number;
  /** Older records are not looked at. */
  readonly sinceMs: number | undefined;
}

/** The books as evidence: what was asked, decided, ordered and filled, and whether it still is what was written. */
export interface Audit {
  /** The newest records that are wanted, newest first; `whole` is false where the search ended before the oldest record. */
  newest(search: AuditSearch): Promise<{ readonly records: readonly AuditRecord[]; readonly whole: boolean }>;
  /** Reads every record again, from the store, and follows the chains to the first that does not follow. */
  verify(scope: AuditScope, noted: readonly NotedLink[]): Promise<readonly ChainVerdict[]>;
}
