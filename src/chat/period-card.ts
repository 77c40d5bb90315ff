import type { Mode } from "../domain/bot.ts";
import type { Decimal } from "../domain/money.ts";
import { feeDigits, feeText, resultDigits, resultText } from "./amounts.ts";
import { fillsText } from "./bot-cards.ts";
import { modeMark, modeWords, oneCurrency } from "./mode-words.ts";
import { type Card, card, right } from "./view.ts";

interface Sum {
  readonly realized: Decimal;
  readonly fees: Decimal;
  readonly fills: number;
  readonly closes: number;
  readonly wins: number;
}

/** What one kind of money made in each period, newest first, and in all of them. */
export interface PeriodGroup {
  readonly mode: Mode;
  readonly currency: string;
  readonly periods: readonly { readonly name: string; readonly result: Sum }[];
  readonly sum: Sum;
}

/** Results by day, week or month. Cells name their currency where the table has several; each kind of money has a sum of its own. */
export function periodCard(span: string, column: string, groups: readonly PeriodGroup[]): Card {
  const [first] = groups;
  const isOnly = oneCurrency(groups);
  const columns = [column, right("Realized"), right("Fees"), right("Fills"), right("Won")];
  const rowsOf = ({ currency, periods }: PeriodGroup) =>
    periods.map(({ name, result: { realized, fees, fills, closes, wins } }) => {
      const made = isOnly ? resultDigits(realized) : resultText(realized, currency);
      return [name, made, isOnly ? feeDigits(fees) : feeText(fees, currency), String(fills), closes === 0 ? "-" : `${wins} of ${closes}`];
    });
  if (groups.length === 1 && first) return card(`${span}, ${modeMark(first.mode)}in ${first.currency}`).table(columns, rowsOf(first));
  const rows = groups.flatMap((group) => rowsOf(group).map((row) => [modeMark(group.mode).trim() || "paper", ...row]));
  const sums = groups.map(
    ({ mode, currency, sum }) => `${modeWords(mode)}: ${resultText(sum.realized, currency)} realized, ${fillsText(sum.fills)}.`,
  );
  return card(isOnly && first ? `${span}, in ${first.currency}` : span)
    .table(["Money", ...columns], rows)
    .line(...sums);
}
