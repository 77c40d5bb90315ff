import { tickForPrice } from "../domain/instrument.ts";
import { type Decimal, decimal, plain, shown, toDouble } from "../domain/money.ts";
import { minuteText } from "../domain/time.ts";

/** Money for people: two decimals, more where two would say nothing. `12.30 USDT`, `0.0042 USDT`. */
export function moneyText(value: Decimal, currency: string): string {
  return `${shown(value, decimalsFor(value), true)} ${currency}`;
}

/** A result with its sign: `+1.20 USDT`. */
export function resultText(value: Decimal, currency: string): string {
  return `${value.isGreaterThan(0) ? "+" : ""}${moneyText(value, currency)}`;
}

/** A result without its currency, for columns that name it. */
export function resultDigits(value: Decimal): string {
  return `${value.isGreaterThan(0) ? "+" : ""}${shown(value, decimalsFor(value), true)}`;
}

function decimalsFor(value: Decimal): number {
  const size = value.abs();
  if (size.isZero() || size.isGreaterThanOrEqualTo(1)) return 2;
  return size.isGreaterThanOrEqualTo(decimal("0.01")) ? 4 : 8;
}

/** A price with as many decimals as its tick, or as its size suggests where the tick is not at hand. */
export function priceText(price: Decimal, tickSize: Decimal = tickForPrice(toDouble(price))): string {
  return shown(price, tickSize.decimalPlaces() ?? 8, true);
}

/** A quantity in base, exactly. */
export function quantityText(quantity: Decimal, base: string): string {
  return `${plain(quantity)} ${base}`;
}

/** A change in percent with its sign, to two decimals. */
export function percentText(pct: number): string {
  return `${pct > 0 ? "+" : ""}${pct.toFixed(2)}%`;
}

/** A market instant: `2021-05-19 12:59 UTC (market)`. */
export function marketTime(epochMs: number): string {
  return `${minuteText(epochMs)} UTC (market)`;
}
