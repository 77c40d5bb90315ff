import { Cursor } from "./cursor.ts";
import { RuleError } from "./errors.ts";
import { tokensOf } from "./lexer.ts";
import { INDICATORS_MAX, RULE_DEPTH_MAX, SCORE_MAX } from "./limits.ts";
import { operand, SCORE, valueNames } from "./operands.ts";
import { COMPARISONS, partsOf, type Tree } from "./tree.ts";

/** Reads a rule. What it means is not looked at: see `check`. Throws RuleError. */
export function parse(text: string): Tree {
  const cursor = new Cursor(tokensOf(text));
  if (cursor.ended) throw cursor.expected("a condition such as rsi(14) < 30", [...valueNames(), "not", "("]);
  const tree = either(cursor, 0);
  if (!cursor.ended) throw cursor.expected("an operator such as and, or, <, crosses above, or the end", []);
  const indicators = new Set(
    [...partsOf(tree)].flatMap((part) => (part.kind === "indicator" ? [`${part.name} ${part.params.join(" ")}`] : [])),
  );
  if (indicators.size > INDICATORS_MAX) {
    throw new RuleError(1, `expected at most ${INDICATORS_MAX} different indicators in a rule, found ${indicators.size}`);
  }
  return tree;
}

type Level = (cursor: Cursor, depth: number) => Tree;

/** One level of the grammar whose words bind from the left. */
const chain =
  (words: readonly string[], next: Level, join: (word: string, left: Tree, right: Tree, column: number) => Tree): Level =>
  (cursor, depth) => {
    let left = next(cursor, depth);
    for (;;) {
      const { column } = cursor.at;
      const word = cursor.take(words);
      if (word === undefined) return left;
      left = join(word, left, next(cursor, depth), column);
    }
  };

const product = chain(["*", "/"], negation, (word, left, right, column) => ({
  kind: "arithmetic",
  sign: word === "*" ? "*" : "/",
  left,
  right,
  column,
}));
const sum = chain(["+", "-"], product, (word, left, right, column) => ({
  kind: "arithmetic",
  sign: word === "+" ? "+" : "-",
  left,
  right,
  column,
}));
const both = chain(["and"], denial, (_, left, right, column) => ({ kind: "and", left, right, column }));
const either = chain(["or"], both, (_, left, right, column) => ({ kind: "or", left, right, column }));

function denial(cursor: Cursor, depth: number): Tree {
  const { column } = cursor.at;
  if (cursor.take(["not"]) === undefined) return comparison(cursor, depth);
  return { kind: "not", of: denial(cursor, deeper(cursor, depth)), column };
}

function comparison(cursor: Cursor, depth: number): Tree {
  const left = sum(cursor, depth);
  const { column } = cursor.at;
  const sign = COMPARISONS.find((each) => cursor.take([each]) !== undefined);
  const tree =
    sign === undefined ? crossing(cursor, depth, left) : { kind: "compare" as const, sign, left, right: sum(cursor, depth), column };
  if (tree !== left && (COMPARISONS.some((each) => each === cursor.at.text) || cursor.at.text === "crosses")) {
    throw cursor.expected("and, or or the end, because comparisons do not chain: write a < b and b < c", ["and", "or"]);
  }
  return tree;
}

function crossing(cursor: Cursor, depth: number, left: Tree): Tree {
  const { column } = cursor.at;
  if (cursor.take(["crosses"]) === undefined) return left;
  const direction = cursor.take(["above", "below"]);
  if (direction === undefined) throw cursor.expected("above or below after crosses", ["above", "below"]);
  return { kind: "cross", direction: direction === "above" ? "above" : "below", left, right: sum(cursor, depth), column };
}

function negation(cursor: Cursor, depth: number): Tree {
  const { column } = cursor.at;
  if (cursor.take(["-"]) !== undefined) return { kind: "negate", of: negation(cursor, deeper(cursor, depth)), column };
  if (cursor.take([SCORE]) !== undefined) return score(cursor, deeper(cursor, depth), column);
  if (cursor.take(["("]) === undefined) return operand(cursor);
  const inner = either(cursor, deeper(cursor, depth));
  cursor.need(")", "an operator or the closing parenthesis");
  return inner;
}

function score(cursor: Cursor, depth: number, column: number): Tree {
  const expected = `2 to ${SCORE_MAX} conditions in parentheses after ${SCORE}, as ${SCORE}(close > open, rsi(14) > 50)`;
  cursor.need("(", expected);
  const terms = [either(cursor, depth)];
  while (cursor.take([","]) !== undefined) terms.push(either(cursor, depth));
  cursor.need(")", "an operator, a comma or the closing parenthesis");
  if (terms.length < 2 || terms.length > SCORE_MAX) throw new RuleError(column, `expected ${expected}, found ${terms.length}`);
  return { kind: "score", terms, column };
}

function deeper({ at }: Cursor, depth: number): number {
  if (depth < RULE_DEPTH_MAX) return depth + 1;
  throw new RuleError(at.column, `expected at most ${RULE_DEPTH_MAX} parentheses, nots and minus signs in one another, found more`);
}
