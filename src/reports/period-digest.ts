import type { AccountState, BotState } from "../domain/books.ts";
import type { Mode } from "../domain/bot.ts";
import type { Digest, DigestPeriod } from "../domain/digest.ts";
import { type Decimal, ZERO } from "../domain/money.ts";
import type { Result } from "../domain/result.ts";
import { digestOf } from "./digest.ts";
import { notesOf } from "./digest-notes.ts";
import { mergedResults } from "./performance.ts";
import { capitalOf } from "./performance-groups.ts";
import { isoWeek, monthOf, type PeriodOf } from "./periods.ts";
import { realizedChart } from "./realized-chart.ts";
import { resultGroups } from "./result-groups.ts";
import { dayReader } from "./statistics.ts";

const PERIOD_OF: Readonly<Record<DigestPeriod, PeriodOf>> = { weekly: isoWeek, monthly: monthOf };
/** The curve ends with the last result of its period. */
const NO_END: Readonly<Record<Mode, number>> = { live: 0, demo: 0, paper: 0 };

export interface PeriodDigestWish {
  readonly period: DigestPeriod;
  /** A day of the period that is told of each mode. */
  readonly dayOf: (mode: Mode) => string;
  readonly timeZone: string;
  readonly priceOf: (symbol: string, account: string) => Decimal | undefined;
}

type Books = Readonly<AccountState>;
/** Before, in or after the period that is told: below, at or above zero. */
type Side = (epochMs: number, mode: Mode) => number;

/** The statistics of a week or a month: what a daily digest has, with the realized curve and the three things worth knowing. */
export function periodDigest(states: readonly Books[], { period, dayOf, timeZone, priceOf }: PeriodDigestWish): Digest {
  const periodOf = PERIOD_OF[period];
  const readDay = dayReader(timeZone);
  const wanted = (mode: Mode) => periodOf(dayOf(mode));
  const side: Side = (epochMs, mode) => compared(periodOf(readDay(epochMs)), wanted(mode));
  const until = states.map((state) => endedBooks(state, side));
  const shown = until.flatMap(({ bots }) => [...bots.values()].filter(({ deleted }) => !deleted));
  const isBefore = (day: string, mode: Mode) => periodOf(day) < wanted(mode);
  const picture = realizedChart(shown, until, { timeZone, now: NO_END, isBefore });
  return {
    ...digestOf(states, dayOf, timeZone, priceOf, periodOf),
    period,
    name: wanted("paper"),
    notes: notesFor(until, side, readDay),
    ...(picture && { picture }),
  };
}

function compared(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/** Books without the results that came after the period. */
function endedBooks(state: Books, side: Side): Books {
  const bots = [...state.bots].map(([id, bot]): [string, BotState] => {
    const results = [...bot.results].filter(([bucketMs]) => side(bucketMs, bot.spec.mode) <= 0);
    return [id, { ...bot, results: new Map(results) }];
  });
  return { ...state, bots: new Map(bots) };
}

/** What is worth knowing of the money that most is at stake with, of those that were traded. */
function notesFor(states: readonly Books[], side: Side, day: (epochMs: number) => string): readonly string[] {
  const lines = states.flatMap(({ bots }) => [...bots.values()].map((bot) => ({ mode: bot.spec.mode, symbol: bot.spec.symbol, bot })));
  for (const { mode, currency, bots } of resultGroups(lines, states)) {
    const all = mergedResults(bots.map(({ bot }) => bot));
    const results = new Map([...all].filter(([bucketMs]) => side(bucketMs, mode) === 0));
    if (results.size === 0) continue;
    const earlier = [...all].filter(([bucketMs]) => side(bucketMs, mode) < 0).reduce(realizedSum, ZERO);
    const capital = capitalOf(mode, currency, bots, states)?.plus(earlier);
    return notesOf(results, { capital, currency, day });
  }
  return ["Nothing was traded."];
}

function realizedSum(sum: Decimal, [, { realized }]: readonly [number, Result]): Decimal {
  return sum.plus(realized);
}
