import { kindOf } from "./check.ts";
import { conditionOf, type Moment, numberOf, type Truth } from "./evaluate.ts";
import { print } from "./print.ts";
import { partsOf, type Tree } from "./tree.ts";

/** A comparison or a crossing: what a rule is made of. */
export type TermTree = Extract<Tree, { kind: "compare" | "cross" }>;

/** How a number is written for people; `of` is the other side, from which it should differ where the numbers do. */
export type WriteNumbers = (left: number, right: number) => readonly [string, string];

/** The comparisons and crossings of a rule, from left to right; those that a score counts follow it. */
export function termsOf(tree: Tree): readonly TermTree[] {
  switch (tree.kind) {
    case "compare":
    case "cross":
      return [tree, ...[tree.left, tree.right].flatMap((side) => [...partsOf(side)].flatMap(countedOf))];
    case "not":
      return termsOf(tree.of);
    case "and":
    case "or":
      return [...termsOf(tree.left), ...termsOf(tree.right)];
    default:
      return [];
  }
}

function countedOf(part: Tree): readonly TermTree[] {
  return part.kind === "score" ? part.terms.flatMap(termsOf) : [];
}

/** Both sides of a term as text with their numbers, as `rsi(14) 28.4`. */
export function sidesOf(term: TermTree, moment: Moment, write: WriteNumbers): readonly [string, string] {
  const [left, right] = numbersOf(term, moment, write);
  return [named(term.left, left), named(term.right, right)];
}

/** The numbers of both sides of a term. */
export function numbersOf({ left, right }: TermTree, moment: Moment, write: WriteNumbers): readonly [string, string] {
  const scales = [left, right].map((side) => (kindOf(side) === "percent" ? 100 : 1));
  const values = [left, right].map((side, index) => numberOf(side)(0, moment) * scales[index]!);
  const [one, other] = write(values[0]!, values[1]!);
  return [unit(left, values[0]!, one), unit(right, values[1]!, other)];
}

/** Why a condition is as it is: its deciding terms with their numbers. Of an `or` only what holds is named, of a false `and` only what fails. */
export function becauseOf(tree: Tree, moment: Moment, write: WriteNumbers): string {
  if (tree.kind === "not") return `not (${becauseOf(tree.of, moment, write)})`;
  if (tree.kind === "compare" || tree.kind === "cross") return termText(tree, moment, write);
  if (tree.kind !== "and" && tree.kind !== "or") return print(tree);
  const whole = conditionOf(tree)(moment);
  const deciding = [tree.left, tree.right].filter((side) => conditionOf(side)(moment) === whole);
  const named = deciding.length > 0 ? deciding : [tree.left, tree.right];
  return named.map((side) => grouped(side, tree.kind, becauseOf(side, moment, write))).join(` ${tree.kind} `);
}

function termText(term: TermTree, moment: Moment, write: WriteNumbers): string {
  const [left, right] = sidesOf(term, moment, write);
  if (term.kind === "compare") return `${left} ${term.sign} ${right}`;
  const crossed: Truth = conditionOf(term)(moment);
  return `${left} ${crossed === true ? "crossed" : "does not cross"} ${term.direction} ${right}`;
}

function named(side: Tree, value: string): string {
  if (isTyped(side)) return print(side);
  if (side.kind === "score") return `score ${value} of ${side.terms.length}`;
  return side.kind === "arithmetic" ? `(${print(side)}) ${value}` : `${print(side)} ${value}`;
}

/** Whether a number is made of typed numbers alone. */
export function isTyped(tree: Tree): boolean {
  return [...partsOf(tree)].every(({ kind }) => !["field", "indicator", "fact"].includes(kind));
}

function unit(side: Tree, value: number, text: string): string {
  if (Number.isNaN(value)) return "undefined";
  return kindOf(side) === "percent" ? `${text}%` : text;
}

function grouped(side: Tree, word: "and" | "or", text: string): string {
  return (side.kind === "and" || side.kind === "or") && side.kind !== word ? `(${text})` : text;
}
