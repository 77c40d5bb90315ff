import type { AccountEvent, DeskEvent, Recorded } from "../domain/events.ts";
import { MINUTE_MS, minuteText } from "../domain/time.ts";

/** Below that a market is at the time of the clock on the wall. */
const APART_MS = MINUTE_MS;

type AnyRecord = Recorded<AccountEvent | DeskEvent>;

/** When it was at the market: a fill by its own time, as its alert and exports tell it. */
function marketMsOf({ event, marketMs }: AnyRecord): number {
  return event.type === "order-filled" ? event.fill.marketMs : marketMs;
}

function isApart(recorded: AnyRecord): boolean {
  return Math.abs(marketMsOf(recorded) - recorded.wallMs) > APART_MS;
}

/** The first columns of a table of records, when each was written and, where one has another market time, that too; and their cells for a record. */
export function timesOf(records: readonly AnyRecord[]): {
  readonly columns: readonly string[];
  cells(recorded: AnyRecord): readonly string[];
} {
  const wall = ({ wallMs }: AnyRecord) => minuteText(wallMs);
  if (!records.some(isApart)) return { columns: ["Time (UTC)"], cells: (recorded) => [wall(recorded)] };
  const market = (recorded: AnyRecord) => (isApart(recorded) ? minuteText(marketMsOf(recorded)) : "");
  return { columns: ["Time (UTC)", "Market"], cells: (recorded) => [wall(recorded), market(recorded)] };
}
