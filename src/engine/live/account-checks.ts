import type { DeskState } from "../../domain/desk.ts";
import { UserError } from "../../domain/errors.ts";
import type { AccountTest, Caller, NewAccount } from "../../ports/engine.ts";
import type { Account } from "../account.ts";
import { LiveAccount } from "./account.ts";
import { CLOCK_OFF_MAX_MS } from "./limits.ts";

/** Throws UserError where a name is somebody else's, or another account's. */
export function checkTaken(state: Readonly<DeskState>, known: Account | undefined, wish: NewAccount, caller: Caller): void {
  const registered = state.accounts.get(wish.name);
  if (!registered) return;
  const same = registered.exchange === wish.exchangeId && registered.environment === wish.environment;
  const hasNoBooks = known === undefined || (!known.isHeld && known.state.sequence === 0);
  if ((known instanceof LiveAccount || hasNoBooks) && same && registered.owner === caller.user) return;
  throw new UserError(
    `The name ${wish.name} is taken. Choose another one; a new key for that account comes from its owner, for the same exchange and environment.`,
  );
}

/** What is not as it should be, in sentences. */
export function problemsOf(account: LiveAccount, rights: AccountTest["rights"], offsetMs: number): string[] {
  const problems: string[] = [];
  if (rights.mayOrder === false) problems.push("The key may not trade: allow it at the exchange.");
  if (rights.withdraw) problems.push("The key may withdraw: take that right away at the exchange.");
  if (rights.transfer) problems.push("The key may transfer: take that right away at the exchange.");
  if (rights.addressRestricted === false) problems.push("The key works from every address: restrict it to this machine's at the exchange.");
  if (Math.abs(offsetMs) > CLOCK_OFF_MAX_MS)
    problems.push(`This machine's clock is off by ${Math.round(Math.abs(offsetMs) / 1000)} s: set it by NTP.`);
  const { paused } = account.state.venue;
  if (paused) problems.push(`The account is paused: ${paused.reason}.`);
  return problems;
}
