import type { AccountState, BotState } from "../../domain/books.ts";
import type { AccountEvent } from "../../domain/events.ts";
import { baseOf } from "../../domain/instrument.ts";
import { toDouble } from "../../domain/money.ts";
import { isFlat } from "../../domain/position.ts";
import { wantExit, wantsMore } from "./exit-wish.ts";
import type { Step } from "./lane-view.ts";

/** The events of a step that changes only our own books; none when they have moved on since it was decided. To be asked right before they are appended. */
export function noteEvents(
  state: AccountState,
  bot: BotState,
  step: Extract<Step, { kind: "want-exit" | "dust" | "alarm" | "relief" }>,
): AccountEvent[] {
  const botId = bot.spec.id;
  const flat = isFlat(bot.position);
  switch (step.kind) {
    case "want-exit":
      return flat || !wantsMore(bot, step.keep) ? [] : [wantExit(state, bot, step.purpose, step.reason, undefined, seen(step), step.keep)];
    case "dust": {
      const works = [...state.orders.values()].some((order) => order.botId === botId);
      const coin = baseOf(bot.spec.symbol);
      return flat || works ? [] : [{ type: "dust-moved", botId, coin, quantity: bot.position.quantity }];
    }
    case "alarm":
      return flat || bot.naked ? [] : [{ type: "position-naked", botId, sinceMs: step.sinceMs, reason: step.reason }];
    case "relief":
      return bot.naked ? [{ type: "position-protected", botId, nakedForMs: step.nakedForMs }] : [];
  }
}

/** The numbers that a wish to close was made on. */
function seen({ level }: Extract<Step, { kind: "want-exit" }>): Record<string, number> {
  return level ? { stop: toDouble(level) } : {};
}
