import { type Decimal, ZERO } from "../../domain/money.ts";
import type { View } from "../../ports/view.ts";
import { resultText } from "../amounts.ts";
import { card } from "../view.ts";
import type { Entry } from "./entry.ts";
import { FOLD_AFTER, FOLD_WINDOW_MS, FOLDS_MAX } from "./limits.ts";

interface Fold {
  sinceMs: number;
  /** Shown one by one in this window. */
  single: number;
  readonly lane: string;
  /** The message that stands for the others, how many they are and what they sum up to. */
  message: { id: string; count: number; amount: Decimal } | undefined;
}

/** What goes out as one message: an alert, or many alike as the posting or the edit of a message that counts them. */
export interface Parcel {
  readonly entries: readonly Entry[];
  readonly view: View;
  readonly editOf: string | undefined;
}

/** Counts alike alerts of one channel, so that more than five a minute become one message that is edited. Critical ones are never counted. */
export class Folding {
  readonly #folds = new Map<string, Fold>();
  readonly #edits: boolean;
  /** A folded parcel that did not go out: it is tried again as it is, so that its repeat is the same message. */
  #unsent: Parcel | undefined;

  /** Nothing is folded where messages cannot be edited. */
  constructor(edits: boolean) {
    this.#edits = edits;
  }

  get unsent(): Parcel | undefined {
    return this.#unsent;
  }

  /** True when the next alert like this one belongs into a shared message, after so many others that are about to go out. */
  isFull(entry: Entry, nowMs: number, others: number): boolean {
    const { alert } = entry;
    if (!this.#edits || alert.critical || alert.digestFor !== undefined) return false;
    return (this.#open(foldKeyOf(entry), nowMs)?.single ?? 0) + others >= FOLD_AFTER;
  }

  /** The next message out of alerts in their order: the first one, with those behind it that it may stand for. */
  next(entries: readonly Entry[], nowMs: number): Parcel | undefined {
    const [first] = entries;
    if (first === undefined) return undefined;
    if (this.#unsent?.entries[0] === first) return this.#unsent;
    if (!this.isFull(first, nowMs, 0)) return { entries: [first], view: first.alert.view, editOf: undefined };
    const alike = alikeOf(first, entries);
    const message = first.mayHaveArrived ? undefined : this.#open(foldKeyOf(first), nowMs)?.message;
    const { count, amount } = sumOf(alike, message);
    return { entries: alike, view: foldedView(first, alike.at(-1) ?? first, count, amount), editOf: message?.id };
  }

  sent(parcel: Parcel, messageId: string, nowMs: number): void {
    if (this.#unsent === parcel) this.#unsent = undefined;
    const first = parcel.entries[0]!;
    const { alert, lane, mayHaveArrived } = first;
    const foldKey = foldKeyOf(first);
    // What comes after another message of this lane must not appear above it.
    for (const [key, fold] of this.#folds) if (fold.lane === lane && key !== foldKey) fold.message = undefined;
    const fold = this.#open(foldKey, nowMs) ?? this.#begin(foldKey, lane, nowMs);
    if (alert.critical || alert.digestFor !== undefined) {
      fold.message = undefined;
      return;
    }
    if (!isFolded(parcel)) {
      fold.single += 1;
      return;
    }
    const before = parcel.editOf === undefined ? undefined : fold.message;
    // An edited message whose count is not known any more, because its minute is over, is not edited again.
    const isKnown = parcel.editOf === before?.id && !mayHaveArrived;
    fold.message = isKnown ? { id: messageId, ...sumOf(parcel.entries, before) } : undefined;
  }

  failed(parcel: Parcel): void {
    if (isFolded(parcel)) this.#unsent = parcel;
  }

  /** The message that was to be edited is gone: what it stood for was seen, the rest goes into a new one. */
  lost({ entries }: Parcel): void {
    this.#unsent = undefined;
    const fold = this.#folds.get(foldKeyOf(entries[0]!));
    if (fold) fold.message = undefined;
  }

  /** Lets go of a parcel that was given up. */
  forget(): void {
    this.#unsent = undefined;
  }

  #open(key: string, nowMs: number): Fold | undefined {
    const fold = this.#folds.get(key);
    return fold && nowMs - fold.sinceMs < FOLD_WINDOW_MS ? fold : undefined;
  }

  #begin(key: string, lane: string, nowMs: number): Fold {
    const fold: Fold = { sinceMs: nowMs, single: 0, lane, message: undefined };
    this.#folds.delete(key);
    this.#folds.set(key, fold);
    const oldest = this.#folds.keys().next().value;
    if (this.#folds.size > FOLDS_MAX && oldest !== undefined) this.#folds.delete(oldest);
    return fold;
  }
}

/** Alike means also: of one lane, so that folding never changes an order. */
export function foldKeyOf({ lane, alert }: Entry): string {
  return `${lane} ${alert.foldKey}`;
}

function isFolded({ entries, view }: Parcel): boolean {
  return view !== entries[0]?.alert.view;
}

/** Those like the first one that may be told with it: none behind another alert of the same lane. */
function alikeOf(first: Entry, entries: readonly Entry[]): Entry[] {
  const alike: Entry[] = [];
  for (const entry of entries) {
    const { alert, lane, mayHaveArrived } = entry;
    if (lane !== first.lane) continue;
    if (alert.critical || alert.foldKey !== first.alert.foldKey || mayHaveArrived !== first.mayHaveArrived) break;
    alike.push(entry);
  }
  return alike;
}

function sumOf(entries: readonly Entry[], before: { count: number; amount: Decimal } | undefined): { count: number; amount: Decimal } {
  const amount = entries.reduce((sum, { alert }) => sum.plus(alert.counted.amount ?? ZERO), before?.amount ?? ZERO);
  return { count: (before?.count ?? 0) + entries.length, amount };
}

function foldedView(first: Entry, newest: Entry, count: number, amount: Decimal): View {
  const { one, many, currency } = first.alert.counted;
  const sum = currency === undefined ? "" : `: ${resultText(amount, currency)} in all`;
  return card(`${count} more ${count === 1 ? one : many}${sum}`)
    .line(`Newest: ${newest.alert.view.title}`)
    .view();
}
