import type { BotState } from "../domain/books.ts";
import { breakEven, holdMaxMs, inFavor, type Opened, targetsOf } from "../domain/exits.ts";
import type { Instrument } from "../domain/instrument.ts";
import { max, min, shown, ZERO } from "../domain/money.ts";
import { remainingOf } from "../domain/order.ts";
import { targetReason } from "../domain/paper-protection.ts";
import { entryPrice } from "../domain/position.ts";
import { marketMs } from "../domain/time.ts";
import type { ExitFacts } from "../ports/exits.ts";
import type { Account } from "./account.ts";
import { stopNow } from "./exposure.ts";

/** Every level that closes what a bot holds, where it stands now, nearest stop first; empty when flat. What rests at an exchange its orders say. */
export function exitFacts(account: Account, bot: BotState): ExitFacts[] {
  const { position, spec } = bot;
  const entry = entryPrice(position);
  const instrument = account.services.market.instruments.get(spec.symbol);
  if (!entry || !instrument) return [];
  const { protection, timeframe } = spec;
  const own = [...account.state.orders.values()].filter(({ botId }) => botId === spec.id);
  const isReal = account.state.mode !== "paper";
  const side = position.quantity.isNegative() ? "buy" : "sell";
  const opened = { side, entry, best: bot.highest } as const;
  const quantity = position.quantity.abs();
  // What moves, moves at the desk where a real exchange holds the first stop.
  const heldBy = isReal ? "desk" : "venue";
  const levels: ExitFacts[] = [];
  const from = own.find(({ purpose }) => purpose === "stop")?.price;
  if (from) {
    const price = stopNow(bot, instrument, from);
    const hasMoved = !price.isEqualTo(from);
    const moved = side === "sell" ? "moved up" : "moved down";
    if (hasMoved || !isReal) levels.push({ kind: "stop", what: hasMoved ? `stop loss, ${moved}` : "stop loss", price, quantity, heldBy });
    const waiting = (what: string, pct: number | undefined) => {
      if (pct === undefined) return;
      const begins = inFavor(instrument, opened, pct);
      if (side === "sell" ? bot.highest?.isGreaterThanOrEqualTo(begins) : bot.highest?.isLessThanOrEqualTo(begins)) return;
      levels.push({ kind: "later", what, price: begins, quantity: ZERO, heldBy });
    };
    const even = (side === "sell" ? max : min)(from, breakEven(instrument, opened));
    waiting(`moves the stop to ${shown(even, 8)}`, protection.breakevenPct);
    const beyond = side === "sell" ? "below the highest price" : "above the lowest price";
    waiting(`starts the trailing stop ${protection.trailingPct}% ${beyond}`, protection.trailAfterPct);
  }
  const takes = own.filter(({ purpose }) => purpose === "take").sort((a, b) => a.price?.comparedTo(b.price ?? ZERO) ?? 0);
  for (const order of takes)
    if (order.price) levels.push({ kind: "target", what: order.reason, price: order.price, quantity: remainingOf(order), heldBy: "venue" });
  if (isReal) levels.push(...watchedTargets(bot, instrument, opened));
  const heldMs = holdMaxMs(protection, timeframe);
  if (heldMs !== undefined && position.openedMs !== undefined)
    levels.push({ kind: "time", what: "time stop", atMs: marketMs(position.openedMs + heldMs), quantity, heldBy: "desk" });
  return levels;
}

/** Several targets at a real exchange: the desk watches them. A single one its order says. */
function watchedTargets({ spec: { protection }, position, heldMost }: BotState, instrument: Instrument, opened: Opened): ExitFacts[] {
  if (!protection.takes) return [];
  let left = position.quantity.abs();
  const targets = targetsOf(instrument, protection, opened, heldMost ?? left);
  return targets.flatMap(({ price, keep }, index): ExitFacts[] => {
    if (keep.isGreaterThanOrEqualTo(left)) return [];
    const quantity = left.minus(keep);
    left = keep;
    return [{ kind: "target", what: targetReason(index, targets.length), price, quantity, heldBy: "desk" }];
  });
}
