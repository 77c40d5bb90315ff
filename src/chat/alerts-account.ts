import type { AccountEvent, DeskEvent } from "../domain/events.ts";
import { capitalized } from "./account-names.ts";
import { type About, type AlertPart, critical } from "./alerts-shape.ts";
import { givenReason } from "./reasons.ts";
import { appSteps } from "./venue-reasons.ts";
import { type Card, card } from "./view.ts";

/** What concerns a whole account, paper or real: breakers and panic; undefined for all other events. */
export function accountAlert(event: AccountEvent | DeskEvent, about: About): AlertPart | undefined {
  switch (event.type) {
    case "breaker-tripped":
      return critical(
        card(`The ${event.breaker} breaker of ${about.account.shown} tripped`)
          .bad()
          .line(
            event.reason,
            `New entries of ${about.account.shown} are denied for the rest of ${event.day}; stops, targets and exits go on.`,
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
