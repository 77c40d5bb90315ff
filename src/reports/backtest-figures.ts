import type { BacktestResult } from "../domain/backtest.ts";
import { type Performance, performanceOf } from "./performance.ts";
import { dayReader } from "./statistics.ts";

/** The figures of docs/statistics.md over the results of a backtest. */
export function backtestFigures({ results, capital, toMs }: BacktestResult, timeZone: string): Performance {
  return performanceOf(results, { capital, since: undefined, nowMs: toMs, day: dayReader(timeZone) });
}
