import type { WireAnswer } from "../wire.ts";

/** Silence where the answer does not say how long, by its status. */
export type Silences = ReadonlyMap<number, number>;
export const SILENCE_MS: ReadonlyMap<number, number> = new Map([
  [429, 60_000],
  [418, 120_000],
  // The firewall in front of the exchange.
  [403, 60_000],
]);
export const SILENCED: ReadonlyMap<number, string> = new Map([
  [429, "too many requests (HTTP 429)"],
  [418, "this machine's address is banned (HTTP 418)"],
  [403, "the exchange's firewall refuses this machine (HTTP 403)"],
]);
/** Several requests may be told of one ban, each to the second. */
export const SAME_BAN_MS = 2_000;
const SILENCE_MAX_MS = 3 * 24 * 3_600_000;
const MS_PER_SECOND = 1_000;
/** In which header an exchange says how much of a span was used. */
export const COUNTED: ReadonlyMap<number, { readonly weight: string; readonly orders: string }> = new Map([
  [10_000, { weight: "x-mbx-used-weight-10s", orders: "x-mbx-order-count-10s" }],
  [60_000, { weight: "x-mbx-used-weight-1m", orders: "x-mbx-order-count-1m" }],
  [86_400_000, { weight: "x-mbx-used-weight-1d", orders: "x-mbx-order-count-1d" }],
]);

const TOO_MANY = 429;
/** "Too many new orders": said of one account, with a `Retry-After` (Binance.com, 2026) or without one (Binance.US). */
const TOO_MANY_ORDERS = -1015;
/** The shortest span in which orders are counted. */
const ORDERS_MS = 10_000;

type Answered = Extract<WireAnswer, { phase: "answered" }>;

/**
 * For how long an account is to send no order because it has sent too many: no word about the address, which all accounts and prices share. `mayBe`: it was
 * said of an order, at an exchange that says "too many" in one way for both.
 */
export function ordersBarredMs({ status, headers, body }: Answered, mayBe: boolean): number | undefined {
  if (status !== TOO_MANY) return undefined;
  const isOfOrders = typeof body === "object" && body !== null && "code" in body && body.code === TOO_MANY_ORDERS;
  return isOfOrders || mayBe ? askedOr(ORDERS_MS, headers) : undefined;
}

/** How long an answer asks for silence; undefined when it does not. */
export function forHowLong({ status, headers }: Answered, silences: Silences): number | undefined {
  const usualMs = silences.get(status) ?? SILENCE_MS.get(status);
  if (usualMs === undefined) return undefined;
  return askedOr(usualMs, headers);
}

function askedOr(usualMs: number, headers: Answered["headers"]): number {
  const askedMs = Number(headers.get("retry-after")) * MS_PER_SECOND;
  return Math.min(askedMs > 0 ? askedMs : usualMs, SILENCE_MAX_MS);
}
