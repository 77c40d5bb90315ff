import { BAND_LINES } from "../indicators/declare.ts";
import type { Kind } from "./kinds.ts";
import type { Param, Unit } from "./params.ts";

/** One output of an indicator. */
export interface Line {
  /** As the kernel names it. `value` is not typed, and is the one that is meant where no line is named. */
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
  /** Between which numbers it always is, where that is known; one bound may be left out. */
  readonly span?: { readonly least?: number; readonly most?: number };
  /** A reading that says nothing, such as an RSI without movement: it is undefined in a rule. */
  readonly silentAt?: number;
  /** Why numbers that are fine one by one do not fit together, or undefined. */
  readonly refuse?: (values: readonly number[]) => string | undefined;
}

const PARAM = (name: string, example: number, unit: Unit = "candles"): Param => ({ name, unit, example });
const PERIOD = (example: number): Param => PARAM("period", example);
const BAND = (words: string): readonly Line[] => BAND_LINES.map((name) => ({ name, kind: "price", words: `the ${name} ${words}` }));

/** All indicators that rules may name, ascending. */
export const FUNCTIONS: readonly RuleFunction[] = [
  {
    name: "adx",
    params: [PERIOD(14)],
    lines: [
      { name: "value", kind: "number", words: "the ADX" },
      { name: "plus", kind: "number", words: "the upward direction" },
      { name: "minus", kind: "number", words: "the downward direction" },
    ],
    span: { least: 0, most: 100 },
    summary: "Average directional index, 0 to 100: how one-sided the market moves, upwards or downwards; `.plus` and `.minus` say which",
  },
  {
    name: "atr",
    params: [PERIOD(14)],
    lines: [{ name: "value", kind: "price", words: "the average true range" }],
    summary: "How far the price moves in a candle, smoothed as Wilder does; a distance in quote currency",
    span: { least: 0 },
  },
  {
    name: "avgvolume",
    params: [PERIOD(20)],
    lines: [{ name: "value", kind: "number", words: "the average volume" }],
    summary: "Simple moving average of the volume, in base currency: `volume > 2 * avgvolume(20)[1]`",
    span: { least: 0 },
  },
  {
    name: "bollinger",
    params: [PERIOD(20), PARAM("deviations", 2, "deviations")],
    lines: BAND("Bollinger band"),
    summary: "The simple average of closes, and the lines that many standard deviations above and below it",
  },
  {
    name: "cci",
    params: [PERIOD(20)],
    lines: [{ name: "value", kind: "number", words: "the CCI" }],
    summary: "Commodity channel index: how far the typical price is from its average, mostly between -100 and 100; 0 where nothing moved",
  },
  {
    name: "donchian",
    params: [PERIOD(20)],
    lines: BAND("Donchian line"),
    summary: "The highest high and the lowest low of the newest candles, this one included, and their middle",
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
    name: "keltner",
    params: [PERIOD(20), PARAM("atr", 10), PARAM("ranges", 2, "ranges")],
    lines: BAND("Keltner line"),
    summary:
      "The exponential average of typical prices, and the lines that many average true ranges (over the second period) above and below it",
  },
  {
    name: "lowest",
    params: [PERIOD(20)],
    lines: [{ name: "value", kind: "price", words: "the lowest low" }],
    summary: "The lowest low of the newest candles, this one included; `lowest(20)[1]` leaves it out",
  },
  {
    name: "macd",
    params: [PARAM("fast", 12), PARAM("slow", 26), PARAM("signal", 9)],
    lines: [
      { name: "value", kind: "price", words: "the MACD" },
      { name: "signal", kind: "price", words: "the signal of the MACD" },
      { name: "histogram", kind: "price", words: "the histogram of the MACD" },
    ],
    summary:
      "The fast exponential average of closes less the slow one, in quote currency; `.signal` is its own average, `.histogram` what it is above that",
    refuse: ([fast = 0, slow = 0]) => (fast < slow ? undefined : `expected a slow period above the fast one, found ${slow} after ${fast}`),
  },
  {
    name: "mfi",
    params: [PERIOD(14)],
    lines: [{ name: "value", kind: "number", words: "the money flow index" }],
    span: { least: 0, most: 100 },
    summary:
      "Money flow index, 0 to 100: the share of money that was traded while the typical price rose; undefined where nothing moved or was traded",
  },
  {
    name: "obv",
    params: [],
    lines: [{ name: "value", kind: "number", words: "the on-balance volume" }],
    summary: "Volume of rising candles less that of falling ones. Only its changes mean something: `obv() > obv()[10]`",
  },
  {
    name: "psar",
    params: [PARAM("step", 0.02, "step"), PARAM("maximum", 0.2, "maximum")],
    lines: [{ name: "value", kind: "price", words: "the parabolic SAR" }],
    summary: "Wilder's parabolic stop: below the price in a rise, above it in a fall, and nearer with every candle",
    refuse: ([step = 0, maximum = 0]) =>
      step <= maximum ? undefined : `expected a maximum of at least the step, found ${maximum} after ${step}`,
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
    span: { least: 0, most: 100 },
  },
  {
    name: "sma",
    params: [PERIOD(50)],
    lines: [{ name: "value", kind: "price", words: "the simple average of closes" }],
    summary: "Simple moving average of closes",
  },
  {
    name: "spread",
    params: [PERIOD(20)],
    lines: [{ name: "value", kind: "percent", words: "the estimated spread" }],
    span: { least: 0, most: 2 },
    summary:
      "Distance of bid and ask in percent of the price, estimated from highs and lows (Corwin and Schultz), because candles have neither; undefined where two candles in a row did not move",
  },
  {
    name: "stochastic",
    params: [PERIOD(14), PARAM("smoothing", 3), PARAM("signal", 3)],
    lines: [
      { name: "k", kind: "number", words: "the stochastic" },
      { name: "d", kind: "number", words: "the signal of the stochastic" },
    ],
    span: { least: 0, most: 100 },
    summary:
      "Where the close is between the lowest low (0) and the highest high (100), averaged; `stochastic(14, 1, 3)` is the fast one; undefined where no price moved",
  },
  {
    name: "supertrend",
    params: [PERIOD(10), PARAM("ranges", 3, "ranges")],
    lines: [
      { name: "value", kind: "price", words: "the Supertrend" },
      { name: "direction", kind: "number", words: "the direction of the Supertrend" },
    ],
    summary: "A stop that trails the trend by so many average true ranges; `.direction` is 1 in a rise and -1 in a fall",
  },
  {
    name: "vwap",
    params: [],
    lines: [{ name: "value", kind: "price", words: "the volume-weighted average price of the day (UTC)" }],
    summary: "Average price of what was traded since 00:00 UTC; undefined until the beginning of a day was seen and something was traded",
  },
  {
    name: "wma",
    params: [PERIOD(20)],
    lines: [{ name: "value", kind: "price", words: "the weighted average of closes" }],
    summary: "Average of closes in which the newest weighs most and each older one less by the same step",
  },
  {
    name: "zscore",
    params: [PERIOD(50)],
    lines: [{ name: "value", kind: "number", words: "the z-score of the close" }],
    summary: "How many standard deviations the close lies above its simple average; undefined where all closes are equal",
  },
];

/** The function that rules call by this name. */
export function functionNamed(name: string): RuleFunction | undefined {
  return FUNCTIONS.find((each) => each.name === name);
}

/** As it is typed: `bollinger(20, 2).upper`. */
export function exampleOf({ name, params, lines }: RuleFunction): string {
  const line = lines[0]!.name === "value" ? "" : `.${lines[0]!.name}`;
  return `${name}(${params.map(({ example }) => example).join(", ")})${line}`;
}
