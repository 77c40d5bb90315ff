import type { BotState } from "../domain/books.ts";
import { breakEven, holdMaxMs, inFavor } from "../domain/exits.ts";
import { max, ZERO } from "../domain/money.ts";
import { remainingOf } from "../domain/order.ts";
import { entryPrice } from "../domain/position.ts";
import { marketMs } from "../domain/time.ts";
import type { ExitFacts } from "../ports/exits.ts";
import type { Account } from "./account.ts";
import { stopNow } from "./exposure.ts";

/** Every level that closes what a paper bot holds, where it stands now, nearest stop first; empty when flat. What rests at an exchange its orders say. */
export function exitFacts(account: Account, bot: BotState): ExitFacts[] {
  const { position, spec } = bot;
  const entry = entryPrice(position);
  const instrument = account.services.market.instruments.get(spec.symbol);
  if (!entry || !instrument || account.state.mode !== "paper") return [];
  const { protection, timeframe } = spec;
  const own = [...account.state.orders.values()].filter(({ botId }) => botId === spec.id);
  const opened = { side: "sell", entry, best: bot.highest } as const;
  const quantity = position.quantity;
  const levels: ExitFacts[] = [];
  const from = own.find(({ purpose }) => purpose === "stop")?.price;
  if (from) {
    const price = stopNow(bot, instrument, from);
    levels.push({ what: price.isGreaterThan(from) ? "stop loss, moved up" : "stop loss", price, quantity, heldBy: "venue" });
    const waiting = (what: string, pct: number | undefined) => {
      if (pct === undefined) return;
      const begins = inFavor(instrument, opened, pct);
      if (bot.highest?.isGreaterThanOrEqualTo(begins)) return;
      levels.push({ what, price: begins, quantity: ZERO, heldBy: "venue" });
    };
    const even = max(from, breakEven(instrument, opened));
    waiting(`moves the stop to ${even.toFixed()}`, protection.breakevenPct);
    waiting(`starts the trailing stop ${protection.trailingPct}% below the highest price`, protection.trailAfterPct);
  }
  const takes = own.filter(({ purpose }) => purpose === "take").sort((a, b) => a.price?.comparedTo(b.price ?? ZERO) ?? 0);
  for (const order of takes)
    if (order.price) levels.push({ what: order.reason, price: order.price, quantity: remainingOf(order), heldBy: "venue" });
  const heldMs = holdMaxMs(protection, timeframe);
  if (heldMs !== undefined && position.openedMs !== undefined)
    levels.push({ what: "time stop", atMs: marketMs(position.openedMs + heldMs), quantity, heldBy: "desk" });
  return levels;
}
