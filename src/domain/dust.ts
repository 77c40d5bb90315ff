import type { AccountState } from "./books.ts";
import { baseOf } from "./instrument.ts";
import { type Decimal, max, ZERO } from "./money.ts";

/** What an account holds of a coin beyond its bots' positions; below zero where they claim more than there is. */
export function unclaimed({ balances, bots }: Pick<AccountState, "balances" | "bots">, coin: string): Decimal {
  let left = balances.get(coin) ?? ZERO;
  for (const { spec, position } of bots.values()) if (baseOf(spec.symbol) === coin) left = left.minus(position.quantity);
  return left;
}

/** Coins have left an account, by hand or as fees of other positions: dust is no more than what is there beyond the bots' positions. */
export function trimDust(state: AccountState, coin: string): void {
  const { dust } = state.venue;
  const known = dust.get(coin);
  if (!known?.isGreaterThan(0)) return;
  const left = max(unclaimed(state, coin), ZERO);
  if (left.isLessThan(known)) dust.set(coin, left);
}
