import { kindOf } from "./check.ts";
import { functionNamed } from "./functions.ts";
import { print } from "./print.ts";
import { isTyped, type TermTree } from "./terms.ts";
import type { Comparison, Tree } from "./tree.ts";

/** The least and the most that a number can be. */
interface Span {
  readonly least: number;
  readonly most: number;
}

/** Where a message points, and what it says. */
interface Refusal {
  readonly column: number;
  readonly sentence: string;
}

const ANY: Span = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };
const NONE_BELOW_ZERO: Span = { least: 0, most: Number.POSITIVE_INFINITY };
const ONLY_LOSS_IS_WHOLE: Span = { least: -1, most: Number.POSITIVE_INFINITY };

/**
 * Why a rule can never be true, as a sentence that points at a column, or undefined where nothing speaks against it. What it proves holds always; it
 * does not find everything: bounds of single numbers, and bounds of one number against one another where both must hold.
 */
export function neverTrue(tree: Tree): Refusal | undefined {
  return refuted(tree, true);
}

/** Why a condition can never have this answer. */
function refuted(tree: Tree, answer: boolean): Refusal | undefined {
  switch (tree.kind) {
    case "not":
      return refuted(tree.of, !answer);
    case "and":
    case "or": {
      // Both must hold for a true `and`, and both must fail for a false `or`.
      const isBoth = (tree.kind === "and") === answer;
      const [left, right] = [refuted(tree.left, answer), refuted(tree.right, answer)];
      if (!isBoth) return left && right && { ...left, sentence: `${left.sentence}, and ${right.sentence}` };
      return left ?? right ?? (answer ? contradiction(tree) : undefined);
    }
    case "compare":
      return answer ? impossible(tree, tree.sign) : undefined;
    case "cross":
      return answer ? impossible(tree, tree.direction === "above" ? ">" : "<") : undefined;
    default:
      return undefined;
  }
}

function impossible(term: TermTree, sign: Comparison): Refusal | undefined {
  const { column } = term;
  if (print(term.left) === print(term.right) && (sign === "<" || sign === ">" || sign === "!="))
    return { column, sentence: `${print(term)} never holds, because both sides are the same` };
  const [left, right] = [spanOf(term.left), spanOf(term.right)];
  if (couldHold(sign, left, right)) return undefined;
  const side = isTyped(term.left) ? term.right : term.left;
  return { column, sentence: `${print(term)} never holds, because ${print(side)} is ${spanText(side)}` };
}

/** Two bounds of one number that cannot hold together, as `rsi(14) < 30 and rsi(14) > 60`. */
function contradiction(tree: Tree): Refusal | undefined {
  const kept = new Map<string, { readonly span: Span; readonly term: TermTree }>();
  for (const term of conjuncts(tree)) {
    if (term.kind !== "compare" || isTyped(term.left)) continue;
    const bound = boundOf(term);
    if (!bound) continue;
    const name = print(term.left);
    const earlier = kept.get(name);
    const span = earlier ? met(earlier.span, bound) : bound;
    if (earlier && span.least > span.most)
      return { column: term.column, sentence: `${print(earlier.term)} and ${print(term)} cannot both hold` };
    kept.set(name, { span, term });
  }
  return undefined;
}

function conjuncts(tree: Tree): readonly TermTree[] {
  if (tree.kind === "compare" || tree.kind === "cross") return [tree];
  return tree.kind === "and" ? [...conjuncts(tree.left), ...conjuncts(tree.right)] : [];
}

/** What a comparison with a typed number leaves of its left side. A strict bound leaves the bound out by the least that there is. */
function boundOf({ right, ...term }: TermTree): Span | undefined {
  const { least: value, most } = spanOf(right);
  if (!("sign" in term) || value !== most) return undefined;
  const step = Math.max(Number.MIN_VALUE, Math.abs(value) * Number.EPSILON);
  switch (term.sign) {
    case "<":
      return { ...ANY, most: value - step };
    case "<=":
      return { ...ANY, most: value };
    case ">":
      return { ...ANY, least: value + step };
    case ">=":
      return { ...ANY, least: value };
    case "==":
      return { least: value, most: value };
    case "!=":
      return undefined;
  }
}

function met(one: Span, other: Span): Span {
  return { least: Math.max(one.least, other.least), most: Math.min(one.most, other.most) };
}

function couldHold(sign: Comparison, left: Span, right: Span): boolean {
  switch (sign) {
    case "<":
      return left.least < right.most;
    case "<=":
      return left.least <= right.most;
    case ">":
      return left.most > right.least;
    case ">=":
      return left.most >= right.least;
    case "==":
      return left.least <= right.most && right.least <= left.most;
    case "!=":
      return !(left.least === left.most && right.least === right.most && left.least === right.least);
  }
}

/** What is known of a number without a candle. */
function spanOf(tree: Tree): Span {
  switch (tree.kind) {
    case "number":
      return { least: tree.value, most: tree.value };
    case "percent":
      return { least: tree.value / 100, most: tree.value / 100 };
    case "field":
      return NONE_BELOW_ZERO;
    case "fact":
      return tree.name === "pnl_pct" ? ONLY_LOSS_IS_WHOLE : NONE_BELOW_ZERO;
    case "indicator":
      return { ...ANY, ...functionNamed(tree.name)?.span };
    case "score":
      return { least: 0, most: tree.terms.length };
    case "negate": {
      const { least, most } = spanOf(tree.of);
      return { least: -most, most: -least };
    }
    default:
      return ANY;
  }
}

function spanText(side: Tree): string {
  const { least, most } = spanOf(side);
  if (kindOf(side) === "percent") return `${least * 100}% or more`;
  return most === Number.POSITIVE_INFINITY ? `${least} or more` : `from ${least} to ${most}`;
}
