import type { z } from "zod";
import type { BotRules, Protection } from "../domain/bot.ts";
import type { FoldedCandle } from "../domain/candle.ts";
import type { Reading } from "../domain/indicator.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Decimal } from "../domain/money.ts";
import type { Series } from "../domain/series.ts";
import type { IndicatorSpec, Signal } from "../domain/signal.ts";

/** What a strategy may know about the bot's position. */
export interface PositionFacts {
  readonly flat: boolean;
  readonly long: boolean;
  readonly entryPrice: number | undefined;
  readonly barsHeld: number;
  /** Closed candles since the newest entry: the same as `barsHeld` where there was one. */
  readonly barsSinceEntry: number;
  /** Numbers of the parts that it holds, ascending; none where its position is not built of several. */
  readonly parts: readonly number[];
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

/** What is bought of a plan: its cost in quote and its quantity, the number of its newest part, and what the whole was sized to, in quote. */
export interface Begun {
  readonly cost: Decimal;
  readonly quantity: Decimal;
  readonly newest: number;
  readonly whole: Decimal;
}

/** How a position is built of several entries: numbered parts of a whole, each held once at most. The size of a bot is that of the whole. */
export interface Plan {
  /** What share of the whole each part is, by its number; together one, or less by what has no end in decimals. */
  readonly shares: readonly Decimal[];
  /** The price at which each part is bought at the latest in a fall, were the first one bought at `from`; the parts that are left where it has begun. */
  readonly pricesFrom: (from: number, begun?: Begun) => readonly number[];
  /** Where everything is sold at the latest, where the plan says so and not its bot. */
  readonly stopPrice?: number;
  /** Why exits, or what trading costs, do not fit the plan, in one sentence without its stop. `from` is the newest price, where it is known. */
  readonly refuse: (protection: Protection, instrument: Instrument, from: number | undefined) => string | undefined;
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
  /** Set where a position is built of several entries. */
  readonly plan?: (params: StrategyParams) => Plan;
  /** Parameters with everything in its place that follows from the price when a bot is made; a sentence where it does not follow. */
  readonly settle?: (params: StrategyParams, price: number | undefined) => StrategyParams | string;
  /** Stop and target of its bots where nothing else is said, as they are typed. */
  readonly exits?: { readonly stop: string; readonly take: string };
  /** Its rules, where it is two rules with a name; a parameter stands in them as `{fast}`. */
  readonly rules?: BotRules;
  readonly decider: (params: StrategyParams) => Decider;
}
