import type { AccountState, BotState } from "../../domain/books.ts";
import { marked } from "../../domain/bot.ts";
import type { AccountEvent } from "../../domain/events.ts";
import { plain } from "../../domain/money.ts";
import { isProtective } from "../../domain/order.ts";
import { isFlat } from "../../domain/position.ts";

/** A panic that has not ended by then is told in detail, and again after the second. */
const FIRST_MS = 15_000;
const AGAIN_MS = 300_000;

/** Tells what a panic could not close yet: each position, where its stop rests, and what a person can press at the exchange. */
export class PanicWatch {
  #sinceMs: number | undefined;
  #toldMs: number | undefined;

  /** The event that is due, if one is. */
  look(state: AccountState, nowMs: number): AccountEvent | undefined {
    if (!state.panic) {
      this.#sinceMs = undefined;
      this.#toldMs = undefined;
      return undefined;
    }
    this.#sinceMs ??= nowMs;
    const dueMs = this.#toldMs === undefined ? this.#sinceMs + FIRST_MS : this.#toldMs + AGAIN_MS;
    const remainder = remainderOf(state);
    if (nowMs < dueMs || remainder.length === 0) return undefined;
    this.#toldMs = nowMs;
    return { type: "panic-stalled", scope: state.panic.scope, remainder };
  }
}

/** What is still held or unanswered, one sentence each. */
function remainderOf(state: AccountState): string[] {
  const held = [...state.bots.values()].filter(({ position }) => !isFlat(position)).map((bot) => heldText(state, bot));
  const lost = [...state.orders.values()].filter(({ status, purpose }) => status === "unknown" && purpose === "entry");
  return [
    ...held,
    ...lost.map(
      ({ symbol, clientOrderId }) => `an entry in ${symbol} is unanswered: look for ${clientOrderId} among the exchange's orders`,
    ),
  ];
}

function heldText(state: AccountState, { spec, position }: BotState): string {
  const stop = [...state.orders.values()].find((order) => order.botId === spec.id && isProtective(order) && order.status === "open");
  const [base = ""] = spec.symbol.split("/");
  const rests = stop?.price
    ? `its stop rests at the exchange at ${plain(stop.price)} (order ${stop.venueOrderIds?.[0] ?? stop.clientOrderId})`
    : "it has no confirmed stop at the exchange";
  const press = stop
    ? `cancel that order and sell ${plain(position.quantity)} ${base} at market`
    : `sell ${plain(position.quantity)} ${base} at market`;
  return `${marked(spec.name, spec.mode)}: ${plain(position.quantity)} ${base}, ${rests}. By hand, in the exchange's own app: ${press}`;
}
