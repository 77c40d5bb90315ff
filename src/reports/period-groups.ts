import type { AccountState, BotState } from "../domain/books.ts";
import type { Mode } from "../domain/bot.ts";
import { addResults, NO_RESULT, type Result } from "../domain/result.ts";
import { DAY_MS } from "../domain/time.ts";
import { lastPeriods, type PeriodOf, resultsByPeriod } from "./periods.ts";
import { deletedBots, type ResultGroup, resultGroups } from "./result-groups.ts";
import { dayReader, resultsByDay } from "./statistics.ts";

type Bot = Readonly<BotState>;

export interface PeriodWish {
  readonly timeZone: string;
  /** The instant that each mode has reached. */
  readonly now: Readonly<Record<Mode, number>>;
  readonly periods: number;
  readonly periodOf: PeriodOf;
  /** More days than any such period has, so that older results need not be read. */
  readonly periodDaysMax: number;
}

export interface PeriodResults extends Omit<ResultGroup<Bot>, "bots"> {
  /** Newest first. */
  readonly periods: readonly { readonly name: string; readonly result: Result }[];
  readonly sum: Result;
}

/** Results of the newest local periods by mode and currency. Deleted bots of the accounts count where they traded. */
export function periodGroups(
  shown: readonly Bot[],
  accounts: readonly Readonly<AccountState>[],
  wish: PeriodWish,
): readonly PeriodResults[] {
  const day = dayReader(wish.timeZone);
  const lines = [...shown, ...deletedBots(accounts)].map((bot) => {
    const { mode, symbol } = bot.spec;
    const days = resultsByDay(bot, day, wish.now[mode] - (wish.periods + 1) * wish.periodDaysMax * DAY_MS);
    return { mode, symbol, deleted: bot.deleted, periods: resultsByPeriod(days, wish.periodOf) };
  });
  const groups = resultGroups(
    lines.filter((line) => !line.deleted || line.periods.size > 0),
    accounts,
  );
  return groups.map(({ mode, currency, bots }) => {
    const periods = lastPeriods(day(wish.now[mode]), wish.periods, wish.periodOf).map((name) => {
      const result = bots.reduce((sum, bot) => addResults(sum, bot.periods.get(name) ?? NO_RESULT), NO_RESULT);
      return { name, result };
    });
    return { mode, currency, periods, sum: periods.reduce((sum, { result }) => addResults(sum, result), NO_RESULT) };
  });
}
