import type { AccountState, BotState } from "../../domain/books.ts";
import type { Intent } from "../../domain/events.ts";
import { isSellable } from "../../domain/exits.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { type Decimal, decimal, floorToStep } from "../../domain/money.ts";
import { isProtective, type Order, remainingOf } from "../../domain/order.ts";
import { type Part, sumOf } from "../../domain/parts.ts";
import { isFlat } from "../../domain/position.ts";
import { partsHeld } from "../building.ts";
import { protectiveLevels } from "./levels.ts";

/** Whether an entry adds to a position that an earlier one began. */
export function isAdd({ parts, whole }: Pick<Intent, "parts" | "whole">): boolean {
  return parts !== undefined && whole === undefined;
}

/**
 * Why nothing may be added to what a bot holds now: only what rests whole at the exchange covers a position while more is bought, and is replaced by a larger
 * one right after. `besides` is the adding order itself, where it is in the books already.
 */
export function addDenial(state: AccountState, bot: BotState, lotSize: Decimal, besides?: Order): string | undefined {
  const { name } = bot.spec;
  if (isFlat(bot.position) || bot.whole === undefined) return `what ${name} would add to is not held any more`;
  if (bot.exit) return `what ${name} holds is being sold`;
  const others = [...state.orders.values()].filter(
    ({ botId, clientOrderId }) => botId === bot.spec.id && clientOrderId !== besides?.clientOrderId,
  );
  if (!others.every(isProtective)) return `an earlier order of ${name} still works and is being ended`;
  const [stop] = others;
  if (!stop || others.length > 1 || stop.status !== "open") return `the stop of ${name} does not rest at the exchange now`;
  if (remainingOf(stop).isLessThan(floorToStep(bot.position.quantity.abs(), lotSize)))
    return `the stop of ${name} does not cover all of it yet`;
  return undefined;
}

/** What a sale of some parts leaves, with all parts that are to be sold then; `keep` undefined where everything is. */
export interface PartsSale {
  readonly keep?: Decimal;
  readonly parts?: readonly number[];
}

/**
 * The sale of some parts of what a bot holds, beside those that are being sold already. Everything is sold where the rest could not be at its stop. Undefined
 * where the exchange would not take so little: it waits for a later decision.
 */
export function partsSale(bot: BotState, numbers: readonly number[], rules: Instrument, price: number): PartsSale | undefined {
  const wanted = [...new Set([...(bot.exit?.parts ?? []), ...numbers])].sort((a, b) => a - b);
  const sold = partsHeld(bot, wanted);
  const quantity = floorToStep(sumOf(sold), rules.lotSize);
  const keep = bot.position.quantity.minus(quantity);
  const stopPrice = protectiveLevels(bot, rules)?.stopLimitPrice;
  const isRest = sold.length < (bot.parts ?? []).length && stopPrice !== undefined && isSellable(rules, keep, stopPrice);
  if (!isRest) return {};
  return isSellable(rules, quantity, decimal(price)) ? { keep, parts: sold.map(({ number }) => number) } : undefined;
}

/** The parts that a sale moves. It may be for less, in whole lots: what is left of them goes to the others. */
export function soldBy(bot: BotState): readonly Part[] | undefined {
  const parts = bot.exit?.parts && partsHeld(bot, bot.exit.parts);
  return parts && parts.length > 0 ? parts : undefined;
}
