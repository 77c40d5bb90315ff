import type { Mode } from "./bot.ts";
import type { Conversion } from "./conversion.ts";
import type { Decimal } from "./money.ts";

/** What one mode has in several currencies, counted in one of them; figures that were not asked for are left out. */
export interface InAll {
  readonly mode: Mode;
  readonly currency: string;
  readonly realized?: Decimal;
  readonly unrealized?: Decimal;
  readonly fees?: Decimal;
  readonly equity?: Decimal;
  /** By which prices. */
  readonly conversions: readonly Conversion[];
  /** Why it cannot be said, as a clause; there are no figures then. */
  readonly missing?: string;
}
