import { priceText, quantityText, resultDigits } from "../../src/chat/amounts.ts";
import { modesOf, pricesLine, shownName } from "../../src/chat/bot-cards.ts";
import { coinsOf } from "../../src/chat/coins.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { protectionNow } from "../../src/chat/protection-text.ts";
import { card, right } from "../../src/chat/view.ts";
import { entryPrice, isFlat } from "../../src/domain/position.ts";

export default defineCommand({
  summary: "Shows open positions with their protection",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  run({ visible, engine }) {
    const open = visible.filter(({ state }) => !isFlat(state.position));
    if (open.length === 0) return card("No open positions");
    const rows = open.map((bot) => {
      const { position } = bot.state;
      const { base, quote } = coinsOf(bot.state.spec.symbol);
      const entry = entryPrice(position);
      const result = bot.unrealized === undefined ? "?" : `${resultDigits(bot.unrealized)} ${quote}`;
      const [bought, now] = [entry, bot.price].map((price) => (price === undefined ? "?" : priceText(price)));
      return [shownName(bot), quantityText(position.quantity, base), bought!, now!, result];
    });
    return (
      card(open.length === 1 ? "1 open position" : `${open.length} open positions`)
        .table(["Bot", right("Quantity"), right("Bought at"), right("Price"), right("Unrealized")], rows)
        // In a column of their own the levels would be cut off on a phone, and numbers with them.
        .line(...open.map((bot) => `${shownName(bot)}: ${protectionNow(bot)}.`), pricesLine(engine, modesOf(open)))
        .button("Close all", "position close all", "danger")
    );
  },
});
