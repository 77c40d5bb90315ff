import type { AccountEvent, DeskEvent } from "../domain/events.ts";
import type { About, AlertPart } from "./alerts-shape.ts";
import { type Card, card } from "./view.ts";

/** What a bot did or was told; undefined for all other events. */
export function botAlert(event: AccountEvent | DeskEvent, about: About): AlertPart | undefined {
  switch (event.type) {
    case "bot-started":
      return told(
        event.botId,
        card(`${about.bot(event.botId).shown} is running`)
          .good()
          .line(about.when),
      );
    case "bot-stopped": {
      const { shown } = about.bot(event.botId);
      const title = event.closing ? `${shown} stops and closes what it holds` : `${shown} was stopped`;
      return told(event.botId, card(title).line(event.reason, about.when));
    }
    case "bot-faulted": {
      const { name, shown } = about.bot(event.botId);
      const todo = `It opens nothing more. Look at \`bot show ${name}\`; \`bot start ${name}\` tries again.`;
      const made = card(`${shown} has faulted`).bad().line(event.reason, todo, about.when);
      return { kind: "bots", critical: true, botId: event.botId, card: made };
    }
    case "wish-denied": {
      const wish = event.wish === "enter" ? "an entry" : "an exit";
      const facts = { "It wished because": event.reason, "Denied because": event.because };
      return told(
        event.botId,
        card(`${about.bot(event.botId).shown} was denied ${wish}`)
          .fields(facts)
          .line(about.when),
      );
    }
    default:
      return undefined;
  }
}

function told(botId: string, made: Card): AlertPart {
  return { kind: "bots", critical: false, botId, card: made };
}
