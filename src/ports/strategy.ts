import type { z } from "zod";
import type { FoldedCandle } from "../domain/candle.ts";
import type { IndicatorSpec, Signal } from "../domain/signal.ts";
import type { Reading } from "./indicator.ts";

/** What a strategy may know about the bot's position. */
export interface PositionFacts {
  readonly flat: boolean;
  readonly long: boolean;
  readonly entryPrice: number | undefined;
  readonly barsHeld: number;
}

/** One decision's input: closed candles only. `values` has, for each declared indicator, its lines. */
export interface DecideInput<P> {
  readonly candle: FoldedCandle;
  readonly values: Readonly<Record<string, Readonly<Record<string, Reading>>>>;
  readonly position: PositionFacts;
  readonly params: P;
}

/** One strategy: pure, one file. Contract: equal input gives an equal signal; it never sees a forming candle. */
export interface Strategy<P extends Record<string, number> = Record<string, number>> {
  readonly name: string;
  readonly summary: string;
  /** Numbers with defaults and descriptions. */
  readonly params: z.ZodObject;
  readonly indicators: (params: P) => Readonly<Record<string, IndicatorSpec>>;
  readonly decide: (input: DecideInput<P>) => Signal;
}
