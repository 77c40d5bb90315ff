import { ZERO } from "../../domain/money.ts";
import type { LedgerEntry } from "../../ports/live-venue.ts";
import { symbolOf } from "./contracts.ts";
import { PAGE_MAX, type Reader } from "./reader.ts";
import { read } from "./requests.ts";
import { BILLS, FUNDINGS, ORDERS } from "./shapes.ts";

const PAGES_MAX = 30;
const NOT_FOUND = "404";
/** The account that trades perpetuals; an owner has others beside it. */
const OURS = "futures";

const CATEGORIES: ReadonlyMap<string, "liquidation" | "deleveraging"> = new Map([
  ["full_liquidation", "liquidation"],
  ["partial_liquidation", "liquidation"],
  ["adl", "deleveraging"],
]);

/**
 * What changed the money without an order of ours, oldest first: funding, transfers, and the orders by which the venue itself closed positions. The money
 * of the last is in their fills, which `fills` shows under the order id in the entry id; the entry says what they were and has an amount of zero.
 */
export async function ledgerSince(reader: Reader, settle: string, sinceMs: number): Promise<LedgerEntry[]> {
  const entries = [
    ...(await funding(reader, settle, sinceMs)),
    ...(await transfers(reader, sinceMs)),
    ...(await closings(reader, settle, sinceMs)),
  ];
  return entries.filter(({ venueMs }) => venueMs >= sinceMs).sort((a, b) => a.venueMs - b.venueMs || (a.entryId < b.entryId ? -1 : 1));
}

/** The endpoint is in use and in ccxt's list, but not in the venue's documentation: where it is not found, funding is not told. */
async function funding(reader: Reader, settle: string, sinceMs: number): Promise<LedgerEntry[]> {
  const path = "/api/v1/account/funding-fees";
  const begin = { begin: String(sinceMs) };
  const first = await reader.ask(read(path, { ...begin, limit: String(PAGE_MAX) }), FUNDINGS);
  if (first.kind === "refused" && first.code === NOT_FOUND) return [];
  const whole = first.kind === "data" && first.data.length < PAGE_MAX;
  const after = ({ billId }: { readonly billId: string }): string => billId;
  const rows = whole ? first.data : await reader.list("its funding", path, begin, FUNDINGS, { pagesMax: PAGES_MAX, after });
  return rows.map(({ billId, instId, fundingFee, atMs }) => ({
    entryId: `funding:${billId}`,
    kind: "funding",
    symbol: symbolOf(instId),
    coin: settle,
    amount: fundingFee,
    venueMs: atMs!,
  }));
}

async function transfers(reader: Reader, sinceMs: number): Promise<LedgerEntry[]> {
  const found = new Map<string, LedgerEntry>();
  let next: Record<string, string> = {};
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const rows = await reader.read("its transfers", read("/api/v1/asset/bills", { ...next, limit: String(PAGE_MAX) }), BILLS);
    for (const { transferId, currency, amount, fromAccount, toAccount, ts } of rows) {
      if (fromAccount === toAccount || (fromAccount !== OURS && toAccount !== OURS)) continue;
      const signed = toAccount === OURS ? amount : amount.negated();
      const entryId = `transfer:${transferId}`;
      found.set(entryId, { entryId, kind: "transfer", symbol: undefined, coin: currency, amount: signed, venueMs: ts });
    }
    const last = rows.at(-1);
    if (rows.length < PAGE_MAX || last === undefined || last.ts < sinceMs) break;
    // Pages go by time: one millisecond of overlap keeps rows of one instant together.
    next = { after: String(last.ts + 1) };
  }
  return [...found.values()];
}

/** They say why and move nothing: of an account with more orders than can be read, the newest are enough. */
async function closings(reader: Reader, settle: string, sinceMs: number): Promise<LedgerEntry[]> {
  const pages = { pagesMax: PAGES_MAX, after: ({ orderId }: { orderId: string }) => orderId, isEnough: true };
  const orders = await reader.list("its past orders", "/api/v1/trade/orders-history", { begin: String(sinceMs) }, ORDERS, pages);
  return orders.flatMap(({ orderId, orderCategory, instId, createTime }) => {
    const kind = CATEGORIES.get(orderCategory ?? "");
    if (!kind) return [];
    return { entryId: `order:${orderId}`, kind, symbol: symbolOf(instId), coin: settle, amount: ZERO, venueMs: createTime };
  });
}
