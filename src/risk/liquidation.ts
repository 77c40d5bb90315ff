import { type Decimal, percentOf } from "../domain/money.ts";

/** What an exchange keeps of a position as maintenance margin, in percent of its notional. Exchanges set it by symbol and size; this is on the safe side for small ones. */
const MAINTENANCE_PCT = 1;
/** How far a stop must stay from the liquidation price, in percent of the entry price: it must trigger and fill before. */
export const LIQUIDATION_MARGIN_PCT = 1;

/** Where an isolated position would be liquidated, before funding; undefined without leverage. */
export function liquidationPrice(entry: Decimal, side: "buy" | "sell", leverage: number): Decimal | undefined {
  if (leverage <= 1) return undefined;
  const away = percentOf(entry, Math.max(0, 100 / leverage - MAINTENANCE_PCT));
  return side === "buy" ? entry.minus(away) : entry.plus(away);
}

/** Why a stop cannot protect a leveraged position, as a sentence; undefined when it can. */
export function stopBeyondLiquidation(entry: Decimal, stopPrice: Decimal, side: "buy" | "sell", leverage: number): string | undefined {
  const liquidation = liquidationPrice(entry, side, leverage);
  if (!liquidation) return undefined;
  const margin = percentOf(entry, LIQUIDATION_MARGIN_PCT);
  const safe =
    side === "buy" ? stopPrice.isGreaterThanOrEqualTo(liquidation.plus(margin)) : stopPrice.isLessThanOrEqualTo(liquidation.minus(margin));
  if (safe) return undefined;
  return `at leverage ${leverage} the position would be liquidated near ${liquidation.toPrecision(6)}, before or too near its stop at ${stopPrice.toFixed()}: use a nearer stop or less leverage`;
}
