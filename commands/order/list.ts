import { priceText, quantityText } from "../../src/chat/amounts.ts";
import { restsAt, shownName } from "../../src/chat/bot-cards.ts";
import { coinsOf } from "../../src/chat/coins.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { priceNow } from "../../src/chat/protection-text.ts";
import { card, right } from "../../src/chat/view.ts";
import type { Order } from "../../src/domain/order.ts";
import type { BotFacts } from "../../src/ports/engine.ts";

/** Most buttons for entries that may be canceled. */
const CANCEL_BUTTONS_MAX = 5;

export default defineCommand({
  summary: "Shows working orders and where they rest",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  run({ visible }) {
    const working = visible.flatMap((bot) => bot.orders.map((order) => ({ bot, order })));
    if (working.length === 0) return card("No working orders");
    const answer = card(working.length === 1 ? "1 working order" : `${working.length} working orders`)
      .table(["Bot", "Order", right("Quantity"), right("Price"), "Where", "Id"], working.map(rowOf))
      .tableFirst();
    const unanswered = working.filter(({ order }) => order.status === "unknown" || order.status === "in-flight");
    if (unanswered.length > 0)
      answer
        .warning()
        .line(
          "Unanswered orders are looked for until they are found or proven absent; their bots enter nothing meanwhile. Do not repeat them by hand.",
        );
    const entries = working.filter(({ order }) => order.purpose === "entry" && order.status !== "unknown" && order.status !== "in-flight");
    for (const { bot, order } of entries.slice(0, CANCEL_BUTTONS_MAX))
      answer.button(`Cancel entry of ${bot.state.spec.name}`, `order cancel ${order.clientOrderId}`, "danger");
    return answer;
  },
});

function rowOf({ bot, order }: { readonly bot: BotFacts; readonly order: Order }): string[] {
  const { base, quote } = coinsOf(bot.state.spec.symbol);
  const { purpose, side, quantity, takePrice, clientOrderId } = order;
  const prices = [priceNow(bot, order), takePrice].filter((each) => each !== undefined).map(priceText);
  return [
    shownName(bot),
    `${purpose} ${side}`,
    quantityText(quantity, base),
    prices.length === 0 ? "market" : `${prices.join(" / ")} ${quote}`,
    restsAt(bot, order),
    clientOrderId,
  ];
}
