import type { Protection } from "../domain/bot.ts";
import { type Instrument, priceOnTick } from "../domain/instrument.ts";
import { type Decimal, max, percentOf } from "../domain/money.ts";

/** Absolute exit levels of a long position, in quote per base. */
export interface Levels {
  readonly stopPrice: Decimal | undefined;
  readonly takePrice: Decimal | undefined;
}

/** Levels from the average entry price. A trailing stop starts at its distance below the entry; with both, the nearer stop holds. */
export function levelsFrom(instrument: Instrument, protection: Protection, entryPrice: Decimal): Levels {
  const below = (pct: number) => priceOnTick(instrument, entryPrice.minus(percentOf(entryPrice, pct)), "sell");
  const { stopPct, takePct, trailingPct } = protection;
  const fixed = stopPct === undefined ? undefined : below(stopPct);
  const trailing = trailingPct === undefined ? undefined : below(trailingPct);
  const stopPrice = fixed && trailing ? max(fixed, trailing) : (fixed ?? trailing);
  const takePrice = takePct === undefined ? undefined : priceOnTick(instrument, entryPrice.plus(percentOf(entryPrice, takePct)), "buy");
  return { stopPrice, takePrice };
}

/** Where a stop stands once the price has been as high as `highest`: it only ever rises. */
export function trailedStop(
  instrument: Instrument,
  stopPrice: Decimal,
  trailingPct: number | undefined,
  highest: Decimal | undefined,
): Decimal {
  if (trailingPct === undefined || highest === undefined) return stopPrice;
  return max(stopPrice, priceOnTick(instrument, highest.minus(percentOf(highest, trailingPct)), "sell"));
}
