import { z } from "zod";
import { TransientError } from "../../domain/errors.ts";
import { MINUTE_MS } from "../../domain/time.ts";

/** One page: the newest candles that open before an instant, at most so many. */
export type AskPage = (untilMs: number, rows: number) => Promise<unknown>;

export interface PagedSpan {
  readonly fromMs: number;
  readonly limit: number;
  /** The most rows that the exchange answers at once. */
  readonly page: number;
  readonly nowMs: number;
}

const ROWS = z.array(z.tuple([z.number()], z.number()));

/**
 * Candles of a span, ascending, from an exchange that answers only what lies before an instant: read page by page from the span's end to its beginning.
 * Throws TransientError when a page goes nowhere.
 */
export async function pagedBackwards(ask: AskPage, { fromMs, limit, page, nowMs }: PagedSpan): Promise<number[][]> {
  const found: number[][] = [];
  let untilMs = Math.min(fromMs + limit * MINUTE_MS, Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS);
  while (untilMs > fromMs) {
    const asked = Math.min(page, Math.ceil((untilMs - fromMs) / MINUTE_MS));
    const answered = ROWS.safeParse(await ask(untilMs, asked));
    if (!answered.success) throw new TransientError("a page of candles holds something else than numbers");
    const rows = answered.data;
    const first = rows[0];
    if (first === undefined) break;
    if (rows.some(([openTimeMs]) => openTimeMs >= untilMs))
      throw new TransientError("a page of candles lies after the instant that it was asked for");
    found.unshift(...rows.filter(([openTimeMs]) => openTimeMs >= fromMs));
    untilMs = first[0];
  }
  return found;
}
