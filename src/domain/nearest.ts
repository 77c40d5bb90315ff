/** Texts longer than this are not compared: nobody mistypes that much. */
const COMPARED_MAX = 64;

/** Longest text of which one letter may be wrong, not two: `halt` is not a slip for `help`. */
const SHORT_MAX = 4;
/** Shortest text that may stand for the one option that begins with it. */
const BEGINNING_MIN = 2;

/** The option that a mistyped or half-typed text most likely means, or undefined when none is close. */
export function nearest(text: string, options: Iterable<string>): string | undefined {
  const typed = text.toLowerCase();
  if (typed.length > COMPARED_MAX) return undefined;
  const known = [...new Set(options)];
  const [begun, ...others] = typed.length < BEGINNING_MIN ? [] : known.filter((option) => option.toLowerCase().startsWith(typed));
  if (begun !== undefined && others.length === 0) return begun;
  let best: string | undefined;
  let bestDistance = Math.max(typed.length <= SHORT_MAX ? 1 : 2, Math.floor(typed.length / 3)) + 1;
  for (const option of known) {
    const distance = editDistance(typed, option.toLowerCase());
    if (distance < bestDistance && distance < option.length) {
      best = option;
      bestDistance = distance;
    }
  }
  return best;
}

/** `BTC`, `BTC or ETH`, `BTC, ETH or SOL`. */
export function oneOf(options: readonly string[]): string {
  const [last = "", ...before] = options.toReversed();
  return before.length === 0 ? last : `${before.toReversed().join(", ")} or ${last}`;
}

/** How a sentence ends that names what there is not: `; did you mean dip?`, or with a full stop. */
export function meant(text: string, options: Iterable<string>): string {
  const option = nearest(text, options);
  return option === undefined ? "." : `; did you mean ${option}?`;
}

/** Insertions, deletions, replacements and swaps of neighbors that lead from one text to the other. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, beforeLast[column - 2]! + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length]!;
}
