import type { Decimal } from "../domain/money.ts";
import type { PlanFacts } from "../ports/plan.ts";
import { shareText } from "../risk/entry.ts";
import { moneyText, priceText } from "./amounts.ts";
import { type Card, right } from "./view.ts";

/** What the whole of a position may come to, where it is built of several entries: each of them, all together, and what is lost at the stop then. */
export function withPlan(answer: Card, plan: PlanFacts | undefined, quote: string): Card {
  if (!plan) return answer;
  const price = (at: Decimal | undefined) => (at ? priceText(at) : "-");
  return answer
    .table(
      ["Entry", right("At"), right("Share"), right("Worth")],
      plan.entries.map(({ share, price: at, notional, isHeld }, index) => [
        String(index + 1),
        isHeld ? "bought" : at ? `${price(at)} ${quote}` : "-",
        shareText(share),
        notional ? moneyText(notional, quote) : "-",
      ]),
    )
    .line(...planLines(plan, quote));
}

function planLines({ entries, whole, says, average, stopPrice, lossAtStop }: PlanFacts, quote: string): readonly (string | undefined)[] {
  if (!whole) return [`How much its ${entries.length} entries would be together is not known yet: ${says}.`];
  const held = entries.filter(({ isHeld }) => isHeld).length;
  const needed = `All ${entries.length} entries together need ${moneyText(whole, quote)}`;
  const fall = "prices are those of a fall from here";
  const all =
    held === 0
      ? `${needed} (${says}); ${fall}.`
      : `${held} of ${entries.length} entries ${held === 1 ? "is" : "are"} bought. ${needed}, as sized at the first; ${fall}.`;
  if (!average) return [all];
  const loss =
    stopPrice && lossAtStop
      ? ` The stop then lies at ${priceText(stopPrice)} ${quote}: ${moneyText(lossAtStop, quote)} would be lost there, fees included.`
      : "";
  return [all, `Bought whole, its average would be ${priceText(average)} ${quote}.${loss}`];
}
