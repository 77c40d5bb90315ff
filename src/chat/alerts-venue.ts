import type { AccountEvent, DeskEvent, Orphan } from "../domain/events.ts";
import { baseOf } from "../domain/instrument.ts";
import type { Fill } from "../domain/position.ts";
import { quarantineName } from "../domain/quarantine.ts";
import { minuteText, spanText } from "../domain/time.ts";
import { type About, type AlertPart, critical, followUp } from "./alerts-shape.ts";
import { priceText, quantityText } from "./amounts.ts";
import { coinsOf } from "./coins.ts";
import { appSteps, pauseWords, rightsText } from "./venue-reasons.ts";
import { card } from "./view.ts";

type EventOf<T extends AccountEvent["type"]> = Extract<AccountEvent, { type: T }>;

/** What happens only to accounts at an exchange; undefined for all other events. */
export function venueAlert(event: AccountEvent | DeskEvent, about: About): AlertPart | undefined {
  switch (event.type) {
    case "key-set":
      return followUp(
        card(`${about.account.shown} has a key`).line(
          `It was entered at ${ENTRIES[event.enteredBy]}. If that was not you: \`account remove ${about.account.name}\`, and delete it at ${about.account.exchange}.`,
          ...rightsText(event.rights),
          about.when,
        ),
      );
    case "account-paused":
      return pausedAlert(event, about);
    case "account-resumed":
      return followUp(card(`${about.account.shown} may enter again`).good().line(event.reason, about.when));
    case "account-removed":
      return followUp(card(`${about.account.shown} was removed; its key is forgotten`).line(event.reason, about.when));
    case "leverage-limited":
      return {
        kind: "system",
        critical: false,
        card: card(`${about.account.shown} takes a leverage of at most ${event.leverage} now`).line(`By ${event.by}.`, about.when),
      };
    case "foreign-booked":
      return { kind: "system", critical: false, card: foreignCard(event, about) };
    case "orphan-found":
      return orphanAlert(event.orphan, about);
    case "quarantine-filled":
      return critical(quarantineCard(event.fill, about));
    case "orphan-settled":
      return followUp(
        card(`An unexplained order in ${about.account.shown} is settled`)
          .fields({ Order: event.venueOrderId })
          .line(`${event.outcome}.`, about.when),
      );
    default:
      return heldAlert(event, about);
  }
}

const ENTRIES: Readonly<Record<EventOf<"key-set">["enteredBy"], string>> = {
  terminal: "the terminal",
  page: "the one-time page of this machine",
  discord: "Discord, in a form that Discord has seen",
  telegram: "Telegram, in a message that Telegram has seen",
  api: "the API, by a program",
};

/** Pauses that are critical even when nothing is held. */
const GRAVE: ReadonlySet<string> = new Set<EventOf<"account-paused">["code"]>(["key", "late-appearance", "ledger"]);

function pausedAlert({ code, reason, untilMs, holding }: EventOf<"account-paused">, about: About): AlertPart {
  const { name, shown } = about.account;
  const { why, todo, exits, ends } = pauseWords(code);
  const atStake = holding === undefined || holding.length > 0;
  const made = card(`${shown} is paused: ${why}`)
    .bad()
    .line(
      reason,
      exits
        ? "Nothing new is opened there; stops, targets and exits go on."
        : "Nothing new is opened there. Exits are tried and may be refused meanwhile: only what rests there already protects surely.",
      holding && holding.length > 0
        ? `Held there: ${holding.join(", ")}. To act now: ${appSteps(about.account.exchangeId ?? "", "sell")}.`
        : undefined,
      todo,
      ends
        ? untilMs && `It is expected to go on at ${minuteText(untilMs)} UTC.`
        : `Then \`risk reset account:${name}\` lets it enter again.`,
      about.when,
    );
  return atStake || GRAVE.has(code) ? critical(made) : followUp(made);
}

function foreignCard({ coin, quantity, reason }: EventOf<"foreign-booked">, about: About) {
  const came = quantity.isNegative() ? "left" : "came into";
  return card(`${quantityText(quantity.abs(), coin)} ${came} ${about.account.shown}`).line(
    reason,
    "No order of the desk did that. It is booked as foreign: it counts in no bot's result.",
    about.when,
  );
}

function orphanAlert({ venueOrderId, clientOrderId, symbol, side, quantity, kind }: Orphan, about: About): AlertPart {
  const { shown, exchange } = about.account;
  const facts = {
    Order: clientOrderId === "" ? venueOrderId : `${clientOrderId} (${venueOrderId})`,
    What: `${side} ${quantityText(quantity, baseOf(symbol))} of ${symbol}`,
  };
  if (kind === "foreign") {
    const made = card(`Somebody's own order rests in ${shown}`)
      .fields(facts)
      .line("It is not the desk's, so the desk never touches it, by panic neither. It may bind money that bots then miss.", about.when);
    return { kind: "system", critical: false, card: made };
  }
  return critical(
    card(`An order in ${shown} carries our mark, and no record of ours explains it`)
      .bad()
      .fields(facts)
      .line(
        "It is in quarantine: where it still rests it is canceled, and what it filled is booked apart from every bot.",
        `Look at \`account orphans ${about.account.name}\` and at ${exchange}. A second desk with the same key is the usual cause: stop one of them.`,
        about.when,
      ),
  );
}

function quarantineCard({ side, quantity, symbol, price, clientOrderId }: Fill, { account, when }: About) {
  const did = side === "buy" ? "bought" : "sold";
  return card(`An order in quarantine ${did} ${quantityText(quantity, baseOf(symbol))} at ${priceText(price)}`)
    .bad()
    .line(
      `It is booked to ${quarantineName(account.name, symbol)} as ${clientOrderId} and counts in no other bot's result; nothing protects it.`,
      `Look at \`account orphans ${account.name}\`, then sell or buy it back at ${account.exchange}.`,
      when,
    );
}

/** What happens to a real position without an order of ours. */
function heldAlert(event: AccountEvent | DeskEvent, about: About): AlertPart | undefined {
  switch (event.type) {
    case "position-naked":
      return { ...critical(nakedCard(event, about)), botId: event.botId };
    case "position-protected": {
      const made = card(`${about.bot(event.botId).shown} is protected again`).good();
      return {
        ...followUp(made.line(`It was naked for ${spanText(event.nakedForMs)}. It may enter again.`, about.when)),
        botId: event.botId,
      };
    }
    case "claim-reduced":
      return { ...critical(reducedCard(event, about)), botId: event.botId };
    case "dust-moved": {
      const { botId, coin, quantity } = event;
      if (quantity.isNegative()) return undefined;
      const left = `${quantityText(quantity, coin)} of ${about.bot(botId).shown} are too few to sell`;
      const where = `They left the bot and stay in ${about.account.shown}; \`account balance\` shows them as dust.`;
      return { kind: "bots", critical: false, botId, card: card(left).line(where, about.when) };
    }
    default:
      return undefined;
  }
}

function nakedCard({ botId, sinceMs, reason }: EventOf<"position-naked">, about: About) {
  const { name, shown, symbol } = about.bot(botId);
  const app = appSteps(about.account.exchangeId ?? "", "protect");
  return card(`${shown} is NAKED: no stop protects its position`)
    .bad()
    .fields({ Symbol: symbol, Since: `${minuteText(sinceMs)} UTC (exchange)` })
    .line(
      reason,
      "It enters nothing until a stop is confirmed. The desk goes on trying and closes the position at market when none is taken.",
      `To act now: \`position close ${name}\`, or set a stop yourself ${app}.`,
      about.when,
    )
    .button("Close now", `position close ${name}`, "danger");
}

function reducedCard({ botId, quantity, price, reason }: EventOf<"claim-reduced">, about: About) {
  const { shown, symbol } = about.bot(botId);
  const { base, quote } = coinsOf(symbol);
  const booked =
    price === undefined
      ? "No trade was found for it, so it is booked at what it had cost: neither profit nor loss."
      : `It is booked as closed at ${priceText(price)} ${quote}.`;
  return card(`${quantityText(quantity, base)} of ${shown} are gone at ${about.account.exchange}`)
    .warning()
    .line(
      reason,
      `Somebody sold or moved them by hand. ${booked} Its stop now covers what is left.`,
      `If that was not you: change the password there, delete the key, and \`panic\`.`,
      about.when,
    );
}
