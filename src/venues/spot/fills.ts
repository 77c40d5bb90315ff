import { TransientError } from "../../domain/errors.ts";
import type { FillPage } from "../../ports/live-venue.ts";
import type { Reader } from "./reader.ts";
import { read, spotId } from "./requests.ts";
import { fillOf } from "./rows.ts";
import { FILL_ROWS } from "./shapes.ts";

const PAGE = 1_000;
/** The longest span that one request may name. */
const SPAN_MS = 24 * 3_600_000 - 1;
/** A span that ended so long ago gets no more fills: reads lag less. */
const SETTLED_MS = 60_000;
const CURSOR = /^(from|id):(\d{1,16})$/;

/**
 * One page of an account's fills in a symbol. The cursor is an instant (`from:`) until the first fill was seen, and the id after the last one (`id:`) from then
 * on; a day without a fill moves the instant. Throws TransientError.
 */
export async function fillPage(reader: Reader, symbol: string, cursor: string, venueMs: number): Promise<FillPage> {
  const [, kind, digits] = CURSOR.exec(cursor) ?? [];
  if (digits === undefined) throw new RangeError(`expected a cursor of fills, found "${cursor}"`);
  const at = Number(digits);
  const where = kind === "id" ? { fromId: at } : { startTime: at, endTime: at + SPAN_MS };
  const rows = await reader.read(
    `fills of ${symbol}`,
    read("/api/v3/myTrades", { symbol: spotId(symbol), limit: PAGE, ...where }),
    FILL_ROWS,
  );
  const sound = rows.every((row, index) => row.symbol === spotId(symbol) && (index === 0 || row.id > rows[index - 1]!.id));
  if (!sound) throw new TransientError(`the fills of ${symbol} came in disorder or of another symbol`);
  const last = rows.at(-1);
  const fills = rows.map((row) => fillOf(row, symbol));
  if (last) return { fills, cursor: `id:${last.id + 1}` };
  const isOver = kind === "from" && at + SPAN_MS + SETTLED_MS < venueMs;
  return { fills, cursor: isOver ? `from:${at + SPAN_MS + 1}` : cursor };
}

/** Where the fills after an instant of venue time begin. */
export function cursorAt(sinceMs: number): string {
  return `from:${Math.max(0, Math.floor(sinceMs))}`;
}
