import type { AccountEvent, DeskEvent, Recorded } from "../domain/events.ts";
import { accountNameOf } from "./account-names.ts";
import { deskAlert } from "./alerts-desk.ts";
import { fillAlert } from "./alerts-fill.ts";
import type { Alert, AlertPart, BotNames } from "./alerts-shape.ts";
import { marketTime } from "./amounts.ts";
import { givenReason } from "./reasons.ts";
import { Card, card } from "./view.ts";

/** The alert that an event of a stream is, or undefined when it concerns nobody. Pure: the streams are the outbox. */
export function alertOf(stream: string, recorded: Recorded<AccountEvent | DeskEvent>, names: BotNames): Alert | undefined {
  const nameOf = (botId: string) => names(botId)?.name ?? botId;
  const { event, marketMs } = recorded;
  const when = marketTime(marketMs);
  if (event.type === "order-filled") return fillAlert(event, nameOf(event.botId), when);
  const part = isAccountAlert(event) ? accountAlert(stream, event, when, nameOf) : deskAlert(event, when);
  return part && complete(part, nameOf);
}

function complete({ card: made, ...part }: AlertPart, nameOf: (botId: string) => string): Alert {
  const of = part.botId === undefined ? "" : ` of ${nameOf(part.botId)}`;
  const kind = part.kind === "bots" ? "bot" : part.kind;
  const counted = { one: `${kind} alert${of}`, many: `${kind} alerts${of}` };
  const foldKey = part.botId === undefined ? part.kind : `${part.kind}:${part.botId}`;
  return { ...part, foldKey, counted, view: made instanceof Card ? made.view() : made };
}

type AccountAlertEvent = Extract<
  AccountEvent,
  {
    type:
      | "bot-started"
      | "bot-stopped"
      | "bot-faulted"
      | "wish-denied"
      | "breaker-tripped"
      | "panic-started"
      | "panic-finished"
      | "order-rejected"
      | "order-unknown"
      | "order-expired";
  }
>;

const ACCOUNT_ALERTS: ReadonlySet<string> = new Set<AccountAlertEvent["type"]>([
  "bot-started",
  "bot-stopped",
  "bot-faulted",
  "wish-denied",
  "breaker-tripped",
  "panic-started",
  "panic-finished",
  "order-rejected",
  "order-unknown",
  "order-expired",
]);

function isAccountAlert(event: AccountEvent | DeskEvent): event is AccountAlertEvent {
  return ACCOUNT_ALERTS.has(event.type);
}

function accountAlert(stream: string, event: AccountAlertEvent, when: string, nameOf: (botId: string) => string): AlertPart {
  switch (event.type) {
    case "bot-started":
      return {
        kind: "bots",
        critical: false,
        botId: event.botId,
        card: card(`${nameOf(event.botId)} is running`)
          .good()
          .line(when),
      };
    case "bot-stopped": {
      const title = event.closing ? `${nameOf(event.botId)} stops and sells what it holds` : `${nameOf(event.botId)} was stopped`;
      return { kind: "bots", critical: false, botId: event.botId, card: card(title).line(event.reason, when) };
    }
    case "bot-faulted": {
      const todo = `It opens nothing more. Look at \`bot show ${nameOf(event.botId)}\`; \`bot start ${nameOf(event.botId)}\` tries again.`;
      return {
        kind: "bots",
        critical: true,
        botId: event.botId,
        card: card(`${nameOf(event.botId)} has faulted`)
          .bad()
          .line(event.reason, todo, when),
      };
    }
    case "wish-denied": {
      const wish = event.wish === "enter" ? "an entry" : "an exit";
      const facts = { "It wished because": event.reason, "Denied because": event.because };
      return {
        kind: "bots",
        critical: false,
        botId: event.botId,
        card: card(`${nameOf(event.botId)} was denied ${wish}`)
          .fields(facts)
          .line(when),
      };
    }
    case "order-rejected":
    case "order-unknown":
    case "order-expired":
      return orderAlert(event, nameOf(event.botId), when);
    default:
      return accountWideAlert(stream, event, when);
  }
}

type OrderAlertEvent = Extract<AccountAlertEvent, { type: `order-${string}` }>;

/** What became of an order beside fills. */
function orderAlert(event: OrderAlertEvent, name: string, when: string): AlertPart {
  const { botId, clientOrderId, reason } = event;
  const about = (title: string) => card(title).fields({ Bot: name, Order: clientOrderId });
  switch (event.type) {
    case "order-rejected":
      return { ...critical(about(`The venue rejected an order of ${name}`).bad().line(`${reason} (${event.code})`, when)), botId };
    case "order-unknown": {
      const todo = `${name} enters nothing until the order is found or proven absent. Nothing needs to be done.`;
      return { ...critical(about(`The answer to an order of ${name} was lost`).warning().line(reason, todo, when)), botId };
    }
    case "order-expired":
      return { kind: "bots", critical: false, botId, card: about(`An order of ${name} expired`).line(reason, when) };
  }
}

type AccountWide = Exclude<AccountAlertEvent, { botId: string }>;

function accountWideAlert(stream: string, event: AccountWide, when: string): AlertPart {
  switch (event.type) {
    case "breaker-tripped":
      return critical(
        card(`The ${event.breaker} breaker tripped`)
          .bad()
          .line(
            event.reason,
            `New entries of ${accountNameOf(stream)} are denied for the rest of ${event.day}; stops, targets and exits go on.`,
            when,
          ),
      );
    case "panic-started":
      return critical(
        card("Panic: everything is being sold")
          .bad()
          .line(
            givenReason(event.reason),
            `Entries of ${accountNameOf(event.scope)} are canceled and its positions sold; the end comes as an alert.`,
            when,
          ),
      );
    case "panic-finished":
      return critical(finishedPanic(event.scope, event.remainder).line(when));
  }
}

function finishedPanic(scope: string, remainder: readonly string[]): Card {
  if (remainder.length === 0)
    return card("Panic finished: verified flat")
      .good()
      .line(`Nothing is held any more in ${accountNameOf(scope)}. New entries stay denied until \`system resume\`.`);
  return card("Panic finished, but something is left")
    .bad()
    .line(...remainder.map((each) => `Still held: ${each}.`), `Sell it with \`position close\` or in the exchange's own app.`);
}

function critical(made: Card): AlertPart {
  return { kind: "critical", critical: true, card: made };
}
