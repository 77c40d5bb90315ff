import type { DeskState } from "../domain/desk.ts";
import { UserError } from "../domain/errors.ts";
import type { RuleAlert } from "../domain/rule-alerts.ts";
import { samePerson } from "./access.ts";
import { argument } from "./arg-meta.ts";

/** Alerts of one person, and of the whole desk. */
export const ALERTS_PER_PERSON_MAX = 20;
export const ALERTS_MAX = 500;
/** Symbols of one market that alerts may read: at an exchange each costs a request a minute, from the budget that trading shares. */
export const ALERT_SYMBOLS_MAX = 50;

type Books = Pick<DeskState, "alerts" | "links">;

/** An alert that there is, as `alert list` names it. */
export const alertId = argument<string>(
  { kind: "text", question: "Which alert?", source: "alerts", freeText: true, example: "a1" },
  "an alert as `alert list` names it, such as a1",
  (text) => (/^a\d{1,9}$/i.test(text) ? text.toLowerCase() : undefined),
);

/** The alerts that a person made, oldest first. */
export function alertsOf({ alerts, links }: Books, user: string): readonly RuleAlert[] {
  return [...alerts.values()].filter(({ by }) => samePerson(links, by, user));
}

/** Throws UserError where one more alert would be too many, or is there already. */
export function refuseAlert(books: Books, wish: Omit<RuleAlert, "id" | "isTrue" | "atMs">): void {
  const all = [...books.alerts.values()];
  const mine = alertsOf(books, wish.by);
  const same = all.find(
    (each) =>
      each.place === wish.place &&
      each.market === wish.market &&
      each.symbol === wish.symbol &&
      each.timeframe === wish.timeframe &&
      each.rule === wish.rule,
  );
  if (same) throw new UserError(`Alert ${same.id} tells that here already.`);
  if (mine.length >= ALERTS_PER_PERSON_MAX || all.length >= ALERTS_MAX)
    throw new UserError(
      `You have ${mine.length} alerts and the desk ${all.length}; the most are ${ALERTS_PER_PERSON_MAX} a person and ${ALERTS_MAX} a desk. Remove one first: \`alert list\` shows them.`,
    );
  const symbols = new Set(all.flatMap(({ market, symbol }) => (market === wish.market ? [symbol] : []))).add(wish.symbol);
  if (symbols.size > ALERT_SYMBOLS_MAX)
    throw new UserError(
      `Alerts read ${ALERT_SYMBOLS_MAX} symbols of this market already, which is the most. Remove one of another symbol first.`,
    );
}
