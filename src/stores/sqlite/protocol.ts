import type { ConfigProblem } from "../../domain/errors.ts";
import type { Store, StoreContents } from "../../ports/store.ts";

/** The SQLite store: the port, and what its writer did since it was opened. */
export interface SqliteStore extends Store, StoreContents {
  statistics(): Promise<StoreStatistics>;
}

export interface StoreStatistics {
  /** Transactions that were committed. */
  readonly commits: number;
  /** Writing operations that they carried, refused ones included. */
  readonly writes: number;
  /** The most operations that one commit carried. */
  readonly groupMax: number;
}

export type WriteName = "acquire" | "append" | "saveSnapshot" | "accept" | "settle" | "recordDelivery" | "forgetChannel" | "prune";
export type ReadName =
  | "read"
  | "news"
  | "streams"
  | "loadSnapshot"
  | "unsettled"
  | "cursors"
  | "undelivered"
  | "snapshots"
  | "requests"
  | "channels"
  | "statistics";
export type OperationName = WriteName | ReadName;

type Asks = { [Name in OperationName]: Parameters<SqliteStore[Name]> };
export type Ask<Name extends OperationName> = Asks[Name];
export type Value<Name extends OperationName> = Awaited<ReturnType<SqliteStore[Name]>>;

/** What carries out the operations of these names, synchronously, on the writer's thread. */
export type Handlers<Names extends OperationName> = { [Name in Names]: (...ask: Asks[Name]) => Value<Name> };

/** One operation on its way to the writer's thread. */
export type Request<Names extends OperationName> = { [Name in Names]: { id: number; name: Name; ask: Asks[Name] } }[Names];

export type ToWriter = Request<OperationName> | { name: "close" };

/** The outcome of one operation on its way back. */
export type Answer = { id: number; value: unknown } | { id: number; failure: Failure };

export interface Failure {
  readonly kind: "refused" | "unavailable" | "bug";
  readonly message: string;
}

export type FromWriter = { kind: "opened" } | { kind: "not-opened"; problem: ConfigProblem } | { kind: "answers"; answers: Answer[] };

export interface WriterOptions {
  readonly file: string;
  readonly pagesMax: number | undefined;
}

/** Whether an operation changes the store. */
export function isWrite(request: Request<OperationName>): request is Request<WriteName> {
  return WRITES.has(request.name);
}

const WRITES: ReadonlySet<OperationName> = new Set<WriteName>([
  "acquire",
  "append",
  "saveSnapshot",
  "accept",
  "settle",
  "recordDelivery",
  "forgetChannel",
  "prune",
]);
