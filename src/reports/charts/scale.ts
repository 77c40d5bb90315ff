import { tickForPrice } from "../../domain/instrument.ts";

/** From a range of values to places on the picture. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  (value: number): number;
}

const STEPS: readonly number[] = [1, 2, 2.5, 5, 10];
const DECIMALS_MAX = 12;
const PRICE_DECIMALS_MIN = 2;

/** `low` lies at `from`, `high` at `to`. A range without an extent is given one, so that nothing is ever divided by zero. */
export function scale(low: number, high: number, from: number, to: number): Scale {
  const [bottom, top] = high > low ? [low, high] : [low - 1, low + 1];
  const place = (value: number) => from + ((value - bottom) / (top - bottom)) * (to - from);
  return Object.assign(place, { low: bottom, high: top });
}

/** Round numbers inside of a range, ascending, about `count` of them, and how many decimals tell them apart. */
export function ticks(low: number, high: number, count: number): { readonly values: readonly number[]; readonly decimals: number } {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return { values: [], decimals: 0 };
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((each) => each * power >= rough * 0.999) ?? 10) * power;
  const decimals = decimalsOf(step);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const values = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => Number(((first + index) * step).toFixed(decimals)));
  return { values, decimals };
}

function decimalsOf(step: number): number {
  let decimals = 0;
  while (decimals < DECIMALS_MAX && Math.abs(step - Number(step.toFixed(decimals))) > step * 1e-6) decimals += 1;
  return decimals;
}

/** A number with its thousands separated. */
export function digits(value: number, decimals: number): string {
  const [whole = "", fraction] = Math.abs(value).toFixed(decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const shown = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return value < 0 && /[1-9]/.test(shown) ? `-${shown}` : shown;
}

const UNITS: readonly (readonly [number, string])[] = [
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "k"],
];

/** A quantity in a few characters: `12.3k`, `4.1M`, `830`, `0.052`. */
export function brief(value: number): string {
  const size = Math.abs(value);
  const [unit, letter] = UNITS.find(([each]) => size >= each * 0.9995) ?? [1, ""];
  const scaled = value / unit;
  if (scaled === 0) return "0";
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(scaled)) + 1e-9));
  const shown = scaled.toFixed(Math.min(DECIMALS_MAX, decimals));
  return (shown.includes(".") ? shown.replace(/\.?0+$/, "") : shown) + letter;
}

/** How many decimals a price of that size is told with, as everywhere else in chat. */
export function priceDecimals(price: number): number {
  return Math.max(PRICE_DECIMALS_MIN, tickForPrice(price).decimalPlaces() ?? 0);
}
