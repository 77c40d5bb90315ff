import type { Mode } from "../domain/bot.ts";
import type { AlertKind } from "../domain/events.ts";
import type { Decimal } from "../domain/money.ts";
import type { View } from "../ports/view.ts";
import type { Card } from "./view.ts";

/** Something that happened, for people. */
export interface Alert {
  readonly kind: AlertKind;
  /** Critical alerts go to channels that have `critical`, whatever else they have. */
  readonly critical: boolean;
  readonly botId?: string;
  /** Alike alerts have equal keys: the kind and the bot, or the kind. */
  readonly foldKey: string;
  readonly view: View;
  /** How many of them are spoken of, as `fill of dip` and `fills of dip`, and what they sum up to. */
  readonly counted: { readonly one: string; readonly many: string; readonly amount?: Decimal; readonly currency?: string };
  /** The only place that this one is for. */
  readonly digestFor?: string;
  /** The same for what a person asked to be told of there; unlike a digest it waits for the end of quiet hours. */
  readonly onlyFor?: string;
}

/** What is known of a bot; undefined after its deletion. A bot without a mode is on paper. */
export type BotNames = (botId: string) => { readonly name: string; readonly symbol: string; readonly mode?: Mode } | undefined;

/** A bot as an alert speaks of it: `shown` says DEMO or LIVE, `name` is what a person types. */
export interface NamedBot {
  readonly name: string;
  readonly shown: string;
  readonly symbol: string;
}

/** What an alert is about, beside its event. */
export interface About {
  /** When it happened, as a line of its own. */
  readonly when: string;
  bot(botId: string): NamedBot;
  /** The account whose stream told it; `exchange` as it calls itself. */
  readonly account: { readonly name: string; readonly shown: string; readonly exchange: string; readonly exchangeId: string | undefined };
  /** Another account, by the name of its stream. */
  accountNamed(stream: string): string;
}

/** What the maker of one kind of alert says; the rest follows from it. */
export interface AlertPart {
  readonly kind: AlertKind;
  readonly critical: boolean;
  readonly botId?: string;
  readonly digestFor?: string;
  readonly onlyFor?: string;
  /** As `alert a7`, where neither the kind nor a bot says what is alike. */
  readonly named?: string;
  readonly card: Card | View;
}

/** Never waits, and fails over to the next platform. */
export function critical(made: Card): AlertPart {
  return { kind: "critical", critical: true, card: made };
}

/** For those who get critical alerts, as the good end of one; it may wait for the end of quiet hours. */
export function followUp(made: Card): AlertPart {
  return { kind: "critical", critical: false, card: made };
}
