import { type Decimal, percentOf } from "../domain/money.ts";

/** The least that is reckoned as maintenance margin, in percent of the notional: exchanges set it by symbol and size, and large contracts need less. */
const MAINTENANCE_LEAST_PCT = 1;
/** Exchanges keep about half of what the highest leverage of a symbol needs as its first margin: 2.5% where 20 is the most. */
const MAINTENANCE_OF_FIRST_MARGIN = 0.5;
/** How far a stop must stay from the liquidation price, in percent of the entry price: it must trigger and fill before. */
export const LIQUIDATION_MARGIN_PCT = 1;

export interface LeverageTerms {
  readonly side: "buy" | "sell";
  readonly leverage: number;
  /** The most that the exchange gives in that symbol: the less, the more it keeps as maintenance margin. */
  readonly leverageMax: number;
}

/** How far the price may go against an isolated position before it is liquidated, in percent of the entry and before funding; undefined for one that never is: bought with all of its money. */
export function liquidationPct({ side, leverage, leverageMax }: LeverageTerms): number | undefined {
  if (leverage <= 1 && side === "buy") return undefined;
  const maintenancePct = Math.max(MAINTENANCE_LEAST_PCT, (100 / Math.max(1, leverageMax)) * MAINTENANCE_OF_FIRST_MARGIN);
  const awayPct = Math.max(0, 100 / leverage - maintenancePct);
  // What a short position owes grows with the price, and so does what is kept of it.
  return side === "buy" ? awayPct : awayPct / (1 + maintenancePct / 100);
}

/** The same as a price. */
export function liquidationPrice(entry: Decimal, terms: LeverageTerms): Decimal | undefined {
  const pct = liquidationPct(terms);
  if (pct === undefined) return undefined;
  const away = percentOf(entry, pct);
  return terms.side === "buy" ? entry.minus(away) : entry.plus(away);
}

/** Why a stop cannot protect a leveraged position, as a sentence; undefined when it can. */
export function stopBeyondLiquidation(entry: Decimal, stopPrice: Decimal, terms: LeverageTerms): string | undefined {
  const liquidation = liquidationPrice(entry, terms);
  if (!liquidation) return undefined;
  const margin = percentOf(entry, LIQUIDATION_MARGIN_PCT);
  const isBuy = terms.side === "buy";
  const bound = isBuy ? liquidation.plus(margin) : liquidation.minus(margin);
  if (isBuy ? stopPrice.isGreaterThanOrEqualTo(bound) : stopPrice.isLessThanOrEqualTo(bound)) return undefined;
  const side = isBuy ? "above" : "below";
  return `at leverage ${terms.leverage} the position would be liquidated near ${liquidation.precision(6).toFixed()}, and its stop at ${stopPrice.toFixed()} must lie ${side} ${bound.precision(6).toFixed()}: use a nearer stop or less leverage`;
}

/** The same before there is a price, for a stop so many percent away. */
export function stopPctBeyondLiquidation(stopPct: number, terms: LeverageTerms): string | undefined {
  const pct = liquidationPct(terms);
  const farthest = pct === undefined ? undefined : Math.floor((pct - LIQUIDATION_MARGIN_PCT) * 10) / 10;
  if (pct === undefined || farthest === undefined || stopPct <= farthest) return undefined;
  const remedy = farthest > 0 ? `use a stop of at most ${farthest}% or less leverage` : "use less leverage";
  return `at leverage ${terms.leverage} a position is liquidated ${pct.toFixed(1)}% away from its entry, and its stop must come at least ${LIQUIDATION_MARGIN_PCT}% before that, found ${stopPct}%: ${remedy}`;
}
