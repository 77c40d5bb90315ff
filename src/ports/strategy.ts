import type { z } from "zod";
import type { FoldedCandle } from "../domain/candle.ts";
import type { Reading } from "../domain/indicator.ts";
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

/** One decision's input: closed candles only. */
export interface DecideInput<P = StrategyParams, V = IndicatorValues> {
  readonly candle: FoldedCandle;
  /** The closed candle before `candle` on the same feed, however long ago it was; undefined at a feed's first candle. */
  readonly previous: FoldedCandle | undefined;
  readonly values: V;
  readonly position: PositionFacts;
  readonly params: P;
}

/** One strategy: pure, one file. Contract: equal input gives an equal signal; it never sees a forming candle. */
export interface Strategy {
  readonly name: string;
  readonly summary: string;
  /** Numbers with defaults and descriptions; refuses unknown names. Parse before calling `indicators` and `decide`. */
  readonly params: z.ZodObject;
  readonly indicators: (params: StrategyParams) => Readonly<Record<string, IndicatorSpec>>;
  readonly decide: (input: DecideInput) => Signal;
}
