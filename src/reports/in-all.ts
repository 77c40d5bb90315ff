import type { AccountState } from "../domain/books.ts";
import type { Mode } from "../domain/bot.ts";
import type { Rates } from "../domain/conversion.ts";
import type { DigestTotal } from "../domain/digest.ts";
import type { InAll } from "../domain/in-all.ts";
import { type Decimal, ZERO } from "../domain/money.ts";
import { Counter } from "../risk/counter.ts";

const FIGURES = ["realized", "unrealized", "fees", "equity"] as const;
type Figure = (typeof FIGURES)[number];

/** The sums of one mode in one currency. */
export type SumsOf = { readonly mode: Mode; readonly currency: string } & { readonly [F in Figure]?: Decimal | undefined };

/**
 * The sums of each mode over its currencies, counted in the desk's one at the prices of now. Nothing for a mode whose money is all in that one; where
 * it is all in another one, nothing either while there is no price, because nothing is left to add up.
 */
export function inAll(groups: readonly SumsOf[], rates: Rates): readonly InAll[] {
  return [...Map.groupBy(groups, ({ mode }) => mode)].flatMap(([mode, sums]) => {
    const currencies = new Set(sums.map(({ currency }) => currency));
    if (currencies.size === 1 && currencies.has(rates.currency)) return [];
    const counted = countedOf(mode, sums, rates);
    return counted.missing !== undefined && currencies.size === 1 ? [] : [counted];
  });
}

function countedOf(mode: Mode, sums: readonly SumsOf[], rates: Rates): InAll {
  const counter = new Counter(rates, mode);
  const figures: { [F in Figure]?: Decimal } = {};
  for (const name of FIGURES) {
    const values = sums.flatMap((each) => {
      const value = each[name];
      return value === undefined ? [] : [counter.convert(value, each.currency, rates.currency)];
    });
    // A figure that one of the currencies does not tell is none of them all.
    if (values.length < sums.length) continue;
    figures[name] = values.reduce<Decimal>((sum, value) => sum.plus(value ?? ZERO), ZERO);
  }
  const { missing, used: conversions } = counter;
  const common = { mode, currency: rates.currency, conversions };
  return missing === undefined ? { ...common, ...figures } : { ...common, missing };
}

interface Summed {
  readonly mode: Mode;
  readonly currency: string;
  readonly sum: { readonly realized: Decimal; readonly fees: Decimal };
}

/** The same of what was made in several periods. */
export function periodsInAll(groups: readonly Summed[], rates: Rates): readonly InAll[] {
  return inAll(
    groups.map(({ mode, currency, sum: { realized, fees } }) => ({ mode, currency, realized, fees })),
    rates,
  );
}

/** The same of a digest; an account in whose currency nobody trades counts with its equity. */
export function digestInAll(
  totals: readonly DigestTotal[],
  accounts: readonly { readonly state: Pick<AccountState, "mode" | "currency">; readonly equity: Decimal | undefined }[],
  rates: Rates,
): readonly InAll[] {
  const known = new Set(totals.map(({ mode, currency }) => `${mode} ${currency}`));
  const idle = accounts
    .filter(({ state: { mode, currency } }) => !known.has(`${mode} ${currency}`))
    .map(({ state: { mode, currency }, equity }) => ({ mode, currency, realized: ZERO, unrealized: ZERO, fees: ZERO, equity }));
  return inAll([...totals, ...idle], rates);
}
