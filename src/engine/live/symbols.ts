import { type AccountState, type BotState, isAtWork } from "../../domain/books.ts";
import { isFlat } from "../../domain/position.ts";

/** Symbols whose orders and fills may be ours. */
export function symbolsOf({ venue, bots }: AccountState): readonly string[] {
  const symbols = new Set<string>(venue.cursors.keys());
  for (const { spec, deleted } of bots.values()) if (!deleted) symbols.add(spec.symbol);
  return [...symbols];
}

/** Whether something of ours runs, works or is held in a symbol, or an order there is not explained. */
export function concerns({ bots, orders, venue }: AccountState, symbol: string): boolean {
  for (const bot of bots.values()) if (bot.spec.symbol === symbol && isAtWork(bot)) return true;
  for (const order of orders.values()) if (order.symbol === symbol) return true;
  for (const orphan of venue.orphans.values()) if (orphan.symbol === symbol) return true;
  return false;
}

/**
 * The earliest start of a symbol's bots, in market time; now where none was started. What still works began before its bot was started anew, and its fills
 * may not have been read since.
 */
export function firstStartMs({ bots, orders }: AccountState, symbol: string, nowMs: number): number {
  let firstMs = nowMs;
  for (const { spec, startedMs } of bots.values()) if (spec.symbol === symbol) firstMs = Math.min(firstMs, startedMs ?? nowMs);
  for (const order of orders.values()) if (order.symbol === symbol) firstMs = Math.min(firstMs, order.sinceMs);
  return firstMs;
}

/** Whether a bot's lane has anything to look after. */
export function hasBusiness({ orders }: AccountState, { position, exit, spec }: BotState): boolean {
  if (!isFlat(position) || exit) return true;
  for (const order of orders.values()) if (order.botId === spec.id) return true;
  return false;
}
