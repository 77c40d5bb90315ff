import { count } from "./args.ts";
import type { Card } from "./view.ts";

const PAGES_MAX = 1_000;

/** Which page of a list is shown. */
export const pageNumber = count(1, PAGES_MAX)
  .meta({ argument: { kind: "integer", example: "2" } })
  .describe("Which page, where the list has several")
  .prefault("1");

export interface Page<T> {
  readonly rows: readonly T[];
  /** From 1. */
  readonly number: number;
  readonly pages: number;
}

/** One page of a list. One behind the last is the last: the list may be shorter than when its button was made. */
export function pageOf<T>(all: readonly T[], wished: number, rowsMax: number): Page<T> {
  const pages = Math.max(1, Math.ceil(all.length / rowsMax));
  const number = Math.min(Math.max(1, wished), pages);
  return { rows: all.slice((number - 1) * rowsMax, number * rowsMax), number, pages };
}

/** Says which page it is, with buttons for those beside it; nothing where all is on one. `command` shows the same list. */
export function withPages<T>(on: Card, { number, pages }: Page<T>, command: string): Card {
  if (pages === 1) return on;
  const more = number < pages ? `; \`${command} page:${number + 1}\` goes on` : "";
  on.line(`Page ${number} of ${pages}${more}.`);
  if (number > 1) on.button("Previous page", `${command} page:${number - 1}`);
  return number < pages ? on.button("Next page", `${command} page:${number + 1}`) : on;
}
