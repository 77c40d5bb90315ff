import type { BotRules, BotSpec, Protection, SizeCap, Sizing } from "../domain/bot.ts";
import type { Decimal } from "../domain/money.ts";
import type { Timeframe } from "../domain/timeframe.ts";

/** What a person wants a bot to be from now on; what is left out stays. Name, symbol, account and owner never change. */
export interface BotChange {
  readonly sizing?: Sizing;
  /** `none` lifts the cap. */
  readonly sizeMax?: SizeCap | "none";
  /** All exits as they are to be. */
  readonly protection?: Protection;
  readonly timeframe?: Timeframe;
  readonly strategy?: string;
  /** Checked against the strategy's own schema. */
  readonly params?: Readonly<Record<string, number>>;
  readonly rules?: BotRules;
  readonly leverage?: number;
}

/** What an entry of a bot would be worth now and what it would lose at its stop, fees included, in quote. */
export interface EntrySketch {
  /** Undefined where nobody can say. */
  readonly notional: Decimal | undefined;
  readonly lossAtStop: Decimal | undefined;
  /** How it is come by, or why it is not known. */
  readonly says: string;
  /** Set where a position is built of several entries: how many, and all that is said here is of all of them together. */
  readonly entries?: number;
}

/** A change before it is made, with what it does to the risk. */
export interface ChangeFacts {
  readonly before: BotSpec;
  readonly after: BotSpec;
  /** Whether it holds a position, which stays as it is. */
  readonly holds: boolean;
  readonly entryBefore: EntrySketch;
  readonly entryAfter: EntrySketch;
  /** Why more may be lost than before, one sentence each; empty where nothing is. */
  readonly raises: readonly string[];
}

/** Who changes, and by which chat request: a repeated one has its effect once. */
interface ChangeCaller {
  readonly requestId: string;
  readonly user: string;
}

/** Changes of bots that exist. Expected refusals are UserErrors in one sentence. */
export interface BotChanges {
  /** What a change would do; makes none. Throws where it cannot be made. */
  preview(name: string, change: BotChange): ChangeFacts | Promise<ChangeFacts>;
  /** Durable when it resolves. */
  set(name: string, change: BotChange, caller: ChangeCaller): Promise<void>;
  /** What taking the newest change back would do. */
  previewUndo(name: string): ChangeFacts | Promise<ChangeFacts>;
  undo(name: string, caller: ChangeCaller): Promise<void>;
}
