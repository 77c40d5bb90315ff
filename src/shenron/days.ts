import type { AccountState, BotState } from "../domain/books.ts";
import type { AccountEvent } from "../domain/events.ts";
import { plain } from "../domain/money.ts";
import { addResults, NO_RESULT, type Result } from "../domain/result.ts";
import { HOUR_MS } from "../domain/time.ts";
import { dayReader } from "../reports/statistics.ts";
import { DAY_BOTS_MAX } from "./contract.ts";
import type { DayFacts } from "./items.ts";

/** The longest local day, with its clock change. */
const DAY_SPAN_MAX_MS = 25 * HOUR_MS;

/**
 * What the beginning of a local day tells of the newest earlier day on which an account traded. Results of a day that is over never change, so that this is the same
 * whenever it is asked.
 */
export function dayFactsIn(timeZone: string) {
  const day = dayReader(timeZone);
  return (state: Readonly<AccountState>, event: Extract<AccountEvent, { type: "day-started" }>, marketMs: number): DayFacts => {
    const { mode, currency } = state;
    return { day: event.day, mode, currency, openingEquity: plain(event.equity), before: dayBefore(state, event.day, marketMs, day) };
  };
}

function dayBefore(state: Readonly<AccountState>, began: string, marketMs: number, day: (epochMs: number) => string): DayFacts["before"] {
  const bots = [...state.bots.values()];
  const newestMs = newestBefore(bots, began, marketMs, day);
  if (newestMs === undefined) return null;
  const name = day(newestMs);
  const results = bots
    .map((bot) => ({ bot, result: resultOf(bot, newestMs, (bucketMs) => day(bucketMs) === name) }))
    .filter(({ result }) => result.fills > 0)
    .sort((a, b) => (a.bot.spec.name < b.bot.spec.name ? -1 : 1));
  const listed = results
    .slice(0, DAY_BOTS_MAX)
    .map(({ bot: { spec }, result }) => ({ name: spec.name, symbol: spec.symbol, ...told(result) }));
  const all = results.reduce((sum, { result }) => addResults(sum, result), NO_RESULT);
  return { day: name, ...told(all), bots: listed, botsLeftOut: results.length - listed.length };
}

/** The newest quarter of an hour with a fill that lies on an earlier day. Quarters are numbers, so that a year of them takes a moment. */
function newestBefore(bots: readonly BotState[], began: string, marketMs: number, day: (epochMs: number) => string): number | undefined {
  for (let limitMs = marketMs + 1; ; ) {
    let newestMs = Number.NEGATIVE_INFINITY;
    for (const { results } of bots)
      for (const bucketMs of results.keys()) if (bucketMs < limitMs && bucketMs > newestMs) newestMs = bucketMs;
    if (newestMs === Number.NEGATIVE_INFINITY) return undefined;
    if (day(newestMs) < began) return newestMs;
    limitMs = newestMs;
  }
}

function resultOf(bot: BotState, newestMs: number, isOfDay: (bucketMs: number) => boolean): Result {
  let sum = NO_RESULT;
  for (const [bucketMs, result] of bot.results)
    if (bucketMs <= newestMs && bucketMs > newestMs - DAY_SPAN_MAX_MS && isOfDay(bucketMs)) sum = addResults(sum, result);
  return sum;
}

function told({ realized, fees, fills, closes, wins }: Result) {
  return { realized: plain(realized), fees: plain(fees), fills, closes, wins };
}
