import type { AccountState, BotState } from "../../domain/books.ts";
import type { AccountEvent } from "../../domain/events.ts";
import type { Decimal } from "../../domain/money.ts";
import type { Order } from "../../domain/order.ts";

/** The wish to close a position, under a key that no other wish of this account has. */
export function wantExit(
  state: AccountState,
  bot: BotState,
  purpose: Order["purpose"],
  reason: string,
  slotMs = state.marketMs,
  values: Record<string, number> = {},
  keep?: Decimal,
): Extract<AccountEvent, { type: "exit-wanted" }> {
  return { type: "exit-wanted", botId: bot.spec.id, purpose, key: `x${state.sequence}`, slotMs, reason, values, ...(keep && { keep }) };
}

/** Whether a wish would close more of a position than the one that is there. */
export function wantsMore({ exit }: BotState, keep: Decimal | undefined): boolean {
  return exit === undefined || (exit.keep !== undefined && (keep === undefined || keep.isLessThan(exit.keep)));
}
