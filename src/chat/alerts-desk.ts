import type { AccountEvent, CrashReport, DeskEvent } from "../domain/events.ts";
import { exchangeName } from "../domain/exchange-names.ts";
import { decimal } from "../domain/money.ts";
import { minuteText, spanText, type WallMs } from "../domain/time.ts";
import { digestView } from "./alerts-digest.ts";
import { type AlertPart, followUp } from "./alerts-shape.ts";
import { marketTime, priceText, quantityDigits } from "./amounts.ts";
import { givenReason } from "./reasons.ts";
import { type Card, card } from "./view.ts";

/** The alert that an event of the desk's own stream is; undefined for all others. */
export function deskAlert(event: AccountEvent | DeskEvent, when: string): AlertPart | undefined {
  switch (event.type) {
    case "desk-started":
      return {
        kind: "system",
        critical: event.crash !== undefined || event.safe,
        card: startedCard(event.version, event.safe, event.crash).line(when),
      };
    case "desk-stopped":
      return {
        kind: "system",
        critical: event.unwatched.length > 0,
        card: stoppedCard(event.reason, event.unwatched).line(when),
      };
    case "watch-blind":
      return {
        kind: "system",
        critical: true,
        card: blindCard(event.sinceMs, event.bots).line(when),
      };
    case "watch-sees":
      return {
        kind: "system",
        critical: false,
        card: card("Prices are back: stops are watched again")
          .good()
          .line(
            `There were none for ${spanText(event.forMs)}${event.bots ? ` for ${event.bots.join(", ")}; other bots still lack them` : ""}.`,
            when,
          ),
      };
    case "process-gone":
      return {
        kind: "system",
        critical: false,
        card: card("A process of the desk is gone")
          .warning()
          .line(
            `${event.process} on ${event.host} had ${accountsText(event.accounts)}; another engine takes them over. \`system nodes\` shows who lives.`,
            when,
          ),
      };
    case "accounts-unplaced":
      return {
        kind: "system",
        critical: true,
        card: card(`Nothing is traded in ${accountsText(event.accounts.length)}`)
          .bad()
          .line(
            `Since ${minuteText(event.sinceMs)} UTC no process has had them: nobody watches what the desk itself would close there; stops that rest at an exchange go on. Start an engine; \`system nodes\` shows who lives.`,
            when,
          ),
      };
    case "accounts-placed":
      return {
        kind: "system",
        critical: true,
        card: card("Every account is traded again")
          .good()
          .line(`Some had no process for ${spanText(event.forMs)}.`, when),
      };
    case "halted": {
      const until = event.untilMs === undefined ? "until `system resume`" : `until ${minuteText(event.untilMs)} UTC`;
      return {
        kind: "system",
        critical: true,
        card: card(event.panic ? "Panic: entries are halted" : "New entries are halted")
          .warning()
          .line(
            givenReason(event.reason),
            `By ${event.by}, ${until}. Stops, targets and exits go on.`,
            // What is held is in other streams: each account that has something tells of it itself.
            event.panic ? "Accounts that hold something sell it, and tell of it in alerts of their own." : undefined,
            when,
          ),
      };
    }
    case "resumed":
      return {
        kind: "system",
        critical: true,
        card: card("New entries are allowed again").good().line(givenReason(event.reason), `By ${event.by}.`, when),
      };
    case "alert-fired": {
      const { id, reason, close, alert } = event;
      return {
        kind: "system",
        critical: false,
        onlyFor: alert.place,
        named: `alert ${id}`,
        card: card(`Alert ${id}: ${alert.symbol} ${alert.timeframe}: ${alert.rule}`)
          .line(reason, `Closed at ${priceText(decimal(close))}, ${marketTime(event.closedMs)}.`)
          .button("Chart", `market chart symbol:${alert.symbol} timeframe:${alert.timeframe}`)
          .button("Remove", `alert remove ${id}`),
      };
    }
    case "platform-failed":
      return {
        kind: "system",
        critical: true,
        card: card(`The platform ${event.platform} has failed`)
          .bad()
          .line(event.reason, "Trading goes on; its channels get nothing until it is back.", when),
      };
    case "advice-lost":
      return {
        kind: "system",
        critical: false,
        card: card("SHENRON gives no advice")
          .warning()
          .line(`${event.reason}.`, "Bots that ask for it enter as they would without it. This is told once, until advice is back.", when),
      };
    case "advice-back":
      return { kind: "system", critical: false, card: card("SHENRON gives advice again").good().line(when) };
    case "venue-banned":
      return followUp(
        card(`${exchangeName(event.exchange)} sends this machine away`)
          .bad()
          .line(
            event.reason,
            `Nothing is sent there until ${minuteText(event.untilMs)} UTC, also after a restart: asking on would make it longer.`,
            "Stops that rest there go on. Accounts at other exchanges trade on.",
            when,
          ),
      );
    case "reset-asked":
      return followUp(
        card(`${event.by} wants the ${event.breaker} breaker reset, which takes a second person`)
          .warning()
          .line(`Somebody else with the right to approves it with \`risk reset breaker:${event.breaker}\`, within a day.`, when),
      );
    case "ceiling-lowered":
      return {
        kind: "system",
        critical: false,
        card: card(`The ceiling of live trading is ${quantityDigits(event.amount)} now`).line(`By ${event.by}.`, when),
      };
    case "digest-due":
      return { kind: "system", critical: false, digestFor: event.place, card: digestView(event.digest) };
    default:
      return undefined;
  }
}

function stoppedCard(reason: string, unwatched: readonly string[]): Card {
  const made = card("The desk was stopped").line(reason, "No candle is decided on until it is started again.");
  if (unwatched.length === 0) return made;
  return made.bad().line(`Not watched while the desk is away: stops and targets of ${unwatched.join(", ")}. Start it again soon.`);
}

function blindCard(sinceMs: WallMs, bots: readonly string[]): Card {
  return card("No prices: stops are not watched")
    .bad()
    .line(
      `Since ${minuteText(sinceMs)} UTC there are no fresh prices for ${bots.join(", ")}: stops, targets and orders wait for the next one.`,
      `All of them go on by themselves with the next price. Look at \`system health\`, at the network and at the exchange's own status.`,
    );
}

function startedCard(version: string, safe: boolean, crash: CrashReport | undefined): Card {
  if (crash === undefined && !safe) return card("The desk was started").line(`Version ${version}.`);
  const made = card(safe ? "The desk was started safe: new entries are halted" : "The desk is back after a crash").bad();
  if (crash !== undefined) {
    made.line(`It was away for ${spanText(crash.awayMs)}.`, `Cause: ${crash.cause}.`);
    if (safe) made.line(`It crashed ${crash.crashesInWindow} times in a short while.`);
  }
  if (safe)
    made.line(
      `Open positions keep their protection. Look at \`system health\`, cure the cause, then allow entries with \`system resume\`.`,
    );
  return made.line(`Version ${version}.`);
}

function accountsText(count: number): string {
  return count === 1 ? "one account" : `${count} accounts`;
}
