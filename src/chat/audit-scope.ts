import type { AuditScope } from "../ports/audit.ts";
import { samePerson } from "./access.ts";
import type { Call } from "./command.ts";

/** An admin sees all records, everybody else those of the accounts that they may see, and what they asked for themselves. */
export function auditScope<A>({ role, accounts, desk, user }: Call<A>): AuditScope {
  if (role === "admin") return "whole";
  return {
    accounts: accounts.map(({ state }) => state.account),
    sees: (event) => event.type === "command-done" && samePerson(desk.state.links, event.user, user.id),
  };
}
