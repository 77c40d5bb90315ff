import type { BotState } from "../domain/books.ts";
import type { BotSpec, Protection } from "../domain/bot.ts";
import { type Decimal, toDouble, ZERO } from "../domain/money.ts";
import type { Part } from "../domain/parts.ts";
import { isFlat } from "../domain/position.ts";
import type { Plan } from "../ports/strategy.ts";
import type { Building } from "../risk/entry.ts";
import { strategyNamed, strategyNames } from "../strategies/registry.ts";
import { worthOf } from "./account-sums.ts";

/** How a bot's position is built of several entries; undefined where one entry opens it. */
export function planOf({ strategy, params }: Pick<BotSpec, "strategy" | "params">): Plan | undefined {
  return buildsUp(strategy) ? strategyNamed(strategy).plan?.(params) : undefined;
}

/** Whether bots of a strategy build their positions of several entries. */
export function buildsUp(strategy: string): boolean {
  return strategyNames().includes(strategy) && strategyNamed(strategy).plan !== undefined;
}

/** What the risk door is asked of an entry beyond the size of its bot. */
export interface Beside {
  /** Numbers of the parts that it buys. */
  readonly parts?: readonly number[];
  readonly building?: Building | undefined;
  readonly held?: Decimal | undefined;
  /** How far the stop is from the average of all that may be bought, in percent, where that is not how far it is from this entry. */
  readonly stopPct?: number;
}

/** That of an entry of these parts. */
export function entryBeside(bot: BotState, parts: readonly number[] | undefined, price: number | undefined): Beside {
  const plan = parts && planOf(bot.spec);
  if (!parts || !plan) return {};
  const share = parts.reduce((sum, part) => sum.plus(plan.shares[part] ?? ZERO), ZERO);
  if (isFlat(bot.position)) {
    const stopPct = wholeStopPct(bot.spec.protection, plan, price);
    return { parts, building: { share, whole: undefined }, ...(stopPct === undefined ? {} : { stopPct }) };
  }
  return { parts, building: { share, whole: bot.whole }, held: worthOf(bot.position, price) };
}

/** That of the entry that would be next, were there one now. */
export function nextBeside(bot: BotState, price: number | undefined): Beside {
  const plan = planOf(bot.spec);
  if (!plan) return {};
  const held = new Set(bot.parts?.map(({ number }) => number));
  const next = plan.shares.findIndex((_share, part) => !held.has(part));
  return entryBeside(bot, [Math.max(0, next)], price);
}

/** From the average of all that a plan may buy to a stop at a price, in percent; undefined without such a stop, or without prices. */
export function wholeStopPct({ stopPrice }: Protection, plan: Plan, price: number | undefined): number | undefined {
  if (!stopPrice || (price === undefined && plan.stopPrice === undefined)) return undefined;
  const prices = plan.pricesFrom(price ?? 1);
  const quantity = plan.shares.reduce((sum, share, part) => sum + toDouble(share) / (prices[part] ?? Number.NaN), 0);
  const cost = plan.shares.reduce((sum, share) => sum + toDouble(share), 0);
  return (1 - toDouble(stopPrice) / (cost / quantity)) * 100;
}

/** What a bot holds of some parts. */
export function partsHeld({ parts = [] }: BotState, numbers: readonly number[]): Part[] {
  return parts.filter(({ number }) => numbers.includes(number));
}
