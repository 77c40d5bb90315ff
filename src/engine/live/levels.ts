import type { BotState } from "../../domain/books.ts";
import { type Instrument, priceOnTick } from "../../domain/instrument.ts";
import { type Decimal, decimal, floorToStep, percentOf } from "../../domain/money.ts";
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
  const seen = decimal(price);
  return side === "sell" ? seen.isLessThanOrEqualTo(stopPrice) : seen.isGreaterThanOrEqualTo(stopPrice);
}

/** Whether a price has reached a target. */
export function beyondTake(side: Side, takePrice: Decimal, price: number): boolean {
  const seen = decimal(price);
  return side === "sell" ? seen.isGreaterThanOrEqualTo(takePrice) : seen.isLessThanOrEqualTo(takePrice);
}

/** What can be sold of a position: whole lots that the venue takes; zero when it is too little. */
export function sellable({ quantity, cost }: Position, rules: Instrument, price: number | undefined): Decimal {
  const whole = floorToStep(quantity.abs(), rules.lotSize);
  const at = price === undefined ? cost.dividedBy(quantity).abs() : decimal(price);
  const tooSmall = rules.quantityMin !== undefined && whole.isLessThan(rules.quantityMin);
  return tooSmall || (!rules.contract && whole.times(at).isLessThan(rules.notionalMin)) ? decimal(0) : whole;
}
