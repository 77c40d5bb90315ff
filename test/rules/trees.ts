import fc from "fast-check";
import type { Candle } from "../../src/domain/candle.ts";
import { FIELDS } from "../../src/domain/series.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { FUNCTIONS } from "../../src/rules/functions.ts";
import { FRACTION_DIGITS_MAX, HISTORY_MAX } from "../../src/rules/limits.ts";
import { COMPARISONS, FACTS, type Tree } from "../../src/rules/tree.ts";

const column = 0;
/** Candles that a slow period is longer than any other here. */
const SLOWER = 60;
const typed = fc
  .record({ whole: fc.nat(99_999), fraction: fc.nat(99_999_999), decimals: fc.integer({ min: 0, max: FRACTION_DIGITS_MAX }) })
  .map(({ whole, fraction, decimals }) => Number(`${whole}.${String(fraction).slice(0, decimals)}`));
const back = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: HISTORY_MAX }));

const indicator = fc.record({ of: fc.constantFrom(...FUNCTIONS), period: fc.integer({ min: 1, max: 60 }), line: fc.nat(), back }).map(
  ({ of, period, line, back: ago }): Tree => ({
    kind: "indicator",
    name: of.name,
    params: of.params.map(({ unit, name }) =>
      unit === "candles" ? period + (name === "slow" ? SLOWER : 0) : unit === "step" ? 0.02 : 0.5,
    ),
    line: of.lines[line % of.lines.length]!.name,
    back: ago,
    column,
  }),
);

const leaf: fc.Arbitrary<Tree> = fc.oneof(
  typed.map((value): Tree => ({ kind: "number", value, column })),
  typed.map((value): Tree => ({ kind: "percent", value, column })),
  fc.record({ name: fc.constantFrom(...FIELDS), back }).map((field): Tree => ({ kind: "field", ...field, column })),
  indicator,
  fc.constantFrom(...FACTS).map((name): Tree => ({ kind: "fact", name, column })),
);

/** Any tree that the grammar has, whether it makes sense or not. */
export const anyTree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => {
  const sides = { left: tie("tree"), right: tie("tree") };
  return {
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.record({ kind: fc.constantFrom("negate" as const, "not" as const), of: tie("tree") }).map((node): Tree => ({ ...node, column })),
      fc
        .record({ sign: fc.constantFrom("+" as const, "-" as const, "*" as const, "/" as const), ...sides })
        .map((node): Tree => ({ kind: "arithmetic", ...node, column })),
      fc.record({ sign: fc.constantFrom(...COMPARISONS), ...sides }).map((node): Tree => ({ kind: "compare", ...node, column })),
      fc
        .record({ direction: fc.constantFrom("above" as const, "below" as const), ...sides })
        .map((node): Tree => ({ kind: "cross", ...node, column })),
      fc.array(tie("tree"), { minLength: 2, maxLength: 3 }).map((terms): Tree => ({ kind: "score", terms, column })),
      fc.record({ kind: fc.constantFrom("and" as const, "or" as const), ...sides }).map((node): Tree => ({ ...node, column })),
    ),
  };
}).tree;

/** A tree without its columns. */
export function bare(tree: Tree): Tree {
  if (tree.kind === "score") return { ...tree, terms: tree.terms.map(bare), column };
  if ("of" in tree) return { ...tree, of: bare(tree.of), column };
  return "left" in tree ? { ...tree, left: bare(tree.left), right: bare(tree.right), column } : { ...tree, column };
}

/** Candles that swing by up to 3% each, with flat stretches and candles without volume; from a list of random numbers. */
export function swinging(chances: readonly number[]): Candle[] {
  let close = 100;
  return chances.map((chance, index) => {
    const open = close;
    if (chance > 0.15) close = open * (0.97 + 0.06 * chance);
    const span = chance > 0.15 ? 1 + chance / 100 : 1;
    const [high, low] = [Math.max(open, close) * span, Math.min(open, close) / span];
    return { openTimeMs: index * MINUTE_MS, open, high, low, close, volume: chance < 0.3 ? 0 : chance * 10 };
  });
}

export const anyCandles = fc
  .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 40, maxLength: 160 })
  .map((chances) => swinging(chances));
