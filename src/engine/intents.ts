import { createHash } from "node:crypto";
import type { AdviceUse } from "../domain/advice.ts";
import type { BotState } from "../domain/books.ts";
import type { Conversion } from "../domain/conversion.ts";
import type { Intent } from "../domain/events.ts";
import type { Decimal } from "../domain/money.ts";
import type { Purpose } from "../domain/order.ts";
import type { Part } from "../domain/parts.ts";
import type { MarketMs } from "../domain/time.ts";
import type { EntryAnswer } from "../risk/entry.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const DIGITS = 20;

/**
 * Client order id of an intent's n-th attempt: our prefix and a hash, lower-case letters and digits, 22 characters with room for a
 * protective suffix, so that it fits every venue (Blofin 32, Binance 36). Equal for equal input: a restart computes the same one.
 */
export function clientOrderIdOf(intentId: string, attempt: number): string {
  const digest = createHash("sha256").update(`${intentId}#${attempt}`).digest();
  return `ss${[...digest.subarray(0, DIGITS)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("")}`;
}

/** At most one intent per bot, decision (a slot or a chat request) and leg. */
export function intentIdOf(botId: string, decision: string | number, purpose: Purpose): string {
  return `${botId}:${decision}:${purpose}`;
}

/** The intent of one order at market: its id follows from the decision, so that the same decision never makes a second one. */
export function marketIntent(bot: BotState, purpose: "entry" | "exit" | "close" | "panic", quantity: Decimal, wish: Wish): Intent {
  const intentId = intentIdOf(bot.spec.id, wish.decision, purpose);
  return {
    intentId,
    botId: bot.spec.id,
    slotMs: wish.slotMs,
    symbol: bot.spec.symbol,
    side: purpose === "entry" ? "buy" : "sell",
    type: "market",
    purpose,
    quantity,
    reason: wish.reason,
    values: wish.values,
    ...(wish.parts && { parts: wish.parts }),
    ...(purpose === "entry" && wish.whole ? { whole: wish.whole } : {}),
    ...(purpose === "entry" && wish.stopDistance ? { stopDistance: wish.stopDistance } : {}),
    ...(purpose === "entry" && wish.advice ? { advice: wish.advice } : {}),
    ...(purpose === "entry" && wish.conversions ? { conversions: wish.conversions } : {}),
    clientOrderId: clientOrderIdOf(intentId, 1),
  };
}

export interface Wish {
  /** What makes this decision one: the slot's open time or a chat request's id. */
  readonly decision: string | number;
  readonly slotMs: MarketMs;
  readonly reason: string;
  readonly values: Record<string, number>;
  /** With an entry: how far from it a stop by ATR stands, in quote. */
  readonly stopDistance?: Decimal;
  /** What it buys or sells of a position that is built of several parts; with the first entry, what the whole was sized to. */
  readonly parts?: readonly Part[];
  readonly whole?: Decimal;
  /** With an entry of a bot that asks for advice. */
  readonly advice?: AdviceUse;
  /** With an entry: by which prices money of other currencies was counted for it. */
  readonly conversions?: readonly Conversion[];
}

/** What a wish keeps of how it was judged. */
export function countedBy({ conversions }: EntryAnswer): Pick<Wish, "conversions"> {
  return conversions === undefined ? {} : { conversions };
}

/** Whether a client order id has the shape of ours. */
export function isOurs(clientOrderId: string): boolean {
  return /^ss[a-z2-7]{20}[st]?$/.test(clientOrderId);
}
