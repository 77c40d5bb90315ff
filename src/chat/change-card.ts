import { type BotSpec, marked } from "../domain/bot.ts";
import type { ChangeFacts, EntrySketch } from "../ports/bot-changes.ts";
import { moneyText } from "./amounts.ts";
import { coinsOf } from "./coins.ts";
import { specDiff } from "./spec-diff.ts";
import { type Card, card } from "./view.ts";

/** What changes of one bot or of several are, part by part, and what they do to the risk. */
export function changeCard(title: string, changes: readonly ChangeFacts[]): Card {
  const [only] = changes;
  const isOne = changes.length === 1;
  const rows = changes.flatMap(({ before, after }) => specDiff(before, after).map((row) => (isOne ? [...row] : [nameOf(before), ...row])));
  const answer = card(title)
    .table([...(isOne ? [] : ["Bot"]), "What", "Now", "Then"], rows)
    .tableFirst();
  return isOne && only ? answer.line(...effectLines(only)) : answer.line(...changes.map(briefEffect));
}

/** What may be lost more, in one sentence for each bot; undefined where nothing is. */
export function raisedText({ before, raises }: ChangeFacts): string | undefined {
  return raises.length === 0 ? undefined : `${nameOf(before)}: ${raises.join("; ")}.`;
}

function effectLines(change: ChangeFacts): readonly (string | undefined)[] {
  const { entryBefore, entryAfter, before } = change;
  const { quote } = coinsOf(before.symbol);
  if (entryBefore.says === entryAfter.says && sameLoss(entryBefore, entryAfter)) return [heldLine(change), raisedText(change)];
  return [
    `${subjectOf(entryAfter)} would be ${entryText(entryAfter, quote)} instead of ${entryText(entryBefore, quote)}.`,
    entryAfter.notional && `That is ${entryAfter.says}${entryAfter.entries === undefined ? ", before cash and limits cut it" : ""}.`,
    heldLine(change),
    raisedText(change),
  ];
}

function briefEffect(change: ChangeFacts): string | undefined {
  const { entryBefore, entryAfter, before } = change;
  const { quote } = coinsOf(before.symbol);
  return `${nameOf(before)}: ${subjectOf(entryAfter).toLowerCase()} would be ${entryText(entryAfter, quote)} instead of ${entryText(entryBefore, quote)}.`;
}

/** What a size is the size of. */
function subjectOf({ entries }: EntrySketch): string {
  return entries === undefined ? "An entry" : `All of its ${entries} entries together`;
}

function sameLoss(one: EntrySketch, other: EntrySketch): boolean {
  return one.lossAtStop?.toFixed() === other.lossAtStop?.toFixed();
}

function entryText({ notional, lossAtStop, says }: EntrySketch, quote: string): string {
  if (!notional) return `of a size that is not known (${says})`;
  return lossAtStop ? `${moneyText(notional, quote)} and lose ${moneyText(lossAtStop, quote)} at its stop` : moneyText(notional, quote);
}

function heldLine({ holds }: ChangeFacts): string | undefined {
  return holds ? "What it holds stays as it is, with the stop and targets that it was opened with." : undefined;
}

function nameOf({ name, mode }: BotSpec): string {
  return marked(name, mode);
}
