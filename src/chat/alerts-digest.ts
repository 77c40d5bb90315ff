import { marked } from "../domain/bot.ts";
import type { Digest, DigestBot } from "../domain/events.ts";
import type { View } from "../ports/view.ts";
import { feeDigits, feeText, moneyText, quantityText, resultDigits, resultText } from "./amounts.ts";
import { card, right } from "./view.ts";

/** The daily statistics of a channel, as they were frozen when they fell due. */
export function digestView(digest: Digest): View {
  const { currency } = digest;
  const ranked = digest.bots.filter(({ fills }) => fills > 0).sort((a, b) => b.realized.comparedTo(a.realized) ?? 0);
  const named = (bot: DigestBot | undefined) => bot && `${nameOf(bot)} ${resultText(bot.realized, currency)}`;
  const open = digest.bots.filter(({ positionQuantity }) => !positionQuantity.isZero());
  const made = card(`Daily digest ${digest.day}`).fields({
    Realized: resultText(digest.realized, currency),
    Unrealized: resultText(digest.unrealized, currency),
    Fees: feeText(digest.fees, currency),
    Fills: String(digest.fills),
    Equity: moneyText(digest.equity, currency),
    "Best bot": named(ranked[0]),
    "Worst bot": ranked.length > 1 ? named(ranked.at(-1)) : undefined,
  });
  made.line(`Market: ${digest.market}.`, digest.bots.length === 0 ? "There are no bots." : undefined);
  made.line(open.length === 0 ? "No open positions." : `Open positions: ${open.map((bot) => openText(bot, currency)).join("; ")}.`);
  if (digest.bots.length > 0) {
    const columns = ["Bot", "Status", right("Realized"), right("Unrealized"), right("Fees"), right("Fills")];
    made.table(columns, digest.bots.map(rowOf));
  }
  if (digest.realized.isGreaterThan(0)) made.good();
  return made.view();
}

function nameOf({ name, mode = "paper" }: DigestBot): string {
  return marked(name, mode);
}

function rowOf(bot: DigestBot): string[] {
  return [nameOf(bot), bot.status, resultDigits(bot.realized), resultDigits(bot.unrealized), feeDigits(bot.fees), String(bot.fills)];
}

function openText(bot: DigestBot, currency: string): string {
  return `${nameOf(bot)} ${quantityText(bot.positionQuantity, bot.symbol.split("/")[0] ?? "")} (${resultText(bot.unrealized, currency)})`;
}
