import { functionNamed } from "./functions.ts";
import { seriesKey } from "./series.ts";
import type { Comparison, Tree } from "./tree.ts";

/** What a rule may know of the position that is held. */
export interface HeldPosition {
  readonly entryPrice: number;
  /** Closed candles since the entry, the one in which it was bought included. */
  readonly barsHeld: number;
}

/**
 * The answer of a condition. `undefined` where a number is undefined: an indicator that is not warm, a division by zero, a position that is not held.
 * It stays undefined under `not`, `and` and `or` unless the other side decides (Kleene's logic), so what is not known never makes a rule true.
 */
export type Truth = boolean | undefined;

/** What a rule sees at one closed candle. */
export interface Moment {
  /** A series' number `back` candles ago, NaN when it has none. */
  at(seriesKey: string, back: number): number;
  /** The answer under a name: what depends on the candle alone may be found once and given again. */
  once(name: string, judge: () => Truth): Truth;
  readonly position: HeldPosition | undefined;
}

export type Condition = (moment: Moment) => Truth;
export type Value = (back: number, moment: Moment) => number;

/** Makes a condition of a part: `conditionOf` itself, or what remembers answers around it. */
export type ConditionMaker = (tree: Tree) => Condition;

/** A condition as a function of a moment; its parts are made by `make`. The tree must have been checked. */
export function conditionOf(tree: Tree, make: ConditionMaker = conditionOf): Condition {
  switch (tree.kind) {
    case "not": {
      const of = make(tree.of);
      return (moment) => negated(of(moment));
    }
    case "and":
    case "or": {
      const [left, right] = [make(tree.left), make(tree.right)];
      const decides = tree.kind === "or";
      return (moment) => {
        const [one, other] = [left(moment), right(moment)];
        if (one === decides || other === decides) return decides;
        return one === undefined || other === undefined ? undefined : !decides;
      };
    }
    case "compare": {
      const [left, right] = [numberOf(tree.left), numberOf(tree.right)];
      return (moment) => compared(tree.sign, left(0, moment), right(0, moment));
    }
    case "cross": {
      const [left, right] = [numberOf(tree.left), numberOf(tree.right)];
      const [before, now] = tree.direction === "above" ? (["<=", ">"] as const) : ([">=", "<"] as const);
      return (moment) => {
        const was = compared(before, left(1, moment), right(1, moment));
        const is = compared(now, left(0, moment), right(0, moment));
        if (was === false || is === false) return false;
        return was === undefined || is === undefined ? undefined : true;
      };
    }
    default:
      return () => undefined;
  }
}

/** A number as a function of a moment; NaN where it is undefined, and never infinite. */
export function numberOf(tree: Tree): Value {
  switch (tree.kind) {
    case "number":
      return () => tree.value;
    case "percent":
      return () => tree.value / 100;
    case "field": {
      const key = seriesKey(tree);
      return (back, moment) => moment.at(key, tree.back + back);
    }
    case "indicator": {
      const key = seriesKey(tree);
      const known = functionNamed(tree.name);
      const scale = known?.lines.find(({ name }) => name === tree.line)?.scale ?? 1;
      return (back, moment) => {
        const value = moment.at(key, tree.back + back);
        return value === known?.silentAt ? Number.NaN : value * scale;
      };
    }
    case "fact":
      return factOf(tree.name);
    case "score":
      return scoreOf(tree.terms);
    case "negate": {
      const of = numberOf(tree.of);
      return (back, moment) => -of(back, moment);
    }
    case "arithmetic":
      return arithmeticOf(tree);
    default:
      return () => Number.NaN;
  }
}

function factOf(name: Extract<Tree, { kind: "fact" }>["name"]): Value {
  return (back, { at, position }) => {
    if (position === undefined || back > position.barsHeld) return Number.NaN;
    if (name === "entry_price") return position.entryPrice;
    return name === "bars_held" ? position.barsHeld - back : finite((at("close", back) - position.entryPrice) / position.entryPrice);
  };
}

/** How many of the conditions are true; undefined while one of them is. */
function scoreOf(terms: readonly Tree[]): Value {
  const conditions = terms.map((term) => conditionOf(term));
  return (back, moment) => {
    const then = back === 0 ? moment : earlier(moment, back);
    let count = 0;
    for (const condition of conditions) {
      const truth = condition(then);
      if (truth === undefined) return Number.NaN;
      if (truth) count += 1;
    }
    return count;
  };
}

/** What was seen so many candles before. */
function earlier({ at, position }: Moment, by: number): Moment {
  const held = position && position.barsHeld >= by ? { ...position, barsHeld: position.barsHeld - by } : undefined;
  return { at: (key, back) => at(key, back + by), once: (_, judge) => judge(), position: held };
}

function arithmeticOf(tree: Extract<Tree, { kind: "arithmetic" }>): Value {
  const [left, right] = [numberOf(tree.left), numberOf(tree.right)];
  switch (tree.sign) {
    case "+":
      return (back, moment) => finite(left(back, moment) + right(back, moment));
    case "-":
      return (back, moment) => finite(left(back, moment) - right(back, moment));
    case "*":
      return (back, moment) => finite(left(back, moment) * right(back, moment));
    case "/":
      return (back, moment) => finite(left(back, moment) / right(back, moment));
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
