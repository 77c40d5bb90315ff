import type { AccountEvent } from "../domain/events.ts";
import type { Purpose } from "../domain/order.ts";
import type { Alert } from "./alerts-shape.ts";
import { feeText, moneyText, priceText, quantityText, resultText } from "./amounts.ts";
import { givenReason } from "./reasons.ts";
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
    view: fillCard(event, name).line(newReason(event), when).view(),
  };
}

/** "stop loss" below "Stop loss: dip sold" says nothing new. */
function newReason({ reason, purpose }: Filled): string | undefined {
  const title = TITLES[purpose]("", "").toLowerCase();
  return title.startsWith(`${reason.toLowerCase()}:`) ? undefined : givenReason(reason);
}

/** What the title does not say already. */
function fillCard({ fill, purpose, after }: Filled, name: string): Card {
  const [base = "", quote = ""] = fill.symbol.split("/");
  const flat = after.positionQuantity.isZero();
  const level = (price: typeof after.stopPrice) => (flat || price === undefined ? undefined : `${priceText(price)} ${quote}`);
  const fee = fill.feeCurrency === quote ? feeText(fill.fee, quote) : quantityText(fill.fee, fill.feeCurrency);
  const made = card(TITLES[purpose](name, `${quantityText(fill.quantity, base)} at ${priceText(fill.price)} ${quote}`)).fields({
    Notional: `${moneyText(fill.price.times(fill.quantity), quote)}, fee ${fee}`,
    Result: after.realized && resultText(after.realized, quote),
    "Still held": flat || purpose === "entry" ? undefined : quantityText(after.positionQuantity, base),
    "Stop loss": purpose === "entry" ? level(after.stopPrice) : undefined,
    "Take profit": purpose === "entry" ? level(after.takePrice) : undefined,
  });
  if (purpose === "stop") return after.realized?.isGreaterThan(0) ? made.good() : made.bad();
  return after.realized?.isGreaterThan(0) ? made.good() : made;
}
