import type { Field } from "../domain/series.ts";
import { functionNamed } from "./functions.ts";
import { paramsWords } from "./params.ts";
import { digits } from "./print.ts";
import type { Arithmetic, Comparison, Fact, Tree } from "./tree.ts";

const FIELD_WORDS: Readonly<Record<Field, string>> = {
  open: "the open",
  high: "the high",
  low: "the low",
  close: "the close",
  volume: "the volume",
};
const FACT_WORDS: Readonly<Record<Fact, string>> = {
  entry_price: "the entry price",
  pnl_pct: "the result of the position before fees",
  bars_held: "the number of candles that the position is held",
};
const COMPARISON_WORDS: Readonly<Record<Comparison, string>> = {
  "<": "is below",
  "<=": "is at most",
  ">": "is above",
  ">=": "is at least",
  "==": "equals",
  "!=": "differs from",
};
const ARITHMETIC_WORDS: Readonly<Record<Arithmetic, string>> = { "+": "plus", "-": "minus", "*": "times", "/": "divided by" };

/** A rule, or a part of it, in words. What is grouped stands in parentheses. */
export function wordsOf(tree: Tree): string {
  switch (tree.kind) {
    case "number":
      return digits(tree.value);
    case "percent":
      return `${digits(tree.value)}%`;
    case "field":
      return FIELD_WORDS[tree.name] + ago(tree.back);
    case "indicator":
      return indicatorWords(tree);
    case "fact":
      return FACT_WORDS[tree.name];
    case "score":
      return `how many of these are so (${tree.terms.map(wordsOf).join("; ")})`;
    case "negate":
      return `minus ${grouped(tree.of)}`;
    case "not":
      return `it is not so that ${wordsOf(tree.of)}`;
    case "arithmetic":
      return `${grouped(tree.left)} ${ARITHMETIC_WORDS[tree.sign]} ${grouped(tree.right)}`;
    case "compare":
      return `${wordsOf(tree.left)} ${COMPARISON_WORDS[tree.sign]} ${wordsOf(tree.right)}`;
    case "cross":
      return `${wordsOf(tree.left)} crosses ${tree.direction} ${wordsOf(tree.right)}`;
    case "and":
    case "or":
      return `${side(tree.left, tree.kind)}, ${tree.kind} ${side(tree.right, tree.kind)}`;
  }
}

function indicatorWords({ name, params, line, back }: Extract<Tree, { kind: "indicator" }>): string {
  const known = functionNamed(name);
  const of = known?.lines.find((each) => each.name === line)?.words ?? name;
  return `${of}${paramsWords(known?.params ?? [], params, digits)}${ago(back)}`;
}

function ago(back: number): string {
  return back === 0 ? "" : ` ${candles(back)} ago`;
}

function candles(count: number): string {
  return count === 1 ? "1 candle" : `${count} candles`;
}

function grouped(tree: Tree): string {
  return tree.kind === "arithmetic" ? `(${wordsOf(tree)})` : wordsOf(tree);
}

function side(tree: Tree, word: "and" | "or"): string {
  const other = (tree.kind === "and" || tree.kind === "or") && tree.kind !== word;
  return other || tree.kind === "not" ? `(${wordsOf(tree)})` : wordsOf(tree);
}
