import type { Mode } from "../domain/bot.ts";
import { type Conversion, converted, convertedBack, type Rates, rateOf, seenMs } from "../domain/conversion.ts";
import { type Decimal, shown } from "../domain/money.ts";
import { minuteText } from "../domain/time.ts";

/**
 * Counts money of several currencies for one judgement, and remembers by which prices: each is asked once, so that one judgement has one price. Money that
 * stays in its currency, and nothing at all, is left as it is.
 */
export class Counter {
  readonly currency: string;
  readonly #rates: Rates;
  readonly #mode: Mode;
  readonly #asked = new Map<string, Conversion | string>();

  constructor(rates: Rates, mode: Mode) {
    this.currency = rates.currency;
    this.#rates = rates;
    this.#mode = mode;
  }

  /** An amount in another currency; undefined while a price for it is missing, which `missing` then tells. */
  convert(value: Decimal, from: string, to: string): Decimal | undefined {
    if (from === to || value.isZero()) return value;
    const counted = from === this.currency ? value : this.#through(from, (conversion) => converted(value, conversion));
    if (!counted || to === this.currency) return counted;
    return this.#through(to, (conversion) => convertedBack(counted, conversion));
  }

  /** Why something could not be counted; undefined while everything could. */
  get missing(): string | undefined {
    for (const found of this.#asked.values()) if (typeof found === "string") return found;
    return undefined;
  }

  /** The prices that were used, each once. */
  get used(): readonly Conversion[] {
    return [...this.#asked.values()].filter((found) => typeof found !== "string");
  }

  #through(currency: string, count: (conversion: Conversion) => Decimal): Decimal | undefined {
    const found = this.#asked.get(currency) ?? this.#rates.of(currency, this.#mode);
    this.#asked.set(currency, found);
    return typeof found === "string" ? undefined : count(found);
  }
}

/** The one currency of several amounts, or the one that the desk counts in where there are several. */
export function commonCurrency(currencies: Iterable<string>, counted: string): string {
  const distinct = new Set(currencies);
  const [only = counted] = distinct;
  return distinct.size > 1 ? counted : only;
}

const RATE_DECIMALS = 8;

/** `1 USD = 1.0002 USDT (USDT/USD at exchange:binanceus, 2026-11-30 01:02 UTC)`, for each; nothing for none. */
export function conversionsText(conversions: readonly Conversion[]): string {
  return conversions.map(conversionText).join("; ");
}

function conversionText(conversion: Conversion): string {
  const { from, to, legs } = conversion;
  const seen = legs.map(({ symbol }) => symbol).join(" and ");
  return `1 ${from} = ${shown(rateOf(conversion), RATE_DECIMALS)} ${to} (${seen} at ${legs[0]?.market ?? ""}, ${minuteText(seenMs(conversion))} UTC)`;
}
