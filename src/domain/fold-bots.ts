import { type AccountState, type BotState, newBot } from "./books.ts";
import type { BotStatus } from "./bot.ts";
import type { AccountEvent } from "./events.ts";
import { type Decimal, max, min } from "./money.ts";
import { isFlat } from "./position.ts";
import type { MarketMs } from "./time.ts";

/** The most changes of one bot that can be taken back. */
export const CHANGES_KEPT_MAX = 20;

export type BotFact = Extract<
  AccountEvent,
  {
    type:
      | "bot-created"
      | "bot-changed"
      | "bot-started"
      | "bot-stopped"
      | "bot-faulted"
      | "bot-deleted"
      | "trail-moved"
      | "exit-wanted"
      | "position-naked"
      | "position-protected";
  }
>;

/** Folds what happens to a bot as such. */
export function applyBotFact(state: AccountState, event: BotFact, at: MarketMs): void {
  if (event.type === "bot-created") {
    state.bots.set(event.bot.id, newBot(event.bot));
    return;
  }
  const bot = botOf(state, event.botId);
  switch (event.type) {
    case "trail-moved":
      bot.highest = betterOf(bot, event.highest);
      return;
    case "bot-changed": {
      const earlier = bot.earlier ?? [];
      bot.earlier = event.undo ? earlier.slice(0, -1) : [...earlier, bot.spec].slice(-CHANGES_KEPT_MAX);
      bot.spec = event.spec;
      return;
    }
    case "bot-deleted":
      bot.deleted = true;
      return setStatus(bot, "stopped", "deleted");
    case "bot-faulted":
      return setStatus(bot, "faulted", event.reason);
    case "bot-started":
      setStatus(bot, "running", "");
      bot.startedMs = at;
      return;
    case "bot-stopped":
      return setStatus(bot, event.closing && !isFlat(bot.position) ? "stopping" : "stopped", event.reason);
    case "exit-wanted": {
      const { purpose, key, slotMs, reason, values, keep, parts } = event;
      // A wish that was written twice, because the store took it late, counts on: its orders have their ids by these numbers.
      const tries = bot.exit?.key === key && bot.exit.purpose === purpose ? bot.exit.tries : 0;
      bot.exit = { purpose, key, slotMs, reason, values, tries, ...(keep && { keep }), ...(parts && { parts }) };
      if (purpose === "exit") bot.actedSlotMs = slotMs;
      return;
    }
    case "position-naked":
      bot.naked = { sinceMs: event.sinceMs, reason: event.reason };
      return;
    case "position-protected":
      bot.naked = undefined;
  }
}

/** A price that came while an earlier one was being written is not forgotten for it. */
function betterOf({ highest, position }: BotState, written: Decimal): Decimal {
  if (highest === undefined) return written;
  return position.quantity.isNegative() ? min(highest, written) : max(highest, written);
}

/** What a bot does now, and why, for people. */
export function setStatus(bot: BotState, status: BotStatus, reason: string): void {
  bot.status = status;
  bot.statusReason = reason;
}

/** The bot that an event speaks of. Throws where the stream has never made it: the stream is broken then. */
export function botOf(state: AccountState, botId: string): BotState {
  const bot = state.bots.get(botId);
  if (!bot) throw new Error(`the stream of ${state.account} speaks of an unknown bot ${botId}`);
  return bot;
}
