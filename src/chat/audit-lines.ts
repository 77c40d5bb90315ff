import type { AccountEvent, DeskEvent, Recorded } from "../domain/events.ts";
import type { Fill } from "../domain/position.ts";
import type { AuditRecord } from "../ports/audit.ts";
import { priceText, quantityDigits } from "./amounts.ts";

/** The links of the chain from a person's word to money, and everything beside it. */
export const RECORD_KINDS = ["requests", "decisions", "orders", "fills", "other"] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

type AnyEvent = AccountEvent | DeskEvent;

const KINDS: Partial<Record<AnyEvent["type"], RecordKind>> = {
  "command-done": "requests",
  "access-denied": "requests",
  intent: "decisions",
  "wish-denied": "decisions",
  "exit-wanted": "decisions",
  attempt: "orders",
  "order-accepted": "orders",
  "order-rejected": "orders",
  "order-unknown": "orders",
  "order-canceled": "orders",
  "order-expired": "orders",
  "orphan-found": "orders",
  "orphan-settled": "orders",
  "order-filled": "fills",
  "quarantine-filled": "fills",
  "claim-reduced": "fills",
  "foreign-booked": "fills",
  "dust-moved": "fills",
};

/** Under which kind the audit lists a record; `other` for what has no kind of its own. */
export function kindOf({ type }: AnyEvent): RecordKind {
  return KINDS[type] ?? "other";
}

/** The bot that a record is about, by its id. */
export function botIdOf(event: AnyEvent): string | undefined {
  if (event.type === "intent") return event.intent.botId;
  if (event.type === "bot-created") return event.bot.id;
  return "botId" in event ? event.botId : undefined;
}

/** The order that a record is about, by our own id. */
export function orderIdOf(event: AnyEvent): string | undefined {
  if (event.type === "intent") return event.intent.clientOrderId;
  if ("fill" in event) return event.fill.clientOrderId;
  return "clientOrderId" in event ? event.clientOrderId : undefined;
}

/** Who did it, where a person did. */
export function personOfRecord(event: AnyEvent): string | undefined {
  if (event.type === "command-done" || event.type === "access-denied") return event.user;
  return "by" in event ? event.by : undefined;
}

/** The chat request that a record follows from, without the name of the effect among several. */
export function requestOf({ requestId }: Recorded<AnyEvent>): string | undefined {
  return requestId?.split("/")[0];
}

/** What a record says, in one line. */
export function recordText({ recorded: { event } }: AuditRecord): string {
  switch (event.type) {
    case "command-done":
      return `${[event.path, ...Object.entries(event.args).map(([name, value]) => `${name}:${value}`)].join(" ")} -> ${event.result}`;
    case "access-denied":
      return `${event.path} was denied${event.count === undefined ? "" : `, the last of ${event.count} denials within ten minutes`}`;
    case "intent": {
      const { side, quantity, symbol, purpose, reason, clientOrderId } = event.intent;
      return `${purpose}: ${side} ${quantityDigits(quantity)} ${symbol} as ${clientOrderId}, because ${reason}`;
    }
    case "wish-denied":
      return `${event.wish} denied (${event.code}): ${event.because}; wished because ${event.reason}`;
    case "exit-wanted":
      return `${event.purpose} wanted: ${event.reason}`;
    case "attempt":
      return `sent as ${event.clientOrderId}, try ${event.attempt}`;
    case "order-filled":
      return fillText(event.fill);
    case "quarantine-filled":
      return `in quarantine: ${fillText(event.fill)}`;
    case "foreign-booked":
      return `${quantityDigits(event.quantity)} ${event.coin}: ${event.reason}`;
    case "bot-created":
      return `bot created: ${event.bot.name}, ${event.bot.strategy} on ${event.bot.symbol} ${event.bot.timeframe}`;
    default:
      return plainText(event);
  }
}

function fillText({ side, quantity, price, symbol, clientOrderId, fee, feeCurrency }: Fill): string {
  return `${side} ${quantityDigits(quantity)} ${symbol} at ${priceText(price)} by ${clientOrderId}, fee ${quantityDigits(fee)} ${feeCurrency}`;
}

/** Its name in words, its order and its reason; nothing else, because some records hold what is sealed. */
function plainText(event: AnyEvent): string {
  const order = orderIdOf(event);
  const words = event.type.replaceAll("-", " ");
  return [order === undefined ? words : `${words} ${order}`, "reason" in event ? event.reason : undefined]
    .filter((part) => part !== undefined && part !== "")
    .join(": ");
}
