import type { BotSpec } from "./bot.ts";
import type { Decimal } from "./money.ts";
import type { Result } from "./result.ts";
import { HOUR_MS } from "./time.ts";
import { type Timeframe, timeframeMs } from "./timeframe.ts";

/** A bot without the account that it would belong to. */
export type TriedBot = Omit<BotSpec, "id" | "owner" | "account" | "mode">;

/** One point of the curve: the instant, and cash with what is held at the last price. */
export interface EquityPoint {
  readonly atMs: number;
  readonly equity: Decimal;
  /** What the capital would be worth had it bought the symbol at the first price, after fees of buying and selling. */
  readonly held: Decimal;
}

/** Time between marks of the equity: a candle of the bot's timeframe, at least an hour. */
export function markedEveryMs(timeframe: Timeframe): number {
  return Math.max(HOUR_MS, timeframeMs(timeframe));
}

/** What a bot would have done. Money in the symbol's quote currency. */
export interface BacktestResult {
  readonly currency: string;
  readonly capital: Decimal;
  /** The instants between which candles were decided on, and how many minutes had a candle. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly minutes: number;
  /** By quarter of an hour, as a bot's own results are kept. */
  readonly results: ReadonlyMap<number, Result>;
  readonly curve: readonly EquityPoint[];
  readonly equity: Decimal;
  /** Result of what is still held at the end, at its last price and before the fee of selling it. */
  readonly unrealized: Decimal;
  /** The deepest fall of the curve, as it was marked, below an earlier peak, as a share of that peak. */
  readonly drawdown: Decimal;
  readonly drawdownMs: number;
  /** Share of the time in which something was held. */
  readonly exposure: Decimal;
  readonly entries: number;
  /** Closing fills by what closed, as `stop-loss`, and denied entries by their code. */
  readonly exits: ReadonlyMap<string, number>;
  readonly denials: ReadonlyMap<string, number>;
  /** What the capital would be worth had it bought the symbol at the first price, after fees of buying and selling. */
  readonly held: Decimal | undefined;
  /** Set when the bot was faulted on the way: why. */
  readonly fault: string | undefined;
}

/** A backtest that has ended, as the desk remembers it. */
export interface BacktestRecord {
  readonly id: string;
  readonly by: string;
  readonly market: string;
  readonly marketLabel: string;
  readonly bot: TriedBot;
  readonly tookMs: number;
  readonly result: BacktestResult;
}
