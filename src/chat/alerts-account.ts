import type { AccountEvent, DeskEvent } from "../domain/events.ts";
import type { RiskScope } from "../domain/limits.ts";
import { minuteText } from "../domain/time.ts";
import { capitalized } from "./account-names.ts";
import { type About, type AlertPart, critical, followUp } from "./alerts-shape.ts";
import { givenReason } from "./reasons.ts";
import { appSteps } from "./venue-reasons.ts";
import { type Card, card } from "./view.ts";

/** What concerns a whole account, paper or real: breakers and panic; undefined for all other events. */
export function accountAlert(event: AccountEvent | DeskEvent, about: About): AlertPart | undefined {
  switch (event.type) {
    case "breaker-tripped":
      return trippedAlert(event, about);
    case "breaker-reset":
      return followUp(
        card(`The ${event.breaker} breaker of ${whereOf(event.scope, about)} is closed`)
          .good()
          .line(
            event.by === "desk" ? `It closed by itself: ${event.reason}.` : `Reset ${event.reason}.`,
            "Entries are allowed again.",
            about.when,
          ),
      );
    case "panic-started":
      return critical(
        card("Panic: everything is being sold")
          .bad()
          .line(
            givenReason(event.reason),
            `Entries of ${about.accountNamed(event.scope)} are canceled and its positions sold; each sale and the end come as alerts.`,
            about.when,
          ),
      );
    case "panic-stalled":
      return critical(
        card(`Panic: not everything in ${about.accountNamed(event.scope)} is closed yet`)
          .bad()
          .line(
            ...event.remainder.map((each) => `${each}.`),
            `The desk goes on trying. ${capitalized(appSteps(about.account.exchangeId ?? "", "sell"))}.`,
            about.when,
          ),
      );
    case "panic-finished":
      return critical(finishedPanic(event.scope, event.remainder, about).line(about.when));
    default:
      return undefined;
  }
}

type Tripped = Extract<AccountEvent, { type: "breaker-tripped" }>;

/** What opened, with its numbers, what it does and how it ends. One that fails its trial again is no new alarm. */
function trippedAlert(event: Tripped, about: About): AlertPart {
  const { breaker, scope, day, reaction = "deny", span = "day", untilMs, again } = event;
  const where = whereOf(scope, about);
  const until =
    span === "day"
      ? `for the rest of ${day}`
      : untilMs === undefined
        ? "until somebody resets it (`risk reset`)"
        : `until ${minuteText(untilMs)} UTC`;
  const does = {
    deny: "stops, targets and exits go on",
    tighten: "stops are moved half of the way to the price, and what has none is closed",
    flatten: "everything that is held there is closed",
    halt: "no bot of the desk enters, wherever it is; stops, targets and exits go on",
  }[reaction];
  const made = card(again ? `The ${breaker} breaker of ${where} stays open` : `The ${breaker} breaker of ${where} tripped`)
    .bad()
    .line(event.reason, `New entries of ${where} are denied ${until}; ${does}.`, about.when);
  return again ? followUp(made) : critical(made);
}

function whereOf(scope: RiskScope | undefined, about: About): string {
  if (scope === undefined || scope === `account:${about.account.name}`) return about.account.shown;
  if (scope === "all") return `the whole desk, in ${about.account.shown}`;
  const [kind, name = ""] = [scope.slice(0, scope.indexOf(":")), scope.slice(scope.indexOf(":") + 1)];
  return kind === "bot" ? about.bot(name).shown : `${name} in ${about.account.shown}`;
}

function finishedPanic(scope: string, remainder: readonly string[], about: About): Card {
  const where = about.accountNamed(scope);
  if (remainder.length === 0)
    return card("Panic finished: verified flat")
      .good()
      .line(`Nothing of the desk's is held any more in ${where}. New entries stay denied until \`system resume\`.`);
  return card(`Panic finished, but something is left in ${where}`)
    .bad()
    .line(
      ...remainder.map((each) => `Still held: ${each}.`),
      about.account.exchangeId === undefined
        ? "Sell it with `position close`."
        : `Sell it with \`position close\`, or ${appSteps(about.account.exchangeId, "sell")}.`,
    );
}
