import type { AccountEvent, DeskEvent } from "../domain/events.ts";
import { type About, type AlertPart, critical, followUp } from "./alerts-shape.ts";
import { rejectAdvice } from "./venue-reasons.ts";
import { card } from "./view.ts";

/** What became of an order beside fills; undefined for all other events. */
export function orderAlert(event: AccountEvent | DeskEvent, about: About): AlertPart | undefined {
  switch (event.type) {
    case "order-rejected": {
      const { botId, code, reason, cause } = event;
      const made = aboutOrder(`The venue rejected an order of ${about.bot(botId).shown}`, event, about);
      const said = made.line(`${reason} (${code})`, rejectAdvice(cause, code, reason), about.when);
      if (leavesExposed(event)) return { ...critical(said.bad()), botId };
      return { kind: "bots", critical: false, botId, card: said.warning() };
    }
    case "order-unknown": {
      const { botId, reason } = event;
      const { shown } = about.bot(botId);
      const todo = `${shown} enters nothing until the order is found or proven absent. Nothing needs to be done; do not place it again by hand.`;
      return {
        ...critical(aboutOrder(`The answer to an order of ${shown} was lost`, event, about).warning().line(reason, todo, about.when)),
        botId,
      };
    }
    case "order-accepted":
      return event.found && foundAlert(event.clientOrderId, event.found, about);
    case "order-expired": {
      const { botId, reason, absent } = event;
      const { shown } = about.bot(botId);
      if (!absent)
        return {
          kind: "bots",
          critical: false,
          botId,
          card: aboutOrder(`An order of ${shown} expired`, event, about).line(reason, about.when),
        };
      const made = aboutOrder(`The unanswered order of ${shown} never arrived`, event, about).good();
      return { ...followUp(made.line(reason, `It is proven that nothing was executed; ${shown} may trade again.`, about.when)), botId };
    }
    default:
      return undefined;
  }
}

/**
 * Whether a rejection leaves a position without its stop or open against a wish. A refused entry leaves nothing, and what it pauses, faults or trips
 * has an alert of its own; where nothing was left to close, nothing is exposed; and the same refusal again was told before.
 */
function leavesExposed({ purpose, cause, again }: Extract<AccountEvent, { type: "order-rejected" }>): boolean {
  return purpose !== "entry" && cause !== "nothing-to-reduce" && !again;
}

function foundAlert(clientOrderId: string, { botId }: { botId: string }, about: About): AlertPart {
  const { shown } = about.bot(botId);
  const made = aboutOrder(`The unanswered order of ${shown} was found`, { botId, clientOrderId }, about).good();
  const how = `${about.account.exchange} has it. Its fills are booked, and it is not sent again.`;
  return { ...followUp(made.line(how, about.when)), botId };
}

function aboutOrder(title: string, { botId, clientOrderId }: { botId: string; clientOrderId: string }, about: About) {
  return card(title).fields({ Bot: about.bot(botId).shown, Order: clientOrderId });
}
