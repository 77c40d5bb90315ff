import { RuleError } from "./errors.ts";
import { functionNamed } from "./functions.ts";
import { KIND_WORDS, type Kind } from "./kinds.ts";
import { print } from "./print.ts";
import type { Tree } from "./tree.ts";

type Numeric = Exclude<Kind, "boolean">;

/** Refuses what makes no sense, such as a price compared with a percent. Throws RuleError at the first place where it does not. */
export function check(tree: Tree): void {
  if (kindOf(tree) !== "boolean") {
    const sentence = `expected a condition, which is true or false, found ${described(tree)}; compare it with something`;
    throw new RuleError(tree.column, sentence, ["<", ">", "crosses above", "crosses below"]);
  }
}

/** What a part of a rule is. Throws RuleError where its own parts do not fit together. */
export function kindOf(tree: Tree): Kind {
  switch (tree.kind) {
    case "number":
      return "constant";
    case "percent":
      return "percent";
    case "field":
      return tree.name === "volume" ? "number" : "price";
    case "fact":
      return tree.name === "entry_price" ? "price" : tree.name === "pnl_pct" ? "percent" : "number";
    case "indicator":
      return functionNamed(tree.name)?.lines.find(({ name }) => name === tree.line)?.kind ?? "number";
    case "score":
      for (const term of tree.terms) condition(term, "the others of a score");
      return "number";
    case "negate":
      return numeric(tree.of, "after -");
    case "arithmetic":
      return arithmeticKind(tree);
    case "compare":
    case "cross":
      compared(tree);
      return "boolean";
    case "not":
      condition(tree.of, "not");
      return "boolean";
    case "and":
    case "or":
      condition(tree.left, tree.kind);
      condition(tree.right, tree.kind);
      return "boolean";
  }
}

function condition(tree: Tree, word: string): void {
  if (kindOf(tree) === "boolean") return;
  throw new RuleError(tree.column, `expected a condition beside ${word}, found ${described(tree)}; compare it with something`);
}

function numeric(tree: Tree, place: string): Numeric {
  const kind = kindOf(tree);
  if (kind !== "boolean") return kind;
  throw new RuleError(tree.column, `expected a number ${place}, found the condition ${print(tree)}`);
}

function compared(tree: Extract<Tree, { kind: "compare" | "cross" }>): void {
  const what = tree.kind === "cross" ? `crosses ${tree.direction}` : tree.sign;
  const left = numeric(tree.left, `beside ${what}`);
  const right = numeric(tree.right, `beside ${what}`);
  if (!comparable(left, right))
    throw new RuleError(tree.column, `${what} cannot compare ${described(tree.left)} with ${described(tree.right)}${advice(left, right)}`);
  if (left === "constant" && right === "constant") {
    throw new RuleError(tree.column, `expected something that changes beside ${what}, found typed numbers on both sides`);
  }
}

function comparable(left: Numeric, right: Numeric): boolean {
  if (left === right) return true;
  const kinds = [left, right];
  if (kinds.includes("constant")) return !kinds.includes("percent");
  return kinds.includes("ratio") && (kinds.includes("percent") || kinds.includes("number"));
}

function advice(left: Numeric, right: Numeric): string {
  const kinds = [left, right];
  if (kinds.includes("constant")) return "; write the percent sign, as 2%";
  if (kinds.includes("price") && kinds.includes("percent")) return "; a percent of a price is a product, as close * 2%";
  return "";
}

function arithmeticKind(tree: Extract<Tree, { kind: "arithmetic" }>): Numeric {
  const left = numeric(tree.left, `beside ${tree.sign}`);
  const right = numeric(tree.right, `beside ${tree.sign}`);
  if (tree.sign === "/" && "value" in tree.right && tree.right.value === 0) {
    throw new RuleError(tree.column, `expected a division by something other than zero, found ${print(tree)}, which is never defined`);
  }
  const kind = tree.sign === "*" || tree.sign === "/" ? scaled(tree.sign, left, right) : summed(left, right);
  if (kind !== undefined) return kind;
  const hint = left === "price" && right === "percent" ? `; write ${print(tree.left)} * (1 ${tree.sign} ${print(tree.right)})` : "";
  throw new RuleError(tree.column, `${tree.sign} cannot join ${described(tree.left)} and ${described(tree.right)}${hint}`);
}

function summed(left: Numeric, right: Numeric): Numeric | undefined {
  if (left === right) return left;
  const kinds = [left, right];
  if (kinds.includes("constant")) return kinds.includes("percent") ? "ratio" : kinds.find((kind) => kind !== "constant");
  if (kinds.includes("ratio") && (kinds.includes("percent") || kinds.includes("number")))
    return kinds.includes("number") ? "number" : "ratio";
  return undefined;
}

const SCALES: readonly Numeric[] = ["constant", "percent", "ratio"];

function scaled(sign: "*" | "/", left: Numeric, right: Numeric): Numeric {
  if (left === "constant" && right === "constant") return "constant";
  if (sign === "/" && left === right) return "ratio";
  if (SCALES.includes(right)) return SCALES.includes(left) ? scale(left, right) : left;
  return sign === "*" && SCALES.includes(left) ? right : "number";
}

/** A percent stays one only beside a typed number: `2 * 3%`. */
function scale(left: Numeric, right: Numeric): Numeric {
  const kinds = [left, right];
  return kinds.includes("constant") && kinds.includes("percent") && right !== "percent"
    ? "percent"
    : kinds.includes("ratio") || right === "percent"
      ? "ratio"
      : "percent";
}

function described(tree: Tree): string {
  return `${KIND_WORDS[kindOf(tree)]} (${print(tree)})`;
}
