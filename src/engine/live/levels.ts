import type { BotState } from "../../domain/books.ts";
import { type Instrument, priceOnTick } from "../../domain/instrument.ts";
import { type Decimal, floorToStep, percentOf, toDouble, ZERO } from "../../domain/money.ts";
import type { Side } from "../../domain/order.ts";
import { entryPrice, type Position } from "../../domain/position.ts";
import { STOP_LIMIT_SLACK_PCT } from "./limits.ts";

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

/** Levels of a held position from its average entry price; undefined when it is flat or wants no stop. */
export function protectiveLevels({ position, spec }: BotState, rules: Instrument): ProtectiveLevels | undefined {
  const entry = entryPrice(position);
  const { stopPct, trailingPct, takePct } = spec.protection;
  const pct = Math.min(stopPct ?? Number.POSITIVE_INFINITY, trailingPct ?? Number.POSITIVE_INFINITY);
  if (!entry || !Number.isFinite(pct)) return undefined;
  const side = closingSide(position);
  const away = (price: Decimal, by: number) => {
    const change = percentOf(price, Math.abs(by));
    return priceOnTick(rules, (side === "sell") === by > 0 ? price.minus(change) : price.plus(change), side);
  };
  const stopPrice = away(entry, pct);
  return {
    stopPrice,
    stopLimitPrice: away(stopPrice, STOP_LIMIT_SLACK_PCT),
    takePrice: takePct === undefined ? undefined : away(entry, -takePct),
  };
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

/** A position measured by the rules of its symbol: what does not change until one of the two does. */
export interface Measured {
  readonly levels: ProtectiveLevels | undefined;
  /** Whole lots. */
  readonly whole: Decimal;
  /** Below this price they are worth less than the venue takes; zero where that is no matter. */
  readonly sellableAbove: number;
  readonly entry: number;
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
  };
}

/** What can be sold of a position at a price: whole lots that the venue takes; zero when it is too little. */
export function sellable({ whole, sellableAbove, entry }: Measured, price: number | undefined): Decimal {
  return (price ?? entry) >= sellableAbove ? whole : ZERO;
}
