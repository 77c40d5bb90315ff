import type { BotState } from "../../domain/books.ts";
import { breakEven, firstStop, followsPrice, movedStop, type Target, targetsOf } from "../../domain/exits.ts";
import { type Instrument, priceOnTick } from "../../domain/instrument.ts";
import { type Decimal, floorToStep, percentOf, toDouble, ZERO } from "../../domain/money.ts";
import type { Side } from "../../domain/order.ts";
import { entryPrice, type Position } from "../../domain/position.ts";
import { NEAR_TARGET_PCT, STOP_LIMIT_SLACK_PCT } from "./limits.ts";

/** The side that closes a position. */
export function closingSide({ quantity }: Position): Side {
  return quantity.isNegative() ? "buy" : "sell";
}

/** What protects a position: levels at the venue, all on the tick. */
export interface ProtectiveLevels {
  readonly stopPrice: Decimal;
  readonly stopLimitPrice: Decimal;
  readonly takePrice: Decimal | undefined;
}

/** Levels of a held position from its average entry price; undefined when it is flat or wants no stop. Several targets are watched, for a venue holds one. */
export function protectiveLevels(
  { position, spec: { protection }, stopDistance }: Pick<BotState, "position" | "spec" | "stopDistance">,
  rules: Instrument,
): ProtectiveLevels | undefined {
  const entry = entryPrice(position);
  if (!entry) return undefined;
  const side = closingSide(position);
  const stopPrice = firstStop(rules, protection, { side, entry, stopDistance });
  if (!stopPrice) return undefined;
  const away = (price: Decimal, by: number) => {
    const change = percentOf(price, Math.abs(by));
    return priceOnTick(rules, (side === "sell") === by > 0 ? price.minus(change) : price.plus(change), side);
  };
  const { takePct } = protection;
  return {
    stopPrice,
    stopLimitPrice: away(stopPrice, STOP_LIMIT_SLACK_PCT),
    takePrice: takePct === undefined ? undefined : away(entry, -takePct),
  };
}

/** Where the stop of a position stands now that the price has been as good as it was, and why it stands there; undefined while it has not moved. */
export function stopMoved(
  bot: BotState,
  from: Decimal,
  rules: Instrument,
): { readonly price: Decimal; readonly reason: string } | undefined {
  const { position, highest, spec } = bot;
  const entry = entryPrice(position);
  if (!entry || !highest || !followsPrice(spec.protection)) return undefined;
  const opened = { side: closingSide(position), entry, best: highest };
  const price = movedStop(rules, spec.protection, opened, from);
  if (price.isEqualTo(from)) return undefined;
  const isEven = spec.protection.breakevenPct !== undefined && price.isEqualTo(breakEven(rules, opened));
  return { price, reason: isEven ? "stop at break-even" : "trailing stop" };
}

/** Whether a price has passed a stop. */
export function beyondStop(side: Side, stopPrice: Decimal, price: number): boolean {
  const stop = toDouble(stopPrice);
  return side === "sell" ? price <= stop : price >= stop;
}

/** Whether a price has reached a target. */
export function beyondTake(side: Side, takePrice: Decimal, price: number): boolean {
  const take = toDouble(takePrice);
  return side === "sell" ? price >= take : price <= take;
}

/** Whether a price is so near a target that it may have been there between two looks at it. */
export function isNearTake(side: Side, takePrice: Decimal, price: number): boolean {
  const near = 1 + NEAR_TARGET_PCT / 100;
  return beyondTake(side, takePrice, side === "sell" ? price * near : price / near);
}

/** A position measured by the rules of its symbol: what does not change until one of the two does. */
export interface Measured {
  readonly levels: ProtectiveLevels | undefined;
  /** Whole lots. */
  readonly whole: Decimal;
  /** Below this price they are worth less than the venue takes; zero where that is no matter. */
  readonly sellableAbove: number;
  readonly entry: number;
  /** Several targets, nearest first, each with what it leaves. A single one rests at the venue, or is one of the levels. */
  readonly targets: readonly Target[];
}

/** Measures a held position. */
export function measured(bot: BotState, rules: Instrument): Measured {
  const { quantity, cost } = bot.position;
  const whole = floorToStep(quantity.abs(), rules.lotSize);
  const tooFew = whole.isZero() || (rules.quantityMin !== undefined && whole.isLessThan(rules.quantityMin));
  const needed = rules.contract ? 0 : toDouble(rules.notionalMin.dividedBy(whole));
  return {
    levels: protectiveLevels(bot, rules),
    whole,
    sellableAbove: tooFew ? Number.POSITIVE_INFINITY : needed,
    entry: toDouble(cost.dividedBy(quantity)),
    targets: targetsOfHeld(bot, rules),
  };
}

function targetsOfHeld(bot: BotState, rules: Instrument): readonly Target[] {
  const { protection } = bot.spec;
  const entry = entryPrice(bot.position);
  if (!entry || !protection.takes) return [];
  return targetsOf(rules, protection, { side: closingSide(bot.position), entry }, bot.heldMost ?? bot.position.quantity.abs());
}

/** What can be sold of a position at a price: whole lots that the venue takes; zero when it is too little. */
export function sellable({ whole, sellableAbove, entry }: Measured, price: number | undefined): Decimal {
  return (price ?? entry) >= sellableAbove ? whole : ZERO;
}
