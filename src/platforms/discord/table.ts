import type { Table } from "../../ports/view.ts";
import { cut, fitLines, oneLine } from "./text.ts";

/** A cell wider than this wraps on a phone and breaks the columns. */
const CELL_WIDTH_MAX = 28;
/** Wider tables lose their widest columns' ends first. */
const TABLE_WIDTH_MAX = 96;
const GAP = "  ";
const FENCE = "```";

/** A table as a monospace block of at most `max` characters: columns aligned, whole rows only, and a note when rows are missing. */
export function tableBlock(table: Table, max: number): string {
  const cells = [table.columns.map((column) => column.name), ...table.rows].map((row) =>
    table.columns.map((_, column) => cut(fenceless(oneLine(row[column] ?? "")), CELL_WIDTH_MAX)),
  );
  const widths = shrink(table.columns.map((_, column) => Math.max(1, ...cells.map((row) => (row[column] ?? "").length))));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => aligned(cell, widths[column] ?? 1, table.columns[column]?.align))
      .join(GAP)
      .trimEnd(),
  );
  const [head = "", ...body] = lines;
  const frame = `${FENCE}\n${head}\n\n${FENCE}`.length;
  if (frame >= max) return "";
  return `${FENCE}\n${head}\n${fitLines(body, max - frame, "rows")}\n${FENCE}`;
}

/** A backtick could close the block early. */
function fenceless(text: string): string {
  return text.replaceAll("`", "'");
}

function shrink(widths: readonly number[]): number[] {
  const result = [...widths];
  const total = (): number => result.reduce((sum, width) => sum + width + GAP.length, 0);
  while (total() > TABLE_WIDTH_MAX) {
    const widest = result.indexOf(Math.max(...result));
    const width = result[widest] ?? 1;
    if (width <= 4) break;
    result[widest] = width - 1;
  }
  return result;
}

function aligned(cell: string, width: number, align: "left" | "right" | undefined): string {
  const fitting = cut(cell, width);
  return align === "right" ? fitting.padStart(width) : fitting.padEnd(width);
}
