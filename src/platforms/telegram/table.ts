import { rowBlocks } from "../../chat/row-blocks.ts";
import { oneLine } from "../../domain/visible-text.ts";
import type { Table } from "../../ports/view.ts";
import { cut, escaped, fitted } from "./text.ts";

/** A phone shows about 40 characters of monospace text and then wraps. */
const TABLE_WIDTH_MAX = 40;
/** No number or name is that long. */
const CELL_MAX = 300;
const GAP = "  ";

/** A table as HTML of at most so many visible UTF-16 units: equal columns where they fit a phone, else a block for each row. Whole rows only, and a note when rows are missing. */
export function tableHtml(table: Table, max: number): string {
  const cells = [table.columns.map(({ name }) => name), ...table.rows].map((row) =>
    table.columns.map((_, column) => oneLine(row[column] ?? "").replaceAll("`", "")),
  );
  const widths = table.columns.map((_, column) => Math.max(1, ...cells.map((row) => row[column]!.length)));
  if (widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) > TABLE_WIDTH_MAX) return blocksHtml(table, max);
  const lines = cells.map((row) =>
    row
      .map((cell, column) => aligned(cell, widths[column]!, table.columns[column]!.align))
      .join(GAP)
      .trimEnd(),
  );
  const [head = "", ...body] = lines;
  if (head.length + 1 >= max) return "";
  return `<pre>${escaped([head, ...fitted(body, max - head.length - 1, "rows")].join("\n"))}</pre>`;
}

function blocksHtml(table: Table, max: number): string {
  const blocks = rowBlocks(table, (text) => cut(oneLine(text).replaceAll("`", ""), CELL_MAX));
  const kept = fitted(
    blocks.map(({ heading, facts }) => [heading, ...facts].join("\n")),
    max,
    "rows",
  );
  return kept
    .map((block, index) => {
      const [heading = "", ...facts] = block.split("\n");
      const isRow = index < blocks.length && heading !== "" && heading === blocks[index]!.heading;
      return [isRow ? `<b>${escaped(heading)}</b>` : escaped(heading), ...facts.map(escaped)].join("\n");
    })
    .join("\n");
}

function aligned(cell: string, width: number, align: "left" | "right"): string {
  return align === "right" ? cell.padStart(width) : cell.padEnd(width);
}
