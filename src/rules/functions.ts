import { DEVIATIONS_MAX } from "../indicators/bollinger.ts";
import { PERIOD_MAX } from "../indicators/declare.ts";
import type { Kind } from "./kinds.ts";

/** One number that an indicator takes. */
export interface Param {
  readonly name: "period" | "deviations";
  /** In an example. */
  readonly example: number;
}

/** One output of an indicator. */
export interface Line {
  /** As the kernel names it. `value` is not typed. */
  readonly name: string;
  readonly kind: Exclude<Kind, "boolean" | "constant">;
  /** In words, before "over 14 candles". */
  readonly words: string;
  /** What the kernel's number is multiplied by to be one of the language, in which 2% is 0.02. */
  readonly scale?: number;
}

/** An indicator as rules know it. */
export interface RuleFunction {
  readonly name: string;
  readonly params: readonly Param[];
  readonly lines: readonly Line[];
  /** For the reference page. */
  readonly summary: string;
  /** A reading that says nothing, such as an RSI without movement: it is undefined in a rule. */
  readonly silentAt?: number;
}

const PERIOD = (example: number): Param => ({ name: "period", example });

/** All indicators that rules may name, ascending. */
export const FUNCTIONS: readonly RuleFunction[] = [
  {
    name: "atr",
    params: [PERIOD(14)],
    lines: [{ name: "value", kind: "price", words: "the average true range" }],
    summary: "How far the price moves in a candle, smoothed as Wilder does; a distance in quote currency",
  },
  {
    name: "bollinger",
    params: [PERIOD(20), { name: "deviations", example: 2 }],
    lines: [
      { name: "upper", kind: "price", words: "the upper Bollinger band" },
      { name: "middle", kind: "price", words: "the middle Bollinger band" },
      { name: "lower", kind: "price", words: "the lower Bollinger band" },
    ],
    summary: "The simple average of closes, and the lines that many standard deviations above and below it",
  },
  {
    name: "ema",
    params: [PERIOD(200)],
    lines: [{ name: "value", kind: "price", words: "the exponential average of closes" }],
    summary: "Exponential moving average of closes, begun with their simple average",
  },
  {
    name: "highest",
    params: [PERIOD(20)],
    lines: [{ name: "value", kind: "price", words: "the highest high" }],
    summary: "The highest high of the newest candles, this one included; `highest(20)[1]` leaves it out",
  },
  {
    name: "lowest",
    params: [PERIOD(20)],
    lines: [{ name: "value", kind: "price", words: "the lowest low" }],
    summary: "The lowest low of the newest candles, this one included; `lowest(20)[1]` leaves it out",
  },
  {
    name: "roc",
    params: [PERIOD(10)],
    lines: [{ name: "value", kind: "percent", words: "the change of the close", scale: 0.01 }],
    summary: "Change of the close since that many candles ago, in percent",
  },
  {
    name: "rsi",
    params: [PERIOD(14)],
    lines: [{ name: "value", kind: "number", words: "the RSI" }],
    summary: "Relative strength index of closes, 0 to 100; a reading of exactly 0 (no movement, or none upward) is undefined",
    silentAt: 0,
  },
  {
    name: "sma",
    params: [PERIOD(50)],
    lines: [{ name: "value", kind: "price", words: "the simple average of closes" }],
    summary: "Simple moving average of closes",
  },
  {
    name: "zscore",
    params: [PERIOD(50)],
    lines: [{ name: "value", kind: "number", words: "the z-score of the close" }],
    summary: "How many standard deviations the close lies above its simple average; undefined where all closes are equal",
  },
];

export function functionNamed(name: string): RuleFunction | undefined {
  return FUNCTIONS.find((each) => each.name === name);
}

/** Why a number cannot be that parameter, or undefined. */
export function paramProblem({ name }: Param, value: number): string | undefined {
  if (name === "period" && !(Number.isInteger(value) && value >= 1 && value <= PERIOD_MAX)) {
    return `expected a period of whole candles from 1 to ${PERIOD_MAX}, found ${value}`;
  }
  if (name === "deviations" && !(value > 0 && value <= DEVIATIONS_MAX)) {
    return `expected deviations above 0 and at most ${DEVIATIONS_MAX}, found ${value}`;
  }
  return undefined;
}

/** As it is typed: `bollinger(20, 2).upper`. */
export function exampleOf({ name, params, lines }: RuleFunction): string {
  const line = lines.length > 1 ? `.${lines[0]!.name}` : "";
  return `${name}(${params.map(({ example }) => example).join(", ")})${line}`;
}
