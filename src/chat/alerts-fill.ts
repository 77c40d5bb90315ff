import type { AccountEvent } from "../domain/events.ts";
import type { Purpose } from "../domain/order.ts";
import type { About, Alert } from "./alerts-shape.ts";
import { feeText, moneyText, priceText, quantityText, resultText } from "./amounts.ts";
import { coinsOf } from "./coins.ts";
import { givenReason } from "./reasons.ts";
import { type Card, card } from "./view.ts";

type Filled = Extract<AccountEvent, { type: "order-filled" }>;

/** What a title begins with, by purpose. */
const BEGINS: Record<Purpose, string> = {
  entry: "",
  exit: "",
  stop: "Stop loss: ",
  take: "Take profit: ",
  close: "Closed: ",
  panic: "Panic: ",
};

/** A short position is opened by selling and closed by buying. */
function titleOf({ fill, purpose }: Filled, name: string): string {
  const { base, quote } = coinsOf(fill.symbol);
  const isOpening = purpose === "entry";
  const did = fill.side === "buy" ? (isOpening ? "bought" : "bought back") : isOpening ? "sold short" : "sold";
  return `${BEGINS[purpose]}${name} ${did} ${quantityText(fill.quantity, base)} at ${priceText(fill.price)} ${quote}`;
}

/** A fill with everything that it led to. A stop loss is critical. */
export function fillAlert(event: Filled, about: About): Alert {
  const { fill, botId, purpose } = event;
  const name = about.bot(botId).shown;
  const { quote: currency } = coinsOf(fill.symbol);
  const counted = { one: `fill of ${name}`, many: `fills of ${name}`, currency };
  const amount = resultOf(event);
  return {
    kind: "fills",
    critical: purpose === "stop",
    botId,
    foldKey: `fills:${botId}`,
    counted: amount === undefined ? counted : { ...counted, amount },
    view: fillCard(event, name).line(newReason(event), about.when).view(),
  };
}

/** "stop loss" below "Stop loss: dip sold" says nothing new. */
function newReason({ reason, purpose }: Filled): string | undefined {
  const begin = BEGINS[purpose].toLowerCase();
  if (begin === `${reason.toLowerCase()}: `) return undefined;
  return givenReason(begin !== "" && reason.toLowerCase().startsWith(begin) ? reason.slice(begin.length) : reason);
}

/** What the title does not say already. */
function fillCard(event: Filled, name: string): Card {
  const { fill, purpose, after } = event;
  const result = resultOf(event);
  const { base, quote } = coinsOf(fill.symbol);
  const flat = after.positionQuantity.isZero();
  const level = (price: typeof after.stopPrice) => (flat || price === undefined ? undefined : `${priceText(price)} ${quote}`);
  const fee = fill.feeCurrency === quote ? feeText(fill.fee, quote) : quantityText(fill.fee, fill.feeCurrency);
  const made = card(titleOf(event, name)).fields({
    Notional: `${moneyText(fill.price.times(fill.quantity), quote)}, fee ${fee}`,
    Result: result && resultText(result, quote),
    "Still held": flat || purpose === "entry" ? undefined : quantityText(after.positionQuantity, base),
    "Stop loss": purpose === "entry" ? level(after.stopPrice) : undefined,
    "Take profit": purpose === "entry" ? level(after.takePrice) : undefined,
  });
  if (purpose === "stop") return result?.isGreaterThan(0) ? made.good() : made.bad();
  return result?.isGreaterThan(0) ? made.good() : made;
}

/** What a sale made, the fees of opening included; undefined of what opens. */
function resultOf({ after }: Filled) {
  return after.result ?? after.realized;
}
