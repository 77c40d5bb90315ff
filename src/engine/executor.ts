import type { BotState } from "../domain/books.ts";
import type { AccountEvent } from "../domain/events.ts";
import type { EntryAnswer } from "../risk/entry.ts";
import type { BotWish } from "./decide.ts";
import type { Slot } from "./feeds.ts";
import type { Wish } from "./intents.ts";

/** The only room that makes intents of wishes and the only one that sends; one for each kind of account. */
export interface AccountExecutor {
  /** What the running bots on these slots wish, holds left out. Pure: asking again gives the same. */
  wishes(slots: readonly Slot[]): BotWish[];
  /** What an entry of this bot would be answered at this moment; undefined where there is no price or no rule to size it by. Changes nothing. */
  entryNow(bot: BotState): EntryAnswer | undefined;
  /** What the risk door would say to an entry of this bot at this slot, alone. Changes nothing. */
  mayEnter(bot: BotState, slot: Slot): EntryAnswer;
  /** Wishes -> denied, or intents with their first attempt -> durable -> sent once -> what became of them. */
  act(wishes: readonly BotWish[]): Promise<void>;
  /** Makes events durable, then sends the intents among them once. `requestId` names the chat request behind them. */
  send(events: readonly AccountEvent[], requestId?: string): Promise<void>;
  /** Cancels what may still open or enlarge a position; returns the events that say so. */
  cancelEntries(bot: BotState, reason: string): Promise<AccountEvent[]>;
  /** The events that close a bot's whole position, unless that is under way. */
  closing(bot: BotState, purpose: "close" | "panic", wish: Wish): AccountEvent[];
  /** Asks after every attempt whose outcome was lost. */
  recover(): Promise<void>;
  /** A panic ends when nothing is held any more. */
  finishPanic(): Promise<void>;
}
