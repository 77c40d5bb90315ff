import type { BotState } from "../domain/books.ts";
import { type Decimal, decimal, max, toDouble, ZERO } from "../domain/money.ts";
import { addResults, NO_RESULT, type Result } from "../domain/result.ts";
import { daysBetween } from "./periods.ts";

/** Markets of coins have no closing days: a year has as many daily returns as days. */
const DAYS_A_YEAR = 365;
/** A deviation needs two of what deviates. */
const RATIO_DAYS_MIN = 2;
/** Significant digits of a ratio that are kept. */
const RATIO_DIGITS = 12;

/** What the figures are called wherever they are shown; docs/statistics.md defines each. */
export const FIGURE_NAMES = {
  realized: "Realized",
  unrealized: "Unrealized",
  fees: "Fees",
  winRate: "Win rate",
  expectancy: "Expectancy",
  profitFactor: "Profit factor",
  sharpe: "Sharpe",
  sortino: "Sortino",
  calmar: "Calmar",
  drawdown: "Max drawdown",
  belowPeak: "Longest time below a peak",
  exposure: "In the market",
  slippage: "Slippage",
} as const;

export interface Drawdown {
  /** The deepest fall below an earlier peak, in quote. */
  readonly amount: Decimal;
  /** The deepest fall as a share of the peak; undefined where the capital is not known. */
  readonly share: Decimal | undefined;
  /** The longest time from a peak until it was reached again, or until now. */
  readonly longestMs: number;
}

/** Undefined where a ratio has no meaning: nothing deviates, nothing was lost, or there was no capital to earn on. */
export interface Ratios {
  readonly days: number;
  readonly sharpe: number | undefined;
  readonly sortino: number | undefined;
  readonly calmar: number | undefined;
}

export interface Performance {
  readonly result: Result;
  /** In percent of the closing fills; undefined before the first. */
  readonly winRatePct: Decimal | undefined;
  /** Net result for each closing fill; undefined before the first. */
  readonly expectancy: Decimal | undefined;
  /** What winning closing fills made by what losing ones lost; undefined while nothing was lost. */
  readonly profitFactor: Decimal | undefined;
  readonly drawdown: Drawdown;
  readonly ratios: Ratios;
}

export interface Span {
  /** Start balance of the accounts that these results were made with; undefined where it is not to be told. */
  readonly capital: Decimal | undefined;
  /** First local day that counts; everything when it is left out. */
  readonly since: string | undefined;
  readonly nowMs: number;
  readonly day: (epochMs: number) => string;
}

/** Results of several bots by quarter of an hour, oldest first. */
export function mergedResults(bots: readonly Pick<BotState, "results">[]): ReadonlyMap<number, Result> {
  const sums = new Map<number, Result>();
  for (const { results } of bots)
    for (const [bucketMs, result] of results) sums.set(bucketMs, addResults(sums.get(bucketMs) ?? NO_RESULT, result));
  return new Map([...sums].sort(([a], [b]) => a - b));
}

/**
 * The figures of docs/statistics.md over results by quarter of an hour, oldest first. The curve behind them is the start balance and every
 * realized result after fees, both from the ledger; a deposit or a withdrawal is in neither.
 */
export function performanceOf(results: ReadonlyMap<number, Result>, { capital, since, nowMs, day }: Span): Performance {
  let begun = capital ?? ZERO;
  let sum = NO_RESULT;
  const counted: [number, Result][] = [];
  const days = new Map<string, Decimal>();
  for (const [bucketMs, result] of results) {
    const name = day(bucketMs);
    if (since !== undefined && name < since) {
      begun = begun.plus(result.realized);
      continue;
    }
    counted.push([bucketMs, result]);
    sum = addResults(sum, result);
    days.set(name, (days.get(name) ?? ZERO).plus(result.realized));
  }
  const drawdown = drawdownOf(counted, begun, nowMs, capital !== undefined);
  const returns = capital === undefined ? undefined : dailyReturns(days, begun, day(nowMs));
  return {
    result: sum,
    winRatePct: sum.closes === 0 ? undefined : decimal(sum.wins * 100).dividedBy(sum.closes),
    expectancy: sum.closes === 0 ? undefined : sum.realized.dividedBy(sum.closes),
    profitFactor: sum.losses.isZero() ? undefined : sum.gains.dividedBy(sum.losses),
    drawdown,
    ratios: ratiosOf(returns ?? [], drawdown.share),
  };
}

/** Magdon-Ismail and Atiya, "Maximum drawdown", Risk 17 (2004): the largest fall from a running maximum, here of the realized curve by quarter of an hour. */
function drawdownOf(results: readonly [number, Result][], begun: Decimal, nowMs: number, isCapitalKnown: boolean): Drawdown {
  const [first] = results;
  let [equity, peak, peakMs] = [begun, begun, first?.[0] ?? nowMs];
  let amount = ZERO;
  let share: Decimal | undefined = isCapitalKnown && begun.isGreaterThan(0) ? ZERO : undefined;
  let longestMs = 0;
  let isBelow = false;
  for (const [atMs, { realized }] of results) {
    equity = equity.plus(realized);
    if (equity.isGreaterThanOrEqualTo(peak)) {
      if (isBelow) longestMs = Math.max(longestMs, atMs - peakMs);
      [peak, peakMs, isBelow] = [equity, atMs, false];
    } else isBelow = true;
    amount = max(amount, peak.minus(equity));
    if (share) share = max(share, peak.minus(equity).dividedBy(peak));
  }
  return { amount, share, longestMs: isBelow ? Math.max(longestMs, nowMs - peakMs) : longestMs };
}

/** Each day's realized result by the equity that the day began with, quiet days included; none once the equity is used up. Rounded half-even to 18 decimals. */
function dailyReturns(results: ReadonlyMap<string, Decimal>, begun: Decimal, today: string): readonly number[] | undefined {
  const first = [...results.keys()].at(0);
  if (first === undefined) return undefined;
  let equity = begun;
  const returns: number[] = [];
  for (const name of daysBetween(first, today)) {
    if (!equity.isGreaterThan(0)) return undefined;
    const result = results.get(name) ?? ZERO;
    returns.push(toDouble(result.dividedBy(equity)));
    equity = equity.plus(result);
  }
  return returns;
}

/**
 * Sharpe, "The Sharpe Ratio", J. of Portfolio Management 21 (1994): mean by sample deviation, without a riskless rate. Sortino and Price,
 * "Performance Measurement in a Downside Risk Framework", J. of Investing 3 (1994): mean by the root of the mean squared loss, target zero. Both
 * are annualized by the root of 365. Young, "Calmar Ratio", Futures 20 (1991): the return of a year by the maximum drawdown; the return of a
 * year is 365 times the mean, because compounding a few days says nothing.
 */
function ratiosOf(returns: readonly number[], drawdown: Decimal | undefined): Ratios {
  const days = returns.length;
  if (days < RATIO_DAYS_MIN) return { days, sharpe: undefined, sortino: undefined, calmar: undefined };
  const mean = returns.reduce((sum, each) => sum + each, 0) / days;
  const isEven = returns.every((each) => each === returns[0]);
  const deviation = Math.sqrt(returns.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (days - 1));
  const downside = Math.sqrt(returns.reduce((sum, each) => sum + Math.min(each, 0) ** 2, 0) / days);
  const deepest = drawdown === undefined ? 0 : toDouble(drawdown);
  return {
    days,
    sharpe: isEven ? undefined : rounded((mean / deviation) * Math.sqrt(DAYS_A_YEAR)),
    sortino: downside === 0 ? undefined : rounded((mean / downside) * Math.sqrt(DAYS_A_YEAR)),
    calmar: deepest === 0 ? undefined : rounded((mean * DAYS_A_YEAR) / deepest),
  };
}

/** Doubles carry noise in their last digits: without it a tie such as -45.625 is one again when it is shown. */
function rounded(ratio: number): number {
  return Number(ratio.toPrecision(RATIO_DIGITS));
}
