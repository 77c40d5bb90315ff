import type { Table } from "../../ports/view.ts";
import { cut, fitted, oneLine } from "./text.ts";

const CELL_WIDTH_MAX = 24;
/** A phone shows about 40 characters and then wraps; wider tables lose the ends of their widest columns. */
const TABLE_WIDTH_MAX = 56;
const COLUMN_WIDTH_MIN = 4;
const GAP = "  ";

/** A table as lines of equal columns for a monospace block, at most so many UTF-16 units: whole rows only, and a note when rows are missing. */
export function tableText(table: Table, max: number): string {
  const cells = [table.columns.map(({ name }) => name), ...table.rows].map((row) =>
    table.columns.map((_, column) => cut(oneLine(row[column] ?? ""), CELL_WIDTH_MAX)),
  );
  const widths = narrowed(table.columns.map((_, column) => Math.max(1, ...cells.map((row) => row[column]!.length))));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => aligned(cell, widths[column]!, table.columns[column]!.align))
      .join(GAP)
      .trimEnd(),
  );
  const [head = "", ...body] = lines;
  if (head.length + 1 >= max) return "";
  return [head, ...fitted(body, max - head.length - 1, "rows")].join("\n");
}

function narrowed(widths: readonly number[]): number[] {
  const result = [...widths];
  const total = (): number => result.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  while (total() > TABLE_WIDTH_MAX && Math.max(...result) > COLUMN_WIDTH_MIN) {
    const widest = result.indexOf(Math.max(...result));
    result[widest] = result[widest]! - 1;
  }
  return result;
}

function aligned(cell: string, width: number, align: "left" | "right"): string {
  const fitting = cut(cell, width);
  return align === "right" ? fitting.padStart(width) : fitting.padEnd(width);
}
