import { minuteText } from "../domain/time.ts";
import type { HealthFacts } from "../ports/health-facts.ts";
import type { Account } from "./account.ts";
import type { Accounts } from "./accounts.ts";
import type { Desk } from "./desk.ts";
import type { Pulse } from "./pulse.ts";

interface HealthSources {
  readonly desk: Desk;
  readonly accounts: Accounts;
  readonly pulse: Pulse;
}

/** How the desk is, from memory. */
export function healthFacts({ desk, accounts, pulse }: HealthSources): HealthFacts {
  const halted = desk.halted();
  const { unplaced } = desk.state;
  const missing = unplaced && `no process has ${unplaced.accounts.length} of the accounts since ${minuteText(unplaced.sinceMs)} UTC`;
  const problems = [...pulse.problems(), ...[halted, missing].filter((problem) => problem !== undefined)];
  return { ...pulse.ages(), ...countsIn(accounts.all()), problems };
}

/** Bots by status and unanswered orders of these accounts. */
export function countsIn(accounts: readonly Account[]): Pick<HealthFacts, "bots" | "unknownOrders"> {
  const bots: Record<string, number> = {};
  let unknownOrders = 0;
  for (const { state } of accounts) {
    for (const { status, deleted } of state.bots.values()) if (!deleted) bots[status] = (bots[status] ?? 0) + 1;
    for (const { status } of state.orders.values()) if (status === "unknown") unknownOrders += 1;
  }
  return { bots, unknownOrders };
}
