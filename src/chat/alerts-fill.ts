import type { AccountEvent } from "../domain/events.ts";
import { plain } from "../domain/money.ts";
import type { Purpose } from "../domain/order.ts";
import type { Alert } from "./alerts-shape.ts";
import { moneyText, priceText, quantityText, resultText } from "./amounts.ts";
import { type Card, card } from "./view.ts";

type Filled = Extract<AccountEvent, { type: "order-filled" }>;

const TITLES: Record<Purpose, (name: string, what: string) => string> = {
  entry: (name, what) => `${name} bought ${what}`,
  exit: (name, what) => `${name} sold ${what}`,
  stop: (name, what) => `Stop loss: ${name} sold ${what}`,
  take: (name, what) => `Take profit: ${name} sold ${what}`,
  close: (name, what) => `Closed: ${name} sold ${what}`,
  panic: (name, what) => `Panic: ${name} sold ${what}`,
};

/** A fill with everything that it led to. A stop loss is critical. */
export function fillAlert(event: Filled, name: string, when: string): Alert {
  const { fill, botId, purpose, after } = event;
  const currency = fill.symbol.split("/")[1] ?? "";
  const counted = { one: `fill of ${name}`, many: `fills of ${name}`, currency };
  return {
    kind: "fills",
    critical: purpose === "stop",
    botId,
    foldKey: `fills:${botId}`,
    counted: after.realized === undefined ? counted : { ...counted, amount: after.realized },
    view: fillCard(event, name).line(event.reason, when).view(),
  };
}

function fillCard({ fill, purpose, after }: Filled, name: string): Card {
  const [base = "", quote = ""] = fill.symbol.split("/");
  const flat = after.positionQuantity.isZero();
  const at = after.entryPrice === undefined ? "" : ` bought at ${priceText(after.entryPrice, undefined)} ${quote}`;
  const level = (price: typeof after.stopPrice) => (flat || price === undefined ? undefined : `${priceText(price, undefined)} ${quote}`);
  const made = card(TITLES[purpose](name, `${quantityText(fill.quantity, base)} at ${priceText(fill.price, undefined)} ${quote}`)).fields({
    Price: `${priceText(fill.price, undefined)} ${quote}`,
    Quantity: quantityText(fill.quantity, base),
    Notional: moneyText(fill.price.times(fill.quantity), quote),
    Fee: fill.feeCurrency === quote ? moneyText(fill.fee, quote) : `${plain(fill.fee)} ${fill.feeCurrency}`,
    Result: after.realized && resultText(after.realized, quote),
    "Stop loss": level(after.stopPrice),
    "Take profit": level(after.takePrice),
    Position: flat ? "flat" : `${quantityText(after.positionQuantity, base)}${at}`,
  });
  if (after.realized === undefined) return made;
  return after.realized.isNegative() ? made.bad() : made.good();
}
