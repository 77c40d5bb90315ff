import { TransientError } from "../../domain/errors.ts";
import type { FillPage } from "../../ports/live-venue.ts";
import type { Reader } from "./reader.ts";
import { read, spotId } from "./requests.ts";
import { fillOf } from "./rows.ts";
import { FILL_ROWS, type FillRow } from "./shapes.ts";

const PAGE = 1_000;
const PAGES_MAX = 10;
/** The longest span that one request may name. */
const SPAN_MS = 24 * 3_600_000 - 1;
/** Fills may show late and out of order: only beyond this age is everything there that will ever be. Four times the lag that the fence counts with. */
const SETTLED_MS = 60_000;
/** An exchange may show an empty list for a moment: a day without a fill is believed when it was empty twice, so far apart. */
const EMPTY_TWICE_MS = 30_000;
const CURSOR = /^(?:id:(\d{1,16})|from:(\d{1,15})(?:,empty:(\d{1,15}))?)$/;

/**
 * An account's fills in a symbol from a cursor on. The cursor is an instant (`from:`) until the first settled fill was seen, and the id after the last
 * settled one (`id:`) from then on, so that young fills are answered again until none can come before them. Throws TransientError.
 */
export async function fillPage(reader: Reader, symbol: string, cursor: string, venueMs: number): Promise<FillPage> {
  const [, id, from, empty] = CURSOR.exec(cursor) ?? [];
  if (id === undefined && from === undefined) throw new RangeError(`expected a cursor of fills, found "${cursor}"`);
  const startMs = Number(from);
  const first = id === undefined ? { startTime: startMs, endTime: startMs + SPAN_MS } : { fromId: Number(id) };
  const rows = await allRows(reader, symbol, first);
  const fills = rows.map((row) => fillOf(row, symbol));
  const settled = rows.findLast(({ time }, index) => time < venueMs - SETTLED_MS || index + 1 === PAGES_MAX * PAGE);
  if (settled) return { fills, cursor: `id:${settled.id + 1}` };
  const isOver = id === undefined && rows.length === 0 && startMs + SPAN_MS + SETTLED_MS < venueMs;
  if (!isOver) return { fills, cursor };
  if (empty === undefined) return { fills, cursor: `from:${startMs},empty:${Math.floor(venueMs)}` };
  return { fills, cursor: venueMs - Number(empty) < EMPTY_TWICE_MS ? cursor : cursorAt(startMs + SPAN_MS + 1) };
}

/** Where the fills after an instant of venue time begin. */
export function cursorAt(sinceMs: number): string {
  return `from:${Math.max(0, Math.floor(sinceMs))}`;
}

async function allRows(reader: Reader, symbol: string, first: Readonly<Record<string, number>>): Promise<FillRow[]> {
  const rows: FillRow[] = [];
  let where = first;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const call = read("/api/v3/myTrades", { symbol: spotId(symbol), limit: PAGE, ...where });
    const more = await reader.read(`fills of ${symbol}`, call, FILL_ROWS);
    rows.push(...more);
    const last = more.at(-1);
    if (more.length < PAGE || last === undefined) break;
    where = { fromId: last.id + 1 };
  }
  const sound = rows.every((row, index) => row.symbol === spotId(symbol) && (index === 0 || row.id > rows[index - 1]!.id));
  if (!sound) throw new TransientError(`the fills of ${symbol} came in disorder or of another symbol`);
  return rows;
}
