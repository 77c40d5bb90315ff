import { type Mode, marked } from "../domain/bot.ts";

const WHOSE_MONEY: Readonly<Record<Mode, string>> = { live: "LIVE (real money)", demo: "DEMO (test money)", paper: "Paper" };

interface Group {
  readonly mode: Mode;
  readonly currency: string;
}

/** What begins a sentence about one mode: `LIVE (real money)`. */
export function modeWords(mode: Mode): string {
  return WHOSE_MONEY[mode];
}

/** What stands before a figure of one mode, so that it is never mistaken: `LIVE `, `DEMO `; nothing on paper. */
export function modeMark(mode: Mode): string {
  return mode === "paper" ? "" : `${mode.toUpperCase()} `;
}

/** Where a mode's orders rest: `the paper venue`, `the LIVE venue`. */
export function venueWords(mode: Mode): string {
  return `the ${mode === "paper" ? mode : mode.toUpperCase()} venue`;
}

/** The name of a group's sum in a table: `all`, `all (LIVE)`, `all paper` beside others, with the currency where one mode has several. */
export function sumName({ mode, currency }: Group, groups: readonly Group[]): string {
  const name = mode === "paper" && groups.some((other) => other.mode !== "paper") ? "all paper" : marked("all", mode);
  const several = groups.filter((other) => other.mode === mode).length > 1;
  return several ? `${name} in ${currency}` : name;
}

/** Whether all groups are in one currency, so that a title may name it once. */
export function oneCurrency(groups: readonly Group[]): boolean {
  return new Set(groups.map(({ currency }) => currency)).size === 1;
}
