import type { AccountState } from "../domain/books.ts";
import { UserError } from "../domain/errors.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Position } from "../domain/position.ts";
import { stopPctBeyondLiquidation } from "./liquidation.ts";

/** The most leverage that an account takes until somebody says otherwise. */
export const LEVERAGE_LIMIT_AT_FIRST = 3;
/** The most that an account can be set to: beyond it a stop has no room before the liquidation price. */
export const LEVERAGE_LIMIT_MOST = 25;

/** The most leverage that an account at an exchange takes. */
export function leverageLimitOf({ venue }: Pick<AccountState, "venue">): number {
  return venue.leverageLimit ?? LEVERAGE_LIMIT_AT_FIRST;
}

/** Why an account does not take so much leverage, as a sentence; undefined when it does. */
export function aboveLeverageLimit(state: Pick<AccountState, "venue" | "account">, leverage = 1): string | undefined {
  const limit = leverageLimitOf(state);
  if (leverage <= limit) return undefined;
  return `${state.account} takes a leverage of at most ${limit}, found ${leverage}: use less, or raise its limit with risk set account:${state.account} leverage:${leverage}`;
}

/** Refuses leverage where there is none, or more than the exchange gives. */
export function checkLeverage({ symbol, contract }: Instrument, leverage: number): void {
  if (!contract)
    throw new UserError(
      `leverage: it exists on perpetual contracts such as BTC/USDT:USDT, and ${symbol} is spot, which is bought with all of its money. Leave leverage out, or choose a perpetual contract.`,
    );
  if (!Number.isInteger(leverage) || leverage < 1 || leverage > contract.leverageMax)
    throw new UserError(
      `leverage: ${symbol} takes a whole number from 1 to ${contract.leverageMax}, found ${leverage}. Choose one of these.`,
    );
}

/** Refuses a stop that the liquidation of its position would come before, and a leveraged position without any. */
export function checkLeveragedStop({ contract }: Instrument, side: "buy" | "sell", leverage: number, stopPct: number): void {
  if (!contract) return;
  if (leverage > 1 && !Number.isFinite(stopPct))
    throw new UserError(
      `leverage: ${leverage} needs a stop, or the exchange liquidates the position instead. Give stop, or use leverage:1.`,
    );
  const beyond = Number.isFinite(stopPct) && stopPctBeyondLiquidation(stopPct, { side, leverage, leverageMax: contract.leverageMax });
  if (beyond) throw new UserError(`stop: ${beyond}.`);
}

/** What an exchange holds back as margin of a position, in quote. */
export function marginOf({ cost }: Pick<Position, "cost">, leverage = 1): Position["cost"] {
  return cost.abs().dividedBy(leverage);
}
