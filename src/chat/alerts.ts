import { marked } from "../domain/bot.ts";
import type { AccountEvent, DeskEvent, Recorded } from "../domain/events.ts";
import { exchangeName } from "../domain/exchange-names.ts";
import { minuteText } from "../domain/time.ts";
import { type AccountNames, accountNameOf } from "./account-names.ts";
import { accountAlert } from "./alerts-account.ts";
import { anomalyAlert } from "./alerts-anomaly.ts";
import { botAlert } from "./alerts-bot.ts";
import { deskAlert } from "./alerts-desk.ts";
import { fillAlert } from "./alerts-fill.ts";
import { orderAlert } from "./alerts-order.ts";
import type { About, Alert, AlertPart, BotNames } from "./alerts-shape.ts";
import { venueAlert } from "./alerts-venue.ts";
import { marketTime } from "./amounts.ts";
import { Card } from "./view.ts";

/** The alert that an event of a stream is, or undefined when it concerns nobody. Pure: the streams are the outbox. */
export function alertOf(
  stream: string,
  recorded: Recorded<AccountEvent | DeskEvent>,
  names: BotNames,
  accounts: AccountNames,
): Alert | undefined {
  const { event } = recorded;
  // An order can fill in the minute before the step that tells of it; the books know the fill by its own minute.
  const marketMs = event.type === "order-filled" ? event.fill.marketMs : recorded.marketMs;
  const isReal = accounts(stream.replace(/^account:/, ""))?.exchange !== undefined;
  const about = aboutOf(stream, isReal ? `${minuteText(marketMs)} UTC` : marketTime(marketMs), names, accounts);
  if (event.type === "order-filled") return fillAlert(event, about);
  const part =
    botAlert(event, about) ??
    orderAlert(event, about) ??
    accountAlert(event, about) ??
    venueAlert(event, about) ??
    anomalyAlert(event, about) ??
    deskAlert(event, about.when);
  return part && complete(part, about);
}

function aboutOf(stream: string, when: string, names: BotNames, accounts: AccountNames): About {
  const name = stream.replace(/^account:/, "");
  const exchangeId = accounts(name)?.exchange;
  return {
    when,
    bot: (botId) => {
      const { name: known = botId, symbol = "", mode = "paper" } = names(botId) ?? {};
      return { name: known, shown: marked(known, mode), symbol };
    },
    account: { name, shown: accountNameOf(stream, accounts), exchange: exchangeName(exchangeId), exchangeId },
    accountNamed: (other) => accountNameOf(other, accounts),
  };
}

function complete({ card: made, named, ...part }: AlertPart, about: About): Alert {
  const view = made instanceof Card ? made.view() : made;
  if (named !== undefined) return { ...part, foldKey: named, counted: { one: named, many: `times ${named}` }, view };
  const of = part.botId === undefined ? "" : ` of ${about.bot(part.botId).shown}`;
  const kind = part.kind === "bots" ? "bot" : part.kind;
  const counted = { one: `${kind} alert${of}`, many: `${kind} alerts${of}` };
  const foldKey = part.botId === undefined ? part.kind : `${part.kind}:${part.botId}`;
  return { ...part, foldKey, counted, view };
}
