import type { Table } from "../ports/view.ts";

/** A row of a table that is too wide for its place: its first cell as a heading, the others below it. */
export interface RowBlock {
  readonly heading: string;
  /** `Status: running · Every: 5m`, whole cells only. */
  readonly facts: readonly string[];
}

/** Two facts longer than this do not share a line. */
const LINE_WIDTH_MAX = 40;
const BETWEEN = " · ";

/** Each row as a block, for where the columns do not fit: nothing is cut, so that no number is ever half shown. `clean` makes a cell safe. */
export function rowBlocks({ columns, rows }: Table, clean: (text: string) => string, widthMax = LINE_WIDTH_MAX): readonly RowBlock[] {
  const names = columns.map(({ name }) => clean(name));
  return rows.map((row) => {
    const [heading = "", ...others] = names.map((_, index) => clean(row[index] ?? ""));
    return {
      heading,
      facts: paired(
        others.flatMap((value, index) => factOf(names, index + 1, value)),
        widthMax,
      ),
    };
  });
}

/** What stands alone below a heading needs no name. */
function factOf(names: readonly string[], column: number, value: string): string[] {
  const name = names[column] ?? "";
  if (value === "") return [];
  return [name === "" || names.length === 2 ? value : `${name}: ${value}`];
}

function paired(facts: readonly string[], widthMax: number): readonly string[] {
  const lines: string[] = [];
  let alone = false;
  for (const fact of facts) {
    const joined = `${lines.at(-1)}${BETWEEN}${fact}`;
    alone = !(alone && joined.length <= Math.min(widthMax, LINE_WIDTH_MAX));
    if (alone) lines.push(fact);
    else lines[lines.length - 1] = joined;
  }
  return lines;
}
