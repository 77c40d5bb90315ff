import { rowBlocks } from "../../chat/row-blocks.ts";
import { oneLine } from "../../domain/visible-text.ts";
import type { Table } from "../../ports/view.ts";
import type { Paint } from "./paint.ts";
import { padded, widthOf, withoutMarks } from "./text.ts";

const GAP = "  ";
const INDENT = "  ";

/** Rows in aligned columns without boxes; a block for each row where the columns are wider than `widthMax`. Nothing is cut. */
export function tableLines(table: Table, widthMax: number, paint: Paint): readonly string[] {
  const clean = (text: string) => withoutMarks(oneLine(text));
  const head = table.columns.map(({ name }) => clean(name));
  const rows = table.rows.map((row) => table.columns.map((_, index) => clean(row[index] ?? "")));
  const widths = head.map((name, index) => Math.max(widthOf(name), ...rows.map((row) => widthOf(row[index] ?? ""))));
  const width = widths.reduce((sum, each) => sum + each + GAP.length, -GAP.length);
  if (width > widthMax)
    return rowBlocks(table, clean, widthMax - INDENT.length).flatMap(({ heading, facts }) => [
      heading,
      ...facts.map((fact) => `${INDENT}${fact}`),
    ]);
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => padded(cell, widths[index] ?? 0, table.columns[index]?.align))
      .join(GAP)
      .trimEnd();
  return [paint.dim(line(head)), ...rows.map(line)];
}
