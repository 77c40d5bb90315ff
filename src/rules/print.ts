import { FRACTION_DIGITS_MAX } from "./limits.ts";
import type { Tree } from "./tree.ts";

/** How tightly each kind of part binds. */
const BINDS = { or: 1, and: 2, not: 3, compare: 4, cross: 4, sum: 5, product: 6, negate: 7, value: 8 } as const;

/** The one text of a rule: small letters, one space, no parenthesis without need. Parsing it gives the same tree. */
export function print(tree: Tree): string {
  switch (tree.kind) {
    case "number":
      return digits(tree.value);
    case "percent":
      return `${digits(tree.value)}%`;
    case "field":
      return tree.name + history(tree.back);
    case "indicator": {
      const line = tree.line === "value" ? "" : `.${tree.line}`;
      return `${tree.name}(${tree.params.map(digits).join(", ")})${line}${history(tree.back)}`;
    }
    case "fact":
      return tree.name;
    case "score":
      return `score(${tree.terms.map(print).join(", ")})`;
    case "negate":
      return `-${within(tree.of, BINDS.negate)}`;
    case "not":
      return `not ${within(tree.of, BINDS.not)}`;
    case "arithmetic":
      return joined(tree.left, tree.sign, tree.right, binding(tree), 0);
    case "compare":
      return joined(tree.left, tree.sign, tree.right, BINDS.compare, 1);
    case "cross":
      return joined(tree.left, `crosses ${tree.direction}`, tree.right, BINDS.cross, 1);
    case "and":
    case "or":
      return joined(tree.left, tree.kind, tree.right, BINDS[tree.kind], 0);
  }
}

/** A number as it may be typed: no exponent, no needless zero. */
export function digits(value: number): string {
  const [whole, fraction = ""] = value.toFixed(FRACTION_DIGITS_MAX).split(".");
  const kept = fraction.replace(/0+$/, "");
  return kept === "" ? whole! : `${whole}.${kept}`;
}

/** Equals bind from the left, so an equal on the right wants parentheses; comparisons do not chain at all. */
function joined(left: Tree, word: string, right: Tree, binds: number, extra: 0 | 1): string {
  return `${within(left, binds + extra)} ${word} ${within(right, binds + 1)}`;
}

function within(tree: Tree, least: number): string {
  return binding(tree) < least ? `(${print(tree)})` : print(tree);
}

function binding(tree: Tree): number {
  if (tree.kind === "arithmetic") return tree.sign === "*" || tree.sign === "/" ? BINDS.product : BINDS.sum;
  return tree.kind in BINDS ? BINDS[tree.kind as keyof typeof BINDS] : BINDS.value;
}

function history(back: number): string {
  return back === 0 ? "" : `[${back}]`;
}
