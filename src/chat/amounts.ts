import { tickForPrice } from "../domain/instrument.ts";
import { type Decimal, decimal, shown, toDouble } from "../domain/money.ts";
import { minuteText } from "../domain/time.ts";

const MONEY_DECIMALS = 2;
const FEE_DECIMALS_BELOW_A_CENT = 4;
const PRICE_DECIMALS_MIN = 2;
/** More than any lot size has. */
const QUANTITY_DECIMALS_MAX = 18;

/** Money for people, to the cent: `12.30 USDT`. */
export function moneyText(value: Decimal, currency: string): string {
  return `${moneyDigits(value)} ${currency}`;
}

/** Money without its currency, for columns whose title or card names it. */
export function moneyDigits(value: Decimal): string {
  return shown(value, MONEY_DECIMALS, true).replace(/^-(?=0\.0+$)/, "");
}

/** A result with its sign: `+1.20 USDT`. */
export function resultText(value: Decimal, currency: string): string {
  return `${resultDigits(value)} ${currency}`;
}

/** A result without its currency, for columns whose title or card names it. What rounds to nothing has no sign. */
export function resultDigits(value: Decimal): string {
  const digits = moneyDigits(value);
  return value.isGreaterThan(0) && /[1-9]/.test(digits) ? `+${digits}` : digits;
}

/** A fee to the cent, or to four decimals below a cent: `1.00 USDT`, `0.0042 USDT`. */
export function feeText(value: Decimal, currency: string): string {
  return `${feeDigits(value)} ${currency}`;
}

/** A fee without its currency. */
export function feeDigits(value: Decimal): string {
  const isSmall = !value.isZero() && value.abs().isLessThan(decimal("0.01"));
  return shown(value, isSmall ? FEE_DECIMALS_BELOW_A_CENT : MONEY_DECIMALS, true);
}

/** A price to the tick that its size suggests, at least two decimals: `40,000.00`, `98.34`, `0.00001234`. The same in fills, prices and cards. */
export function priceText(price: Decimal): string {
  const decimals = Math.max(PRICE_DECIMALS_MIN, tickForPrice(toDouble(price)).decimalPlaces() ?? 0);
  const [whole = "", fraction = ""] = shown(price, decimals).split(".");
  return `${whole}.${fraction.padEnd(PRICE_DECIMALS_MIN, "0")}`;
}

/** A quantity in base, exactly, with its thousands separated. */
export function quantityText(quantity: Decimal, base: string): string {
  return `${quantityDigits(quantity)} ${base}`;
}

/** A quantity without its coin. */
export function quantityDigits(quantity: Decimal): string {
  return shown(quantity, QUANTITY_DECIMALS_MAX);
}

/** A change in percent with its sign, to two decimals. */
export function percentText(pct: number): string {
  return `${pct > 0 ? "+" : ""}${pct.toFixed(2)}%`;
}

/** A market instant: `2021-05-19 12:59 UTC (market)`. */
export function marketTime(epochMs: number): string {
  return `${minuteText(epochMs)} UTC (market)`;
}
