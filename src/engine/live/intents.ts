import type { BotState } from "../../domain/books.ts";
import type { Intent } from "../../domain/events.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { ceilToStep, type Decimal, decimal, floorToStep, percentOf } from "../../domain/money.ts";
import { marketMs } from "../../domain/time.ts";
import { clientOrderIdOf, intentIdOf, type Wish } from "../intents.ts";
import { soldBy } from "./adding.ts";
import { closingSide, type ProtectiveLevels } from "./levels.ts";
import { ENTRY_BOUND_PCT } from "./limits.ts";

/** The worst price that an entry may fill at. */
export function entryBound(price: number, side: "buy" | "sell", rules: Instrument): Decimal {
  const seen = decimal(price);
  const slack = percentOf(seen, ENTRY_BOUND_PCT);
  return side === "buy" ? ceilToStep(seen.plus(slack), rules.tickSize) : floorToStep(seen.minus(slack), rules.tickSize);
}

/** A real entry: at its bound or better at once, and what does not fill expires. */
export function entryIntent(bot: BotState, side: "buy" | "sell", quantity: Decimal, bound: Decimal, wish: Wish): Intent {
  return intent(bot, intentIdOf(bot.spec.id, wish.decision, "entry"), {
    ...wish,
    side,
    type: "limit",
    purpose: "entry",
    quantity,
    price: bound,
    immediate: true,
  });
}

/** The next try to close a position that is to be closed: one intent for each, so that none of them can be accepted twice. */
export function exitIntent(bot: BotState, quantity: Decimal): Intent | undefined {
  if (!bot.exit) return undefined;
  const { key, purpose, slotMs, reason, values, tries } = bot.exit;
  const parts = soldBy(bot);
  return intent(bot, `${intentIdOf(bot.spec.id, key, purpose)}#${tries + 1}`, {
    slotMs: marketMs(slotMs),
    reason,
    values,
    side: closingSide(bot.position),
    type: "market",
    purpose: purpose === "entry" ? "exit" : purpose,
    quantity,
    ...(parts && { parts }),
  });
}

/** A protective order for what is held; `made` numbers those that the bot had before. */
export function protectiveIntent(bot: BotState, quantity: Decimal, levels: ProtectiveLevels, withTarget: boolean, made: number): Intent {
  const { stopPrice, stopLimitPrice, takePrice } = levels;
  return intent(bot, intentIdOf(bot.spec.id, `protection-${made + 1}`, "stop"), {
    slotMs: marketMs(bot.actedSlotMs ?? 0),
    reason: "stop loss",
    values: {},
    side: closingSide(bot.position),
    type: "stop",
    purpose: "stop",
    quantity,
    price: stopPrice,
    stopLimitPrice,
    ...(withTarget && takePrice ? { takePrice } : {}),
  });
}

type Terms = Omit<Intent, "intentId" | "botId" | "symbol" | "clientOrderId">;

function intent(bot: BotState, intentId: string, terms: Terms & { readonly decision?: string | number }): Intent {
  const { decision: _decision, ...rest } = terms;
  return { intentId, botId: bot.spec.id, symbol: bot.spec.symbol, ...rest, clientOrderId: clientOrderIdOf(intentId, 1) };
}
