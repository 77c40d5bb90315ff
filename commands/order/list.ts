import { priceText, quantityText } from "../../src/chat/amounts.ts";
import { restsAt, shownName } from "../../src/chat/bot-cards.ts";
import { coinsOf } from "../../src/chat/coins.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { pageNumber, pageOf, withPages } from "../../src/chat/pages.ts";
import { priceNow } from "../../src/chat/protection-text.ts";
import { card, right } from "../../src/chat/view.ts";
import type { Order } from "../../src/domain/order.ts";
import type { BotFacts } from "../../src/ports/engine.ts";

/** Most buttons for entries that may be canceled. */
const CANCEL_BUTTONS_MAX = 5;
/** As many as one message of either chat platform shows whole. */
const ROWS_MAX = 20;

export default defineCommand({
  summary: "Shows working orders and where they rest, unanswered ones first",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: { page: pageNumber },
  run({ visible, args }) {
    const working = visible.flatMap((bot) => bot.orders.map((order) => ({ bot, order })));
    if (working.length === 0) return card("No working orders");
    const unanswered = working.filter(isUnanswered);
    const page = pageOf([...unanswered, ...working.filter((each) => !isUnanswered(each))], args.page, ROWS_MAX);
    const answer = card(working.length === 1 ? "1 working order" : `${working.length} working orders`)
      .table(["Bot", "Order", right("Quantity"), right("Price"), "Where", "Id"], page.rows.map(rowOf))
      .tableFirst();
    withPages(answer, page, "order list");
    if (unanswered.length > 0)
      answer
        .warning()
        .line(
          "Unanswered orders are looked for until they are found or proven absent; their bots enter nothing meanwhile. Do not repeat them by hand.",
        );
    const entries = page.rows.filter((each) => each.order.purpose === "entry" && !isUnanswered(each));
    for (const { bot, order } of entries.slice(0, CANCEL_BUTTONS_MAX))
      answer.button(`Cancel entry of ${bot.state.spec.name}`, `order cancel ${order.clientOrderId}`, "danger");
    return answer;
  },
});

interface Working {
  readonly bot: BotFacts;
  readonly order: Order;
}

function isUnanswered({ order: { status } }: Working): boolean {
  return status === "unknown" || status === "in-flight";
}

function rowOf({ bot, order }: Working): string[] {
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
