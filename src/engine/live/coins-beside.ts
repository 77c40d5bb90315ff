import type { AccountState } from "../../domain/books.ts";
import { unclaimed } from "../../domain/dust.ts";
import { baseOf } from "../../domain/instrument.ts";
import { type Decimal, floorToStep, max, min, toDouble, ZERO } from "../../domain/money.ts";

/** A price so near a level may have touched it in a trade that no ticker showed. */
const NEAR_SHARE = 0.01;

/** What the account holds of a coin beside the bots' positions. */
export interface CoinsBeside {
  /** What earlier positions left there, as far as it is still there: its owner may have turned it into something else. */
  readonly dust: Decimal;
  /** What no bot and no earlier position of one has bought: the owner's own. */
  others(): Decimal;
}

/** What an account holds of a symbol's coin beside its bots' positions. */
export function coinsBeside(state: AccountState, symbol: string): CoinsBeside {
  const coin = baseOf(symbol);
  const known = state.venue.dust.get(coin) ?? ZERO;
  const dust = known.isZero() ? known : max(min(known, unclaimed(state, coin)), ZERO);
  return { dust, others: () => max(unclaimed(state, coin).minus(dust), ZERO) };
}

/** What a doubt about an ended stop follows from. */
interface EndedStop {
  readonly reduceOnly: boolean;
  readonly lotSize: Decimal;
  readonly others: Decimal;
  /** The last price, where it is known. */
  readonly price: number | undefined;
  readonly levels: readonly (Decimal | undefined)[];
}

/**
 * Whether a stop that the exchange calls ended with nothing filled must be asked again until no lag can hide its fill. The exchange may say so of one that
 * has filled; then the account holds the position no more, and the sale that follows would be taken only if it holds other coins of that kind, the
 * owner's own. A stop or target fills where the price is: away from them there is no doubt, and the sale does not wait.
 */
export function isDoubtful({ reduceOnly, lotSize, others, price, levels }: EndedStop): boolean {
  if (reduceOnly || floorToStep(others, lotSize).isZero()) return false;
  // A price that is not known may be anywhere.
  if (price === undefined) return true;
  return levels.some((level) => level !== undefined && Math.abs(price - toDouble(level)) <= toDouble(level) * NEAR_SHARE);
}
