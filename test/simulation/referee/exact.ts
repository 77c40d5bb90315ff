/** Exact numbers of the referee, apart from the product's own: whole multiples of 10^-30. */
export type Exact = bigint;

const PLACES = 30;
const UNIT = 10n ** BigInt(PLACES);
const UNIT_NUMBER = Number(UNIT);

export const NOTHING: Exact = 0n;

/** From plain digits. */
export function exact(text: string): Exact {
  const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  const [, sign = "", whole = "0", fraction = ""] = found ?? [];
  if (!found || fraction.length > PLACES) throw new RangeError(`expected plain digits, found "${text}"`);
  const value = BigInt(whole) * UNIT + BigInt(fraction.padEnd(PLACES, "0"));
  return sign === "-" ? -value : value;
}

const KNOWN = new WeakMap<object, Exact>();

/** The number of the product's decimal, by its digits: worked out once for each, because they never change. */
export function exactOf(value: { toFixed(): string }): Exact {
  const known = KNOWN.get(value);
  if (known !== undefined) return known;
  const found = exact(value.toFixed());
  KNOWN.set(value, found);
  return found;
}

/** Exact as long as both together have at most 30 decimals. */
export function times(a: Exact, b: Exact): Exact {
  return (a * b) / UNIT;
}

/** Cut off after 30 decimals. */
export function over(a: Exact, b: Exact): Exact {
  return (a * UNIT) / b;
}

export function toNumber(value: Exact): number {
  return Number(value) / UNIT_NUMBER;
}

export function textOf(value: Exact): string {
  const digits = (value < 0n ? -value : value).toString().padStart(PLACES + 1, "0");
  const fraction = digits.slice(-PLACES).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -PLACES)}${fraction === "" ? "" : `.${fraction}`}`;
}
