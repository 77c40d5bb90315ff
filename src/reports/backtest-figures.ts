import type { BacktestRecord, BacktestResult } from "../domain/backtest.ts";
import { NO_RESULT } from "../domain/result.ts";
import type { Picture } from "../ports/picture.ts";
import { equityChart } from "./charts/equity-chart.ts";
import { type Performance, performanceOf } from "./performance.ts";
import { dayReader } from "./statistics.ts";

/** The figures of docs/statistics.md over the results of a backtest. */
export function backtestFigures({ results, capital, toMs }: BacktestResult, timeZone: string): Performance {
  // Records of earlier versions know nothing of some parts.
  const whole = new Map([...results].map(([bucketMs, result]) => [bucketMs, { ...NO_RESULT, ...result }]));
  return performanceOf(whole, { capital, since: undefined, nowMs: toMs, day: dayReader(timeZone) });
}

/** What a backtest was worth over time beside buying once and holding, with its drawdown below. */
export function backtestPicture({ id, bot, result }: BacktestRecord): Picture {
  const { currency, curve, drawdown } = result;
  return equityChart({
    title: `${id}: ${bot.name}, ${bot.symbol} ${bot.timeframe}`,
    currency,
    note: "Cash and what is held at its price, after fees",
    points: curve,
    drawdown,
    compared: { name: "Buy and hold", points: curve.map(({ atMs, held }) => ({ atMs, equity: held })) },
  });
}
