import type { BacktestRecord } from "../domain/backtest.ts";
import type { Decimal } from "../domain/money.ts";
import type { Caller, NewBot } from "./engine.ts";

/** What a person wants to have tried. */
export interface BacktestWish {
  readonly bot: NewBot;
  /** A market that this desk reads, by its key. */
  readonly market: string;
  /** First and last instant of market time; as far as the market goes where one is left out. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** What the account begins with, in the symbol's quote currency. */
  readonly capital: Decimal;
}

/** How far a backtest has come. */
export interface BacktestProgress {
  readonly atMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Tries bots on candles of the past, away from everything that trades. */
export interface Backtests {
  /**
   * Resolves with what was kept under its id. Rejects with UserError in one sentence: no such market, symbol or span, one of that person's runs already, it took
   * too long, or the process is stopping; with TransientError when a live market does not answer.
   */
  run(wish: BacktestWish, caller: Caller, onProgress: (progress: BacktestProgress) => void): Promise<BacktestRecord>;
  /** Ends that person's running backtest; false when none runs. */
  cancel(user: string): boolean;
}
