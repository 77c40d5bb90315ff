import type { Decimal } from "../domain/money.ts";
import { isProtective, type Order, type Purpose } from "../domain/order.ts";
import { isFlat } from "../domain/position.ts";
import { minuteText } from "../domain/time.ts";
import type { BotFacts } from "../ports/engine.ts";
import { priceText } from "./amounts.ts";
import { coinsOf } from "./coins.ts";
import { venueWords } from "./mode-words.ts";

/** The purposes of orders that end a position at market. */
const CLOSING: readonly Purpose[] = ["exit", "close", "panic"];

/** Whether all of a position is on its way out: an order for it works, or the desk wants it closed whatever it takes. */
export function isClosing({ state: { position, exit }, orders }: BotFacts): boolean {
  if (isFlat(position)) return false;
  if (exit && exit.keep === undefined && exit.parts === undefined) return true;
  return orders.some(
    ({ purpose, quantity, filledQuantity }) =>
      CLOSING.includes(purpose) && quantity.minus(filledQuantity).isGreaterThanOrEqualTo(position.quantity.abs()),
  );
}

/** The levels that protect a position and where they rest, and whether it is being closed, in one sentence; undefined when flat. */
export function protectionNow(bot: BotFacts): string | undefined {
  if (isFlat(bot.state.position)) return undefined;
  if (!isClosing(bot)) return levelsNow(bot);
  return `${levelsNow(bot)}; being ${bot.state.position.quantity.isNegative() ? "bought back" : "sold"} at market`;
}

function levelsNow(bot: BotFacts): string {
  const { spec, naked } = bot.state;
  if (naked) return `NAKED since ${minuteText(naked.sinceMs)} UTC: ${naked.reason}`;
  const { quote } = coinsOf(spec.symbol);
  const orders = bot.orders.filter(isProtective);
  const levels = orders.flatMap((order) => levelsOf(order, priceNow(bot, order), quote));
  if (levels.length === 0) return "no protective order rests at the venue";
  const isConfirmed = spec.mode === "paper" || orders.every(({ status }) => status === "open" || status === "partially-filled");
  const where = isConfirmed ? `resting at ${venueWords(spec.mode)}` : "sent and not confirmed yet";
  const holdsTarget = orders.some(({ purpose, takePrice }) => purpose === "take" || takePrice !== undefined);
  const watched = spec.mode !== "paper" && spec.protection.takePct !== undefined && !holdsTarget ? "; the desk watches the target" : "";
  return `${levels.join(", ")}, ${where}${watched}${movedByDesk(bot, quote)}`;
}

/** The price of an order as it holds now, in quote: the paper venue moves a stop that follows the price. Undefined of an order at market. */
export function priceNow(bot: BotFacts, { purpose, price }: Order): Decimal | undefined {
  const stop = purpose === "stop" ? stopNow(bot) : undefined;
  return stop?.heldBy === "venue" ? stop.price : price;
}

/** At a real exchange the first stop rests where it was placed, and the desk sells at the level that it has moved to. */
function movedByDesk(bot: BotFacts, quote: string): string {
  const stop = stopNow(bot);
  return stop?.heldBy === "desk" && stop.price ? `; the desk watches the stop that has moved to ${priceText(stop.price)} ${quote}` : "";
}

function stopNow({ exits = [] }: BotFacts) {
  return exits.find(({ kind }) => kind === "stop");
}

function levelsOf({ purpose, takePrice, trailingPct }: Order, price: Decimal | undefined, quote: string): readonly string[] {
  const name = trailingPct === undefined ? purpose : `${purpose} (trailing ${trailingPct}%)`;
  const at = (level: string, value: Decimal | undefined) => (value === undefined ? level : `${level} at ${priceText(value)} ${quote}`);
  return takePrice === undefined ? [at(name, price)] : [at(name, price), at("take", takePrice)];
}
