import { nearest } from "../domain/nearest.ts";

/** Everyday words that are no part of any command. */
const EVERYDAY: Readonly<Record<string, string>> = { pnl: "stats today" };

/**
 * The commands that a typed beginning may mean: `bot strat` is `bot start`, `halt` is `system halt`, `positions` is `position list`.
 * A word that is right beats one that is nearly right.
 */
export function commandsMeant(typed: string, paths: readonly string[]): readonly string[] {
  const [first = "", second = ""] = typed.toLowerCase().split(/\s+/);
  const ofNoun = paths.filter((path) => path.startsWith(`${first} `));
  const isNoun = ofNoun.length > 0;
  const guesses = [
    isNoun ? [] : [`${singular(second)} ${first}`],
    isNoun ? [] : withVerb(first, paths),
    [EVERYDAY[first]],
    [nearest(typed, paths)],
    isNoun ? withVerb(nearest(second, ofNoun.map(verbOf)), ofNoun) : [`${singular(first)} list`],
    isNoun ? [] : nearWord(first, paths),
  ];
  return guesses.map((guess) => paths.filter((path) => guess.includes(path))).find((found) => found.length > 0) ?? [];
}

/** What a mistyped first word may be: a command of one word, or the second word of others. */
function nearWord(word: string, paths: readonly string[]): readonly string[] {
  const isShort = (path: string) => verbOf(path) === "";
  const near = nearest(word, [...paths.filter(isShort), ...paths.map(verbOf)]);
  return near === undefined ? [] : paths.filter((path) => path === near || verbOf(path) === near);
}

function withVerb(verb: string | undefined, paths: readonly string[]): readonly string[] {
  return verb === undefined ? [] : paths.filter((path) => verbOf(path) === verb);
}

function verbOf(path: string): string {
  return path.split(" ")[1] ?? "";
}

function singular(word: string): string {
  return word.replace(/ies$/, "y").replace(/s$/, "");
}
