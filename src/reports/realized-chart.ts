import type { AccountState, BotState } from "../domain/books.ts";
import type { Mode } from "../domain/bot.ts";
import { ZERO } from "../domain/money.ts";
import { RESULT_BUCKET_MS } from "../domain/result.ts";
import type { Picture } from "../ports/picture.ts";
import { equityChart } from "./charts/equity-chart.ts";
import type { EquityAt } from "./charts/equity-data.ts";
import { mergedResults } from "./performance.ts";
import { capitalOf } from "./performance-groups.ts";
import type { PeriodWish } from "./period-groups.ts";
import { lastPeriods } from "./periods.ts";
import { deletedBots, resultGroups } from "./result-groups.ts";
import { dayReader } from "./statistics.ts";

type Bot = Readonly<BotState>;
type Account = Readonly<AccountState>;

export interface RealizedWish {
  readonly timeZone: string;
  /** The instant that each mode has reached. */
  readonly now: Readonly<Record<Mode, number>>;
  /** Whether a local day lies before what is shown. */
  readonly isBefore: (day: string, mode: Mode) => boolean;
}

const TITLES: Readonly<Record<Mode, string>> = { live: "LIVE, realized", demo: "DEMO, realized", paper: "Paper, realized" };

/**
 * The realized curve of the money that most is at stake with, of those that made something in the time that is shown: the curve from which the drawdown
 * of a performance is read. Undefined where nothing was made. Where the capital is not to be told, the curve begins at nothing.
 */
export function realizedChart(shown: readonly Bot[], accounts: readonly Account[], wish: RealizedWish): Picture | undefined {
  const day = dayReader(wish.timeZone);
  const lines = [...shown, ...deletedBots(accounts)].map((bot) => ({ mode: bot.spec.mode, symbol: bot.spec.symbol, bot }));
  for (const { mode, currency, bots } of resultGroups(lines, accounts)) {
    const results = [...mergedResults(bots.map(({ bot }) => bot))];
    const from = firstOf(results, ([bucketMs]) => !wish.isBefore(day(bucketMs), mode));
    if (from === results.length) continue;
    const capital = capitalOf(mode, currency, bots, accounts);
    const begun = capital && results.slice(0, from).reduce((sum, [, { realized }]) => sum.plus(realized), capital);
    let equity = begun ?? ZERO;
    // Each result stands where the drawdown of a performance counts it, and what was there before it a quarter of an hour earlier.
    const points: EquityAt[] = [{ atMs: results[from]![0] - RESULT_BUCKET_MS, equity }];
    for (const [bucketMs, { realized }] of results.slice(from)) {
      equity = equity.plus(realized);
      points.push({ atMs: bucketMs, equity });
    }
    if (wish.now[mode] > points.at(-1)!.atMs) points.push({ atMs: wish.now[mode], equity });
    const note = `${capital ? "Start balance and realized" : "Realized"} results after fees; open positions are not in it`;
    return equityChart({ title: TITLES[mode], currency, note, points, isStepped: true });
  }
  return undefined;
}

/** The realized curve of the newest local periods. */
export function periodChart(shown: readonly Bot[], accounts: readonly Account[], wish: PeriodWish): Picture | undefined {
  const { timeZone, now, periods, periodOf } = wish;
  const day = dayReader(timeZone);
  const oldest = (mode: Mode) => lastPeriods(day(now[mode]), periods, periodOf).at(-1) ?? "";
  const firsts: Readonly<Record<Mode, string>> = { live: oldest("live"), demo: oldest("demo"), paper: oldest("paper") };
  return realizedChart(shown, accounts, { timeZone, now, isBefore: (name, mode) => periodOf(name) < firsts[mode] });
}

/** The index of the first that is wanted, in a list whose wanted ones all come last. Reading a local day is slow: few are read. */
function firstOf<T>(list: readonly T[], isWanted: (item: T) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isWanted(list[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
