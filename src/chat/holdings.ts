import { baseOf } from "../domain/instrument.ts";
import { type Decimal, max, ZERO } from "../domain/money.ts";
import { isPerpetual } from "../domain/position.ts";
import type { AccountFacts } from "../ports/engine.ts";

/** One coin of an account and whose it is. */
export interface Holding {
  readonly coin: string;
  readonly balance: Decimal;
  /** What bots hold of it. */
  readonly claimed: Decimal;
  /** What new entries may spend; only of the account's own currency. */
  readonly free: Decimal;
  readonly dust: Decimal;
  /** What no bot claims and no entry may spend. */
  readonly foreign: Decimal;
}

/** The coins of an account, its own currency first; others only where there is something. */
export function holdingsOf({ state, reserved }: Pick<AccountFacts, "state" | "reserved">): readonly Holding[] {
  const claims = new Map<string, Decimal>();
  for (const { spec, position } of state.bots.values()) {
    const coin = baseOf(spec.symbol);
    if (!isPerpetual(spec.symbol)) claims.set(coin, (claims.get(coin) ?? ZERO).plus(position.quantity));
  }
  return [...state.balances]
    .filter(([coin, balance]) => coin === state.currency || !balance.isZero())
    .sort(([a], [b]) => Number(b === state.currency) - Number(a === state.currency))
    .map(([coin, balance]) => {
      const claimed = claims.get(coin) ?? ZERO;
      const dust = state.venue.dust.get(coin) ?? ZERO;
      const rest = max(ZERO, balance.minus(claimed).minus(dust));
      const isCurrency = coin === state.currency;
      return {
        ...{ coin, balance, claimed, dust },
        free: isCurrency ? max(ZERO, rest.minus(reserved)) : ZERO,
        foreign: isCurrency ? ZERO : rest,
      };
    });
}
