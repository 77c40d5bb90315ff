import type { Table } from "../../ports/view.ts";
import type { Paint } from "./paint.ts";
import { cut, oneLine, padded, widthOf } from "./text.ts";

const GAP = "  ";
/** No column gets narrower than this while another can give. */
const COLUMN_MIN = 4;

/** Rows in aligned columns without boxes, each at most `widthMax` columns wide. */
export function tableLines(table: Table, widthMax: number, paint: Paint): readonly string[] {
  const head = table.columns.map(({ name }) => oneLine(name));
  const rows = table.rows.map((row) => table.columns.map((_, index) => oneLine(row[index] ?? "")));
  const natural = head.map((name, index) => Math.max(widthOf(name), ...rows.map((row) => widthOf(row[index] ?? ""))));
  const widths = fitted(
    natural,
    table.columns.map(({ align }) => align === "left"),
    widthMax,
  );
  const line = (cells: readonly string[]) => {
    const shown = cells.map((cell, index) => padded(cut(cell, widths[index] ?? 0), widths[index] ?? 0, table.columns[index]?.align));
    return cut(shown.join(GAP).trimEnd(), widthMax);
  };
  return [paint.dim(line(head)), ...rows.map(line)];
}

/** Takes from the widest texts first, so that numbers stay whole as long as they can. */
function fitted(natural: readonly number[], isText: readonly boolean[], widthMax: number): readonly number[] {
  const widths = [...natural];
  const room = widthMax - GAP.length * (widths.length - 1);
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  for (const texts of [true, false]) {
    while (excess > 0) {
      const able = widths.flatMap((width, index) => (isText[index] === texts && width > COLUMN_MIN ? [width] : []));
      if (able.length === 0) break;
      const widest = Math.max(...able);
      const at = widths.findIndex((width, index) => width === widest && isText[index] === texts);
      widths[at] = widest - 1;
      excess -= 1;
    }
  }
  return widths;
}
