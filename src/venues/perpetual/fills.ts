import { TransientError } from "../../domain/errors.ts";
import type { FillPage } from "../../ports/live-venue.ts";
import type { Contract, Fees } from "./contracts.ts";
import { PAGE_MAX, type Reader } from "./reader.ts";
import { read } from "./requests.ts";
import { fillOf } from "./rows.ts";
import { FILLS, type FillRow } from "./shapes.ts";

/** Fills so much older than the cursor are read again: a replica that is behind may have left one out. */
const OVERLAP_MS = 60_000;
/** What has been shown for so long is shown no more: nothing from before it is still to come, and who asks may have forgotten whose it was. */
const SETTLED_MS = 600_000;
/** One span of time is read in so many pages; a busier one is cut in half. */
const PAGES_MAX = 20;
const HALVINGS_MAX = 20;

/**
 * Fills of a symbol from a cursor on. The venue pages from the newest back, so that a page of ours is a whole span of time, and the cursor the end of it, or
 * beyond the overlap once its last fill is old.
 */
export async function fillsAfter(
  reader: Reader,
  contract: Contract,
  fees: Fees,
  { cursor, sinceMs, venueMs }: { readonly cursor: string | undefined; readonly sinceMs: number; readonly venueMs: () => number },
): Promise<FillPage> {
  const fromMs = cursor === undefined ? sinceMs : Number(cursor);
  if (!Number.isSafeInteger(fromMs) || fromMs < 0) throw new TypeError(`expected a cursor that this venue gave, found "${cursor}"`);
  const beginMs = Math.max(0, fromMs - OVERLAP_MS);
  let endMs: number | undefined;
  for (let halving = 0; halving < HALVINGS_MAX; halving += 1) {
    const span = await rowsOf(reader, contract, beginMs, endMs);
    // What reaches back beyond the cursor leaves out nothing but what was shown before.
    if (span.whole || span.oldestMs < fromMs) {
      const fills = span.rows.filter(({ ts }) => ts >= beginMs).sort(inOrder);
      const lastMs = fills.at(-1)?.ts ?? 0;
      const isSettled = endMs === undefined && lastMs > 0 && lastMs + SETTLED_MS < venueMs();
      const newestMs = Math.max(fromMs, isSettled ? lastMs + OVERLAP_MS + 1 : lastMs, endMs ?? 0);
      return { fills: fills.map((row) => fillOf(row, contract, fees)), cursor: String(newestMs) };
    }
    endMs = fromMs + Math.max(1, Math.floor((span.oldestMs - fromMs) / 2));
  }
  throw new TransientError(`the fills of ${contract.symbol} are too many to be read`);
}

function inOrder(a: FillRow, b: FillRow): number {
  return a.ts - b.ts || a.tradeId.length - b.tradeId.length || (a.tradeId < b.tradeId ? -1 : 1);
}

interface Span {
  readonly whole: boolean;
  readonly rows: FillRow[];
  readonly oldestMs: number;
}

async function rowsOf(reader: Reader, { instId }: Contract, beginMs: number, endMs: number | undefined): Promise<Span> {
  const bounds = { instId, begin: String(beginMs), ...(endMs !== undefined && { end: String(endMs) }), limit: String(PAGE_MAX) };
  const rows = new Map<string, FillRow>();
  let oldestMs = Number.POSITIVE_INFINITY;
  let next: Record<string, string> = {};
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const found = await reader.read("its fills", read("/api/v1/trade/fills-history", { ...bounds, ...next }), FILLS);
    if (found.some((row) => row.instId !== instId)) throw new TransientError("the venue answered fills of another symbol");
    for (const row of found) {
      rows.set(row.tradeId, row);
      oldestMs = Math.min(oldestMs, row.ts);
    }
    const last = found.at(-1);
    if (found.length < PAGE_MAX || last === undefined) return { whole: true, rows: [...rows.values()], oldestMs };
    next = { after: last.tradeId };
  }
  return { whole: false, rows: [...rows.values()], oldestMs };
}
