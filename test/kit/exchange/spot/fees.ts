import { type Decimal, decimal, floorToStep } from "../../../../src/domain/money.ts";
import type { SpotSide } from "./order.ts";
import type { Purse } from "./purse.ts";

/** The exchange counts in eight decimals. */
const GRAIN = decimal("0.00000001");

/** The fee of one execution: what is taken and in which coin. A third coin pays only while there is enough of it, as at the exchange. */
export function feeOf(
  purse: Purse,
  trade: { base: string; quote: string; side: SpotSide; quantity: Decimal; notional: Decimal; maker: boolean },
): { readonly fee: Decimal; readonly coin: string } {
  const rate = decimal(trade.maker ? purse.makerBps : purse.takerBps).shiftedBy(-4);
  const mode = purse.feeMode;
  const inQuote = grain(trade.notional.times(rate));
  if (typeof mode === "object") {
    const fee = grain(inQuote.dividedBy(decimal(mode.priceInQuote)));
    if (fee.isLessThanOrEqualTo(purse.free(mode.coin))) return { fee, coin: mode.coin };
  }
  if (trade.side === "SELL" || (mode === "quote" && inQuote.isLessThanOrEqualTo(purse.free(trade.quote))))
    return { fee: inQuote, coin: trade.quote };
  return { fee: grain(trade.quantity.times(rate)), coin: trade.base };
}

function grain(amount: Decimal): Decimal {
  return floorToStep(amount, GRAIN);
}
