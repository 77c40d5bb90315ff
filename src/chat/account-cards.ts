import { UserError } from "../domain/errors.ts";
import { exchangeName } from "../domain/exchange-names.ts";
import { meant } from "../domain/nearest.ts";
import { clauseOf } from "../domain/sentences.ts";
import type { AccountFacts, VenueFacts } from "../ports/engine.ts";
import { samePerson } from "./access.ts";
import { accountNameFor, capitalized } from "./account-names.ts";
import { quoted } from "./arg-meta.ts";
import type { Call } from "./command.ts";
import { modeWords } from "./mode-words.ts";
import { pauseWords } from "./venue-reasons.ts";
import { type Card, card } from "./view.ts";

/** An account at an exchange. */
export type VenueAccount = AccountFacts & { readonly venue: VenueFacts };

type Asking = Pick<Call<unknown>, "accounts" | "caller" | "role" | "desk">;

/** Whether an account is at an exchange; one on paper has no venue facts. */
export function isVenueAccount(account: AccountFacts): account is VenueAccount {
  return account.venue !== undefined;
}

/** The account at an exchange that the caller may see and means. Throws UserError when there is none. */
export function accountSeen({ accounts }: Pick<Asking, "accounts">, name: string): VenueAccount {
  const known = accounts.filter(isVenueAccount);
  const found = known.find(({ state }) => state.account === name);
  if (found) return found;
  const names = known.map(({ state }) => state.account);
  const there = names.length === 0 ? "There is none yet; `account connect` makes one." : `There are ${names.join(", ")}.`;
  throw new UserError(`account: there is no account ${quoted(name)} at an exchange${meant(name, names)} ${there}`);
}

/** The same where something is done with it: that is for its owner and for admins. */
export function accountHeld(call: Asking, name: string): VenueAccount {
  const found = accountSeen(call, name);
  if (call.role === "admin" || samePerson(call.desk.state.links, found.state.owner, call.caller.user)) return found;
  throw new UserError(
    `${accountNameFor(found.state, call.caller.user)} belongs to ${found.state.owner}: only they or an admin can do this.`,
  );
}

/** What is known of an account at a glance. */
export function accountCard({ state, venue, troubles }: VenueAccount, title: string): Card {
  const { exchangeId, environment, protection, drilled } = venue;
  return card(title)
    .fields({
      Exchange: exchangeName(exchangeId),
      Environment: modeWords(environment),
      Protection: capitalized(protection),
      State: stateText({ state, troubles }),
    })
    .line(...troubles.map(sentence), drilled ? undefined : untestedText(exchangeId));
}

/** Said until a drill has confirmed what this build assumes of an exchange. */
export function untestedText(exchangeId: string): string {
  return `${exchangeName(exchangeId)} was never tested against the real exchange from this desk: run \`account drill\` in a demo account first, where it has one.`;
}

/** What an account does now, for a field or a cell: `trades`, why it is paused, or that something else is wrong, which is told beside it. */
export function stateText({ state, troubles }: Pick<AccountFacts, "state" | "troubles">): string {
  const { paused } = state.venue;
  if (!paused) return troubles.length === 0 ? "trades" : "needs a look";
  return `PAUSED: ${pauseWords(paused.code).why} (${paused.reason})`;
}

/** A fact as a sentence: with a capital and one full stop. */
export function sentence(text: string): string {
  return ended(capitalized(text));
}

/** The same for one that may begin with a name that people type. */
export function ended(text: string): string {
  return `${clauseOf(text)}.`;
}
