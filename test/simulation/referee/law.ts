import type { Coverage } from "../world/coverage.ts";
import type { SimQuotes } from "../world/quotes.ts";
import type { SimTape } from "../world/tape.ts";
import type { Books } from "./books.ts";
import type { LogRow } from "./log.ts";

/** What laws know of the world: the simulator's own facts, never the engine's. */
export interface Facts {
  readonly books: Books;
  readonly tape: SimTape;
  readonly quotes: SimQuotes;
  readonly coverage: Coverage;
  readonly limits: { readonly dailyLossPct: number; readonly positionCapPct: number };
  /** True time, as an epoch: the exchange's. */
  trueMs(): number;
  /** The largest error that the machine's clock had so far. */
  clockErrorMaxMs(): number;
  /** Since when nothing has been wrong with process, store and market; undefined while something is. */
  healthySinceMs(): number | undefined;
  /** How long a process may not know yet what another one has written. */
  readonly viewMs: number;
  /** Whether a process can do something about an account at the exchange now: reachable time. */
  reaches(account: string): boolean;
}

/** An order at the moment at which a venue gets to see it. */
export interface SentOrder {
  readonly process: number;
  readonly venue: "paper" | "exchange";
  /** As it was given; a leg's has a suffix. */
  readonly clientOrderId: string;
}

export type Command =
  | "start"
  | "stop"
  | "stop-close"
  | "close"
  | "halt"
  | "resume"
  | "panic"
  | "create"
  | "connect"
  | "promote"
  | "enter"
  | "reset";

/** What a person asked for, and whether it was answered. */
export interface Asked {
  readonly command: Command;
  readonly requestId: string;
  readonly bot: string | undefined;
  /** The machine's clock at which a halt with an end ends. */
  readonly untilMs: number | undefined;
}

/** One invariant. It throws `Broken` at the moment at which it is broken, and counts how often it could have been. */
export interface Law {
  readonly id: string;
  /** A row that is durable now; the books have it already. */
  durable?(row: LogRow): void;
  /** Before the books get a row. */
  arriving?(row: LogRow): void;
  sent?(order: SentOrder): void;
  asked?(asked: Asked): void;
  /** Answered "done". */
  done?(asked: Asked): void;
  /** Answered "refused", in one sentence. */
  refused?(asked: Asked, because: string): void;
  /** Once a virtual second. */
  second?(process: ProcessFacts): void;
  /** Virtual time after the last fault has ended. */
  quietEnd?(process: ProcessFacts, open: readonly Asked[]): void;
}

/** What the harness itself counts of a process, and what that process tells a person who asks. */
export interface ProcessFacts {
  readonly number: number;
  readonly alive: boolean;
  readonly callsWaiting: number;
  readonly sleeping: number;
  /** Undefined while what it says may be behind the log: a call is unanswered, or the store failed it. */
  readonly told: (() => Told) | undefined;
}

/** What the engine says of itself when it is asked. */
export interface Told {
  readonly problems: readonly string[];
  readonly marketMs: number;
  /** By account stream, each coin in plain digits. */
  readonly balances: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** By bot id. */
  readonly positions: ReadonlyMap<string, string>;
  readonly unknownOrders: number;
}

/** An invariant was broken. */
export class Broken extends Error {
  override readonly name = "Broken";
  readonly law: string;

  constructor(law: string, message: string) {
    super(message);
    this.law = law;
  }
}
