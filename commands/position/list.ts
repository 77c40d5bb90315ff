import { priceText, quantityText, resultDigits } from "../../src/chat/amounts.ts";
import { modesOf, pricesLine, shownName } from "../../src/chat/bot-cards.ts";
import { coinsOf } from "../../src/chat/coins.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { pageNumber, pageOf, withPages } from "../../src/chat/pages.ts";
import { protectionNow } from "../../src/chat/protection-text.ts";
import { card, right } from "../../src/chat/view.ts";
import { entryPrice, isFlat } from "../../src/domain/position.ts";
import type { BotFacts } from "../../src/ports/engine.ts";

/** As many as one message of either chat platform shows whole, each with a row and a sentence. */
const ROWS_MAX = 12;

export default defineCommand({
  summary: "Shows open positions with their protection, those without any first, then the worst",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: { page: pageNumber },
  run({ visible, engine, args }) {
    const open = visible.filter(({ state }) => !isFlat(state.position));
    if (open.length === 0) return card("No open positions");
    const page = pageOf(
      open.toSorted((a, b) => standing(a) - standing(b)),
      args.page,
      ROWS_MAX,
    );
    const answer = card(open.length === 1 ? "1 open position" : `${open.length} open positions`)
      .table(["Bot", right("Quantity"), right("Bought at"), right("Price"), right("Unrealized")], page.rows.map(rowOf))
      // In a column of their own the levels would be cut off on a phone, and numbers with them.
      .line(...page.rows.map((bot) => `${shownName(bot)}: ${protectionNow(bot)}.`), pricesLine(engine, modesOf(page.rows)));
    return withPages(answer, page, "position list").button("Close all", "position close all", "danger");
  },
});

function rowOf(bot: BotFacts): string[] {
  const { position, spec } = bot.state;
  const { base, quote } = coinsOf(spec.symbol);
  const result = bot.unrealized === undefined ? "?" : `${resultDigits(bot.unrealized)} ${quote}`;
  const [bought, now] = [entryPrice(position), bot.price].map((price) => (price === undefined ? "?" : priceText(price)));
  return [shownName(bot), quantityText(position.quantity, base), bought!, now!, result];
}

/** The lower, the sooner it is looked at: without protection, without a price, then by what it has made of what it cost. */
function standing({ state: { naked, position }, unrealized }: BotFacts): number {
  if (naked) return -Number.MAX_VALUE;
  if (unrealized === undefined) return -Number.MAX_VALUE / 2;
  return unrealized.dividedBy(position.cost.abs()).toNumber();
}
