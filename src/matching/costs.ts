import { type Instrument, priceOnTick } from "../domain/instrument.ts";
import { type Decimal, decimal, lessBps } from "../domain/money.ts";
import type { Side } from "../domain/order.ts";

/**
 * The price at which an order that takes liquidity executes when the market shows `price`: worse by half the spread and the slippage,
 * then rounded against the taker to the tick. In quote per base, exact.
 */
export function takerPrice(instrument: Instrument, price: number | Decimal, side: Side): Decimal {
  const costBps = instrument.halfSpreadBps + instrument.slippageBps;
  return priceOnTick(instrument, lessBps(decimal(price), side === "buy" ? -costBps : costBps), side);
}

/** The fee of an execution in quote: notional times the taker or maker fee, exact. */
export function feeOf(instrument: Instrument, price: Decimal, quantity: Decimal, liquidity: "maker" | "taker"): Decimal {
  const feeBps = liquidity === "maker" ? instrument.makerFeeBps : instrument.takerFeeBps;
  return price.times(quantity).times(decimal(feeBps)).shiftedBy(-4);
}
