import type { AccountState, BotState } from "./books.ts";
import type { AccountEvent, Intent } from "./events.ts";
import { decimal } from "./money.ts";
import type { Order } from "./order.ts";
import { isFlat, netRealized, type Position } from "./position.ts";
import { type MarketMs, MINUTE_MS } from "./time.ts";

type Filled = Extract<AccountEvent, { type: "order-filled" }>;

/** Orders of the last minute that are remembered: as many as a limit may count at most. */
export const RECENT_ORDERS_MAX = 1_000;

/** Counts an order that opens or closes. */
export function countOrder(state: AccountState, bot: BotState, { purpose, botId, symbol }: Intent, at: MarketMs): void {
  const recent = state.recentOrders;
  recent.push({ atMs: at, botId, symbol });
  while (recent.length > RECENT_ORDERS_MAX || (recent[0]?.atMs ?? at) <= at - MINUTE_MS) recent.shift();
  if (purpose !== "entry") return;
  const day = state.day?.day;
  for (const record of [bot.risk, state.risk]) {
    record.entries = record.entriesDay === day ? record.entries + 1 : 1;
    record.entriesDay = day;
  }
}

/** Counts what a change of a position made of its bot's and its account's results. */
export function countResult(state: AccountState, bot: BotState, before: Position): void {
  const { position } = bot;
  const day = state.day?.day;
  const change = netRealized(position).minus(netRealized(before));
  if (isFlat(before)) bot.openedResult = netRealized(before);
  const closed = !isFlat(before) && isFlat(position);
  const lost = closed && netRealized(position).isLessThan(bot.openedResult);
  for (const record of [bot.risk, state.risk]) {
    if (!change.isZero()) {
      record.result = record.result.plus(change);
      record.dayResult = record.resultDay === day ? record.dayResult.plus(change) : change;
      record.resultDay = day;
      if (record.result.isGreaterThan(record.resultPeak)) record.resultPeak = record.result;
    }
    if (!closed) continue;
    record.losses = lost ? record.losses + 1 : 0;
    if (!lost) continue;
    record.lastLossMs = state.marketMs;
    record.lastLossDay = day;
  }
}

/** Fills that an average slippage is made of. */
export const SLIPPAGE_FILLS = 5;

/**
 * Counts how much worse than its price of reference a fill was: of a decision the close that it saw, of a stop the level at which it stood by then.
 * Targets fill at their price.
 */
export function countSlippage({ risk }: BotState, { purpose, price }: Order, intent: Intent | undefined, { fill, after }: Filled): void {
  if (purpose === "take") return;
  const { close, stop } = intent?.values ?? {};
  const seen = purpose === "stop" ? stop : close;
  const level = purpose === "stop" ? (after.stopPrice ?? price) : undefined;
  const from = level ?? (seen === undefined ? undefined : decimal(seen));
  if (!from?.isGreaterThan(0)) return;
  const bps = fill.price
    .dividedBy(from)
    .minus(1)
    .times(fill.side === "buy" ? 10_000 : -10_000);
  risk.slippages = [...risk.slippages, bps.toNumber()].slice(-SLIPPAGE_FILLS);
}
