import { functionNamed } from "./functions.ts";
import type { Comparison, SeriesTree, Tree } from "./tree.ts";

/** What a rule may know of the position that is held. */
export interface HeldPosition {
  readonly entryPrice: number;
  /** Closed candles since the entry; 0 at the candle in which it was bought. */
  readonly barsHeld: number;
}

/**
 * The answer of a condition. `undefined` where a number is undefined: an indicator that is not warm, a division by zero, a position that is not held.
 * It stays undefined under `not`, `and` and `or` unless the other side decides (Kleene's logic), so what is not known never makes a rule true.
 */
export type Truth = boolean | undefined;

/** Where the numbers of a part come from: its value `back` candles ago, NaN when it has none. */
export type Reader = (part: SeriesTree) => (back: number) => number;

export type Condition = (position: HeldPosition | undefined) => Truth;
export type Value = (back: number, position: HeldPosition | undefined) => number;

/** A condition as a function over the numbers that a reader has. The tree must have been checked. */
export function conditionOf(tree: Tree, reader: Reader): Condition {
  switch (tree.kind) {
    case "not": {
      const of = conditionOf(tree.of, reader);
      return (position) => negated(of(position));
    }
    case "and":
    case "or": {
      const [left, right] = [conditionOf(tree.left, reader), conditionOf(tree.right, reader)];
      const decides = tree.kind === "or";
      return (position) => {
        const [one, other] = [left(position), right(position)];
        if (one === decides || other === decides) return decides;
        return one === undefined || other === undefined ? undefined : !decides;
      };
    }
    case "compare": {
      const [left, right] = [numberOf(tree.left, reader), numberOf(tree.right, reader)];
      return (position) => compared(tree.sign, left(0, position), right(0, position));
    }
    case "cross": {
      const [left, right] = [numberOf(tree.left, reader), numberOf(tree.right, reader)];
      const [before, now] = tree.direction === "above" ? (["<=", ">"] as const) : ([">=", "<"] as const);
      return (position) => {
        const was = compared(before, left(1, position), right(1, position));
        const is = compared(now, left(0, position), right(0, position));
        if (was === false || is === false) return false;
        return was === undefined || is === undefined ? undefined : true;
      };
    }
    default:
      return () => undefined;
  }
}

/** A number as a function over the numbers that a reader has; NaN where it is undefined, and never infinite. */
export function numberOf(tree: Tree, reader: Reader): Value {
  switch (tree.kind) {
    case "number":
      return () => tree.value;
    case "percent":
      return () => tree.value / 100;
    case "field": {
      const read = reader(tree);
      return (back) => read(tree.back + back);
    }
    case "indicator": {
      const read = reader(tree);
      const known = functionNamed(tree.name);
      const scale = known?.lines.find(({ name }) => name === tree.line)?.scale ?? 1;
      return (back) => {
        const value = read(tree.back + back);
        return value === known?.silentAt ? Number.NaN : value * scale;
      };
    }
    case "fact":
      return factOf(tree.name, reader);
    case "negate": {
      const of = numberOf(tree.of, reader);
      return (back, position) => -of(back, position);
    }
    case "arithmetic":
      return arithmeticOf(tree, reader);
    default:
      return () => Number.NaN;
  }
}

function factOf(name: Extract<Tree, { kind: "fact" }>["name"], reader: Reader): Value {
  const close = name === "pnl_pct" ? reader({ kind: "field", name: "close", back: 0, column: 0 }) : () => Number.NaN;
  return (back, position) => {
    if (position === undefined || back > position.barsHeld) return Number.NaN;
    if (name === "entry_price") return position.entryPrice;
    return name === "bars_held" ? position.barsHeld - back : finite((close(back) - position.entryPrice) / position.entryPrice);
  };
}

function arithmeticOf(tree: Extract<Tree, { kind: "arithmetic" }>, reader: Reader): Value {
  const [left, right] = [numberOf(tree.left, reader), numberOf(tree.right, reader)];
  switch (tree.sign) {
    case "+":
      return (back, position) => finite(left(back, position) + right(back, position));
    case "-":
      return (back, position) => finite(left(back, position) - right(back, position));
    case "*":
      return (back, position) => finite(left(back, position) * right(back, position));
    case "/":
      return (back, position) => finite(left(back, position) / right(back, position));
  }
}

/** A division by zero and an overflow are undefined. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

function negated(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}

function compared(sign: Comparison, left: number, right: number): Truth {
  if (Number.isNaN(left) || Number.isNaN(right)) return undefined;
  switch (sign) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "==":
      return left === right;
    case "!=":
      return left !== right;
  }
}
