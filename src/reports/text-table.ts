import { oneLine } from "../domain/visible-text.ts";
import type { TextFile } from "../ports/text-file.ts";

export const FILE_FORMATS = ["csv", "json"] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** Rows of texts under named columns. Numbers are plain digits, so that nothing is lost on the way. */
export interface TextTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Longer cells are cut: no cell may make the file too large for a platform. */
const CELL_MAX = 300;
/** What a spreadsheet takes for a formula, in full width too (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\uff1d\uff0b\uff0d\uff20]/u;
/** A number is what it says, also below zero. */
const NUMBER = /^-?\d+(\.\d+)?$/;
const WANTS_QUOTES = /[",;'\n]/;

/** A table as a file, its name without an ending. */
export function fileOf(name: string, table: TextTable, format: FileFormat): TextFile {
  return format === "csv"
    ? { name: `${name}.csv`, contentType: "text/csv", text: csvText(table) }
    : { name: `${name}.json`, contentType: "application/json", text: jsonText(table) };
}

/** CSV as RFC 4180 has it, with plain line ends. What would begin a formula is text behind an apostrophe. */
function csvText({ columns, rows }: TextTable): string {
  return [columns, ...rows].map((row) => `${row.map(csvCell).join(",")}\n`).join("");
}

function csvCell(value: string): string {
  const text = cellText(value);
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return WANTS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A list of objects, one a line. All values are texts: a number of JSON would be rounded by whoever reads it. */
function jsonText({ columns, rows }: TextTable): string {
  const objects = rows.map((row) =>
    JSON.stringify(Object.fromEntries(columns.map((column, index) => [column, cellText(row[index] ?? "")]))),
  );
  return objects.length === 0 ? "[]\n" : `[\n${objects.join(",\n")}\n]\n`;
}

function cellText(value: string): string {
  const text = oneLine(value);
  return text.length > CELL_MAX ? `${text.slice(0, CELL_MAX - 1).toWellFormed()}…` : text;
}
