import type { InAll } from "../domain/in-all.ts";
import type { CeilingFacts } from "../ports/venue-facts.ts";
import { conversionsText } from "../risk/counter.ts";
import { feeText, moneyText, resultText } from "./amounts.ts";
import { modeWords } from "./mode-words.ts";

/** What each mode has in all its currencies, in a sentence each, with the prices that it was counted by. */
export function inAllLines(sums: readonly InAll[]): readonly string[] {
  return sums.map((sum) => `${modeWords(sum.mode)} in all: ${inAllText(sum)}.`);
}

function inAllText({ currency, realized, unrealized, fees, equity, conversions, missing }: InAll): string {
  if (missing !== undefined) return `not known in ${currency}, because ${missing}`;
  const figures = [
    realized && `${resultText(realized, currency)} realized`,
    unrealized && `${resultText(unrealized, currency)} unrealized`,
    fees && `${feeText(fees, currency)} fees`,
    equity && `equity ${moneyText(equity, currency)}`,
  ].filter((figure) => figure !== undefined);
  return figures.join(", ") + (conversions.length === 0 ? "" : `; ${conversionsText(conversions)}`);
}

/** What live accounts hold at risk together. */
export function atRiskText({ atRisk, currency }: Pick<CeilingFacts, "atRisk" | "currency">): string {
  return atRisk ? moneyText(atRisk, currency) : `an amount that is not known in ${currency}, for a price is missing`;
}
