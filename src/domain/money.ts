import { BigNumber } from "bignumber.js";

/**
 * Exact decimal money. This file is the only place that knows the decimal library and the only place where
 * exact decimals (the ledger) and doubles (prices of candles, indicators) meet.
 *
 * Sums and products are exact. A division is rounded half-even to 18 decimals; whoever divides must book the remainder.
 */
export type Decimal = BigNumber;

const Exact = BigNumber.clone({ DECIMAL_PLACES: 18, ROUNDING_MODE: BigNumber.ROUND_HALF_EVEN, EXPONENTIAL_AT: 1e9 });

export const ZERO: Decimal = new Exact(0);
export const ONE: Decimal = new Exact(1);

/** An exact decimal from text or from a double's shortest text (`0.1` is one tenth). Throws RangeError on anything that is not a finite number. */
export function decimal(value: string | number | Decimal): Decimal {
  const exact = parsed(typeof value === "number" ? String(value) : value);
  if (!exact?.isFinite()) throw new RangeError(`expected a finite number, found "${String(value)}"`);
  return exact;
}

/** Undefined for what the library refuses with an error of its own. */
function parsed(value: string | Decimal): Decimal | undefined {
  try {
    return new Exact(value);
  } catch {
    return undefined;
  }
}

/** The nearest double, for indicators and charts only. */
export function toDouble(value: Decimal): number {
  return value.toNumber();
}

/** Plain digits, never an exponent: the form in which money is stored and shown. */
export function plain(value: Decimal): string {
  return value.toFixed();
}

/** The largest multiple of `step` that is not above `value` (both positive). */
export function floorToStep(value: Decimal, step: Decimal): Decimal {
  return value.dividedToIntegerBy(step).times(step);
}

/** The largest multiple of `step` that costs at most `budget` at a price (all positive). */
export function affordable(budget: Decimal, price: Decimal, step: Decimal): Decimal {
  const quantity = floorToStep(budget.dividedBy(price), step);
  // A quotient has an end only where it is rounded, and may have been rounded up to a whole step.
  return quantity.times(price).isGreaterThan(budget) ? quantity.minus(step) : quantity;
}

/** The smallest multiple of `step` that is not below `value` (both positive). */
export function ceilToStep(value: Decimal, step: Decimal): Decimal {
  const floor = floorToStep(value, step);
  return floor.isEqualTo(value) ? floor : floor.plus(step);
}

/** `value` less (or, with a negative `bps`, plus) so many hundredths of a percent, exactly. */
export function lessBps(value: Decimal, bps: number): Decimal {
  return value.minus(value.times(decimal(bps)).shiftedBy(-4));
}

/** `pct` percent of `value`, exactly. */
export function percentOf(value: Decimal, pct: number): Decimal {
  return value.times(decimal(pct)).shiftedBy(-2);
}

/** Digits to which a share is cut. */
const SHARE_DECIMALS = 12;

/** `part` of `whole` as a fraction, cut so that the shares of a whole are never more than one together. */
export function shareDown(part: Decimal, whole: Decimal): Decimal {
  return part.dividedBy(whole).decimalPlaces(SHARE_DECIMALS, BigNumber.ROUND_DOWN);
}

/** The smaller of two. */
export function min(a: Decimal, b: Decimal): Decimal {
  return a.isLessThan(b) ? a : b;
}

/** The larger of two. */
export function max(a: Decimal, b: Decimal): Decimal {
  return a.isGreaterThan(b) ? a : b;
}

/** Text for people: at most `decimals` decimals, thousands separated, trailing zeros kept to `decimals` only when `fixed`. */
export function shown(value: Decimal, decimals: number, fixed = false): string {
  const rounded = value.decimalPlaces(decimals, BigNumber.ROUND_HALF_EVEN);
  return fixed ? rounded.toFormat(decimals) : rounded.toFormat();
}

/** JSON text in which decimals and maps survive: `{"$d":"1.5"}` and `{"$m":[[key,value]]}`. Read it back with `fromJson`. */
export function toJson(value: unknown): string {
  return JSON.stringify(tagged(value));
}

/** The value that `toJson` wrote. The caller checks its shape. */
export function fromJson(text: string): unknown {
  return revived(JSON.parse(text));
}

/** A walk of our own is several times as fast as the hooks of JSON, and every event and snapshot goes through it. */
function tagged(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (BigNumber.isBigNumber(value)) return { $d: value.toFixed() };
  if (Array.isArray(value)) return value.map(tagged);
  if (value instanceof Map) return { $m: Array.from(value, ([key, each]) => [tagged(key), tagged(each)]) };
  if ("toJSON" in value) return value;
  // A plain object is written twice as fast as one without a prototype, but would take this one name for its prototype.
  const copy: Record<string, unknown> = Object.hasOwn(value, "__proto__") ? Object.create(null) : {};
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) copy[key] = tagged(record[key]);
  return copy;
}

/** Puts decimals and maps in the place of what stands for them. */
function revived(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) value[index] = revived(value[index]);
    return value;
  }
  if ("$d" in value && typeof value.$d === "string") return decimal(value.$d);
  if ("$m" in value && Array.isArray(value.$m)) return new Map(revived(value.$m) as [unknown, unknown][]);
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    const each = record[key];
    if (typeof each === "object" && each !== null) record[key] = revived(each);
  }
  return record;
}
