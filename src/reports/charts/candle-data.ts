import type { Candle } from "../../domain/candle.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { Pane } from "./frame.ts";
import type { Scale } from "./scale.ts";

/** A line over the candles: one value for each, NaN where it is not known yet. */
export interface Overlay {
  readonly name: string;
  readonly values: readonly number[];
}

export interface Band {
  readonly name: string;
  readonly upper: readonly number[];
  readonly lower: readonly number[];
}

/** A price that matters, such as a support or a stop. */
export interface PriceLevel {
  readonly name: string;
  readonly price: number;
}

/** A fill where it happened. */
export interface FillMark {
  readonly atMs: number;
  readonly price: number;
  readonly side: "buy" | "sell";
}

export interface CandleChart {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** What prices are in. */
  readonly quote: string;
  /** Where they are from. */
  readonly market: string;
  /** Closed candles, ascending; at least one. */
  readonly candles: readonly Candle[];
  readonly lines?: readonly Overlay[];
  readonly band?: Band;
  readonly levels?: readonly PriceLevel[];
  readonly fills?: readonly FillMark[];
}

/** Where the parts of a pane with candles lie. */
export interface Places {
  readonly x: Scale;
  readonly y: Scale;
  /** How much time one candle takes. */
  readonly lengthMs: number;
  readonly pane: Pane;
}
