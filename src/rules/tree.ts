import type { Field } from "../domain/series.ts";

/** What a rule may ask about the position that is held. */
export const FACTS = ["entry_price", "pnl_pct", "bars_held"] as const;
export type Fact = (typeof FACTS)[number];

export const COMPARISONS = ["<", "<=", ">", ">=", "==", "!="] as const;
export type Comparison = (typeof COMPARISONS)[number];
export type Arithmetic = "+" | "-" | "*" | "/";
export type Direction = "above" | "below";

/** A parsed rule. `column` is where a message about that part points, from 1. */
export type Tree = { readonly column: number } & (
  | { readonly kind: "number"; readonly value: number }
  /** `2%` has the value 2. */
  | { readonly kind: "percent"; readonly value: number }
  | { readonly kind: "field"; readonly name: Field; readonly back: number }
  | {
      readonly kind: "indicator";
      readonly name: string;
      readonly params: readonly number[];
      readonly line: string;
      readonly back: number;
    }
  | { readonly kind: "fact"; readonly name: Fact }
  | { readonly kind: "score"; readonly terms: readonly Tree[] }
  | { readonly kind: "negate" | "not"; readonly of: Tree }
  | { readonly kind: "arithmetic"; readonly sign: Arithmetic; readonly left: Tree; readonly right: Tree }
  | { readonly kind: "compare"; readonly sign: Comparison; readonly left: Tree; readonly right: Tree }
  | { readonly kind: "cross"; readonly direction: Direction; readonly left: Tree; readonly right: Tree }
  | { readonly kind: "and" | "or"; readonly left: Tree; readonly right: Tree }
);

/** A part of a rule that is read from candles. */
export type SeriesTree = Extract<Tree, { kind: "field" | "indicator" }>;

/** The parts of a tree, itself first. */
export function* partsOf(tree: Tree): Generator<Tree> {
  yield tree;
  if (tree.kind === "score") for (const term of tree.terms) yield* partsOf(term);
  if ("of" in tree) yield* partsOf(tree.of);
  if ("left" in tree) {
    yield* partsOf(tree.left);
    yield* partsOf(tree.right);
  }
}
