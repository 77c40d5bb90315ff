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
}

/** What is known of a bot; undefined after its deletion. */
export type BotNames = (botId: string) => { readonly name: string; readonly symbol: string } | undefined;

/** What the maker of one kind of alert says; the rest follows from it. */
export interface AlertPart {
  readonly kind: AlertKind;
  readonly critical: boolean;
  readonly botId?: string;
  readonly digestFor?: string;
  readonly card: Card | View;
}
