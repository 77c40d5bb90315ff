import type { z } from "zod";
import type { BotRules } from "../domain/bot.ts";
import type { FoldedCandle } from "../domain/candle.ts";
import type { Reading } from "../domain/indicator.ts";
import type { Series } from "../domain/series.ts";
import type { IndicatorSpec, Signal } from "../domain/signal.ts";

/** What a strategy may know about the bot's position. */
export interface PositionFacts {
  readonly flat: boolean;
  readonly long: boolean;
  readonly entryPrice: number | undefined;
  readonly barsHeld: number;
}

/** Parameters of a strategy, as its `params` schema parsed them. */
export type StrategyParams = Readonly<Record<string, number>>;

/** For each declared indicator, its lines: an indicator with one line has it as `value`. Readings are NaN until the indicator is warm. */
export type IndicatorValues = Readonly<Record<string, Readonly<Record<string, Reading>>>>;

/** The series of a feed as a slot saw them, for strategies that look further back than one candle. */
export interface Past {
  /** A declared series' number `back` candles before the slot's; NaN where it has none. */
  at(key: string, back: number): number;
  /** How many candles a declared series has seen. */
  seen(key: string): number;
  /** An answer that follows from this slot alone, found once for all strategies that call it the same. */
  once(name: string, judge: () => boolean | undefined): boolean | undefined;
}

/** One decision's input: closed candles only. */
export interface DecideInput<V = IndicatorValues> {
  readonly candle: FoldedCandle;
  /** The closed candle before `candle` on the same feed, however long ago it was; undefined at a feed's first candle. */
  readonly previous: FoldedCandle | undefined;
  readonly values: V;
  readonly position: PositionFacts;
  readonly past: Past;
}

/** One term of a strategy with the numbers that it saw. */
export interface Term {
  /** What it decides about. */
  readonly side: "enter" | "exit";
  /** As `rsi(14) < 30`. */
  readonly text: string;
  /** The numbers of its sides, as `28.4 and 30`. */
  readonly numbers: string;
  /** Undefined where a number of it is. */
  readonly holds: boolean | undefined;
}

/** A decision in its parts, whatever it was. */
export interface Explanation {
  /** Why it was none other, in one sentence without its stop. */
  readonly because: string;
  readonly terms: readonly Term[];
}

/** What decides for a bot: a strategy with its parameters. Contract: equal input gives an equal signal; it never sees a forming candle. */
export interface Decider {
  /** Under the names by which `values` and a decision's record have them. */
  readonly indicators: Readonly<Record<string, IndicatorSpec>>;
  /** What it reads of the past beyond its indicators' newest two readings. */
  readonly series: readonly Series[];
  readonly decide: (input: DecideInput) => Signal;
  readonly explain?: (input: DecideInput) => Explanation;
}

/** One strategy that people may choose: pure, one file. */
export interface Strategy {
  readonly name: string;
  readonly summary: string;
  /** Numbers with defaults and descriptions; refuses unknown names. Parse before calling `decider`. */
  readonly params: z.ZodObject;
  /** Its rules, where it is two rules with a name; a parameter stands in them as `{fast}`. */
  readonly rules?: BotRules;
  readonly decider: (params: StrategyParams) => Decider;
}
