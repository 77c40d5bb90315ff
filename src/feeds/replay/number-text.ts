import { PRICE_DECIMALS_MAX } from "../assumptions.ts";

const EXACT_DIGITS_MAX = 15;
const POWERS_OF_TEN = Float64Array.from({ length: EXACT_DIGITS_MAX + 1 }, (_, exponent) => 10 ** exponent);
const ZERO_CODE = 48;
const NINE_CODE = 57;
const POINT_CODE = 46;
const NUMBER_PATTERN = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Reads decimal numbers out of bytes without making strings. Up to 15 digits are exact (a whole number below 2^53 divided by a power of ten
 * is rounded once); anything longer, signed, quoted or with an exponent takes the slow way through text.
 */
export class NumberText {
  /** Decimals of the number read last, without trailing zeros. */
  decimals = 0;

  /** The number in [from, to), or NaN. */
  read(bytes: Uint8Array, from: number, to: number): number {
    let whole = 0;
    let digits = 0;
    let fraction = 0;
    let decimals = 0;
    let point = false;
    for (let at = from; at < to; at += 1) {
      const code = bytes[at]!;
      if (code >= ZERO_CODE && code <= NINE_CODE) {
        whole = whole * 10 + (code - ZERO_CODE);
        digits += 1;
        if (point) {
          fraction += 1;
          if (code !== ZERO_CODE) decimals = fraction;
        }
      } else if (code === POINT_CODE && !point) point = true;
      else return this.#slow(bytes, from, to);
    }
    if (digits === 0 || digits > EXACT_DIGITS_MAX) return this.#slow(bytes, from, to);
    this.decimals = decimals;
    return whole / POWERS_OF_TEN[fraction]!;
  }

  #slow(bytes: Uint8Array, from: number, to: number): number {
    const text = fieldText(bytes, from, to);
    if (!NUMBER_PATTERN.test(text)) return Number.NaN;
    const value = Number(text);
    this.decimals = (value.toFixed(PRICE_DECIMALS_MAX).split(".")[1] ?? "").replace(/0+$/, "").length;
    return value;
  }
}

/** A field's text without surrounding spaces and quotes. */
export function fieldText(bytes: Uint8Array, from: number, to: number): string {
  return new TextDecoder()
    .decode(bytes.subarray(from, to))
    .trim()
    .replace(/^"(.*)"$/, "$1");
}
