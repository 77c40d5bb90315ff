import { rowBlocks } from "../../chat/row-blocks.ts";
import { oneLine } from "../../domain/visible-text.ts";
import type { Table } from "../../ports/view.ts";
import { cut, escaped, fitLines } from "./text.ts";

/** What a phone shows of a monospace block without wrapping it. */
const TABLE_WIDTH_MAX = 48;
/** No number or name is that long. */
const CELL_MAX = 300;
const GAP = "  ";
const FENCE = "```";

/**
 * A table of at most `max` characters: a monospace block of aligned columns where they fit a phone, else a block of lines for each row.
 * Whole rows only, and a note when rows are missing.
 */
export function tableBlock(table: Table, max: number): string {
  const cells = [table.columns.map((column) => column.name), ...table.rows].map((row) =>
    table.columns.map((_, column) => fenceless(oneLine(row[column] ?? ""))),
  );
  const widths = table.columns.map((_, column) => Math.max(1, ...cells.map((row) => (row[column] ?? "").length)));
  if (widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) > TABLE_WIDTH_MAX) return rowsBlock(table, max);
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

function rowsBlock(table: Table, max: number): string {
  const blocks = rowBlocks(table, (text) => cut(escaped(fenceless(oneLine(text))), CELL_MAX)).map(({ heading, facts }) =>
    [...(heading === "" ? [] : [`**${heading}**`]), ...facts].join("\n"),
  );
  return max <= 0 ? "" : fitLines(blocks, max, "rows");
}

/** A backtick could close the block early. */
function fenceless(text: string): string {
  return text.replace(/`([^`]+)`/g, "$1").replaceAll("`", "'");
}

function aligned(cell: string, width: number, align: "left" | "right" | undefined): string {
  return align === "right" ? cell.padStart(width) : cell.padEnd(width);
}
