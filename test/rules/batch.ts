import type { Candle } from "../../src/domain/candle.ts";
import { createKernel } from "../../src/indicators/registry.ts";
import type { HeldPosition } from "../../src/rules/evaluate.ts";
import { specOf } from "../../src/rules/series.ts";
import type { Tree } from "../../src/rules/tree.ts";

type Truth = boolean | undefined;

/** What a rule says at a candle, reckoned anew over all candles before it, as slowly and plainly as can be. */
export function batchTruth(tree: Tree, candles: readonly Candle[], index: number, held: HeldPosition | undefined): Truth {
  const truth = (part: Tree) => batchTruth(part, candles, index, held);
  const value = (part: Tree, back: number) => batchValue(part, candles, index - back, back, held);
  if (tree.kind === "not") {
    const of = truth(tree.of);
    return of === undefined ? undefined : !of;
  }
  if (tree.kind === "and" || tree.kind === "or") {
    // As numbers: false 0, undefined 1/2, true 1; `and` is the least of both and `or` the largest.
    const sides = [truth(tree.left), truth(tree.right)].map((side) => (side === undefined ? 0.5 : Number(side)));
    const both = tree.kind === "and" ? Math.min(...sides) : Math.max(...sides);
    return both === 0.5 ? undefined : both === 1;
  }
  if (tree.kind === "compare") {
    const [left, right] = [value(tree.left, 0), value(tree.right, 0)];
    if (left === undefined || right === undefined) return undefined;
    const order = Math.sign(left - right);
    const wanted = { "<": [-1], "<=": [-1, 0], ">": [1], ">=": [1, 0], "==": [0], "!=": [-1, 1] }[tree.sign];
    return wanted.includes(Math.abs(order) === 0 ? 0 : order);
  }
  if (tree.kind !== "cross") throw new Error(`${tree.kind} is no condition`);
  const gaps = [1, 0].map((back) => {
    const [left, right] = [value(tree.left, back), value(tree.right, back)];
    return left === undefined || right === undefined ? undefined : tree.direction === "above" ? left - right : right - left;
  });
  const [was, is] = [gaps[0] === undefined ? undefined : gaps[0] <= 0, gaps[1] === undefined ? undefined : gaps[1] > 0];
  if (was === false || is === false) return false;
  return was && is;
}

function batchValue(
  tree: Tree,
  candles: readonly Candle[],
  index: number,
  back: number,
  held: HeldPosition | undefined,
): number | undefined {
  const value = (part: Tree) => batchValue(part, candles, index, back, held);
  switch (tree.kind) {
    case "number":
      return tree.value;
    case "percent":
      return tree.value / 100;
    case "field":
      return candles[index - tree.back]?.[tree.name];
    case "indicator":
      return indicatorAt(tree, candles.slice(0, Math.max(0, index - tree.back + 1)));
    case "fact": {
      if (held === undefined || back > held.barsHeld) return undefined;
      if (tree.name === "entry_price") return held.entryPrice;
      const close = candles[index]?.close;
      return tree.name === "bars_held" ? held.barsHeld - back : close && (close - held.entryPrice) / held.entryPrice;
    }
    case "score": {
      const then = held && back <= held.barsHeld ? { ...held, barsHeld: held.barsHeld - back } : undefined;
      const truths = tree.terms.map((term) => batchTruth(term, candles, index, then));
      return truths.includes(undefined) ? undefined : truths.filter((truth) => truth === true).length;
    }
    case "negate": {
      const of = value(tree.of);
      return of === undefined ? undefined : -of;
    }
    case "arithmetic": {
      const [left, right] = [value(tree.left), value(tree.right)];
      if (left === undefined || right === undefined) return undefined;
      const result = { "+": left + right, "-": left - right, "*": left * right, "/": left / right }[tree.sign];
      return Number.isFinite(result) ? result : undefined;
    }
    default:
      throw new Error(`${tree.kind} is no number`);
  }
}

/** From a fresh kernel over all candles up to there: the kernels themselves are checked against their definitions elsewhere. */
function indicatorAt(tree: Extract<Tree, { kind: "indicator" }>, candles: readonly Candle[]): number | undefined {
  const { name, line } = tree;
  const kernel = createKernel(specOf(tree));
  for (const candle of candles) kernel.push(candle);
  const value = kernel.at(kernel.lines.indexOf(line));
  if (Number.isNaN(value) || (name === "rsi" && value === 0)) return undefined;
  return name === "roc" ? value * 0.01 : value;
}
