import type { AccountState, BotState } from "../domain/books.ts";
import { type Mode, marked } from "../domain/bot.ts";
import { type Decimal, ZERO } from "../domain/money.ts";
import { isFlat } from "../domain/position.ts";
import { addResults, NO_RESULT, type Result } from "../domain/result.ts";
import { dayBegins, type Exposure, exposureOf } from "./exposure.ts";
import { mergedResults, type Performance, performanceOf } from "./performance.ts";
import { isoWeek, monthOf } from "./periods.ts";
import { deletedBots, resultGroups } from "./result-groups.ts";
import { dayReader } from "./statistics.ts";

/** What the rows of a performance may be. */
export const SLICES = ["bot", "strategy", "symbol", "group", "day", "week", "month"] as const;
export type Slice = (typeof SLICES)[number];

type Bot = Readonly<BotState>;
type Account = Readonly<AccountState>;

export interface PerformanceWish {
  readonly timeZone: string;
  /** The instant that each mode has reached. */
  readonly now: Readonly<Record<Mode, number>>;
  readonly since: string | undefined;
  readonly by: Slice;
}

export interface PerformanceGroup {
  readonly mode: Mode;
  readonly currency: string;
  readonly performance: Performance;
  /** Coins of paper start balances that are not in the capital, for their price then is in no books; while there are some, nothing is told in percent of it. */
  readonly uncounted: readonly string[];
  /** Undefined while a price is missing. */
  readonly unrealized: Decimal | undefined;
  /** Undefined before the first fill. */
  readonly exposure: Exposure | undefined;
  /** By name, days and longer newest first. */
  readonly rows: readonly { readonly name: string; readonly result: Result }[];
}

interface Line {
  readonly mode: Mode;
  readonly symbol: string;
  readonly bot: Bot;
  readonly unrealized: Decimal | undefined;
}

/** How well bots did, by mode and currency. Deleted bots of the accounts count. */
export function performanceGroups(
  shown: readonly { readonly state: Bot; readonly unrealized: Decimal | undefined }[],
  accounts: readonly Account[],
  wish: PerformanceWish,
): readonly PerformanceGroup[] {
  const day = dayReader(wish.timeZone);
  const lines: Line[] = [...shown, ...deletedBots(accounts).map((state) => ({ state, unrealized: ZERO }))].map(
    ({ state: bot, unrealized }) => {
      return { mode: bot.spec.mode, symbol: bot.spec.symbol, bot, unrealized: isFlat(bot.position) ? ZERO : unrealized };
    },
  );
  return resultGroups(lines, accounts).map(({ mode, currency, bots }) => {
    const capital = capitalOf(mode, currency, bots, accounts);
    const results = mergedResults(bots.map(({ bot }) => bot));
    return {
      mode,
      currency,
      performance: performanceOf(results, { capital, since: wish.since, nowMs: wish.now[mode], day }),
      uncounted: capital || mode !== "paper" ? [] : uncountedOf(currency, accounts),
      unrealized: bots.reduce((sum: Decimal | undefined, each) => each.unrealized && sum?.plus(each.unrealized), ZERO),
      exposure: exposureOf(
        bots.map(({ bot }) => bot),
        wish.now[mode],
        wish.since === undefined ? undefined : dayBegins(wish.since, day),
      ),
      rows: rowsOf(bots, wish, day),
    };
  });
}

/**
 * Start balances of the accounts of one kind of money; undefined where some of these bots trade in an account that the reader may not see, and where a
 * paper account began with other coins, too: bots are sized by them, so the money alone is not what they trade with.
 */
export function capitalOf(
  mode: Mode,
  currency: string,
  lines: readonly { readonly bot: Bot }[],
  accounts: readonly Account[],
): Decimal | undefined {
  const own = accounts.filter((state) => state.mode === mode);
  if (!lines.every(({ bot }) => own.some(({ account }) => account === bot.spec.account))) return undefined;
  if (mode === "paper" && uncountedOf(currency, accounts).length > 0) return undefined;
  return own.reduce((sum, state) => sum.plus(state.startBalances.get(currency) ?? ZERO), ZERO);
}

/** At an exchange other coins are the person's own and size no bot; on paper they do. */
function uncountedOf(currency: string, accounts: readonly Account[]): readonly string[] {
  const paper = accounts.filter(({ mode }) => mode === "paper");
  const coins = paper.flatMap(({ startBalances }) => [...startBalances].filter(([coin, held]) => coin !== currency && !held.isZero()));
  return [...new Set(coins.map(([coin]) => coin))].sort();
}

function rowsOf(lines: readonly Line[], { by, since }: PerformanceWish, day: (epochMs: number) => string): PerformanceGroup["rows"] {
  const isTime = by === "day" || by === "week" || by === "month";
  const rows = new Map<string, Result>();
  const add = (name: string, result: Result) => rows.set(name, addResults(rows.get(name) ?? NO_RESULT, result));
  for (const { bot } of lines) {
    if (!isTime) add(nameOf(bot, by), NO_RESULT);
    for (const [bucketMs, result] of bot.results) {
      const date = isTime || since !== undefined ? day(bucketMs) : "";
      if (since === undefined || date >= since) add(isTime ? PERIODS[by](date) : nameOf(bot, by), result);
    }
  }
  const sorted = [...rows].map(([name, result]) => ({ name, result })).sort((a, b) => (a.name < b.name ? -1 : 1));
  return isTime ? sorted.reverse() : sorted;
}

const PERIODS: Readonly<Record<"day" | "week" | "month", (day: string) => string>> = {
  day: (day) => day,
  week: isoWeek,
  month: monthOf,
};

function nameOf({ spec, deleted }: Bot, by: Exclude<Slice, "day" | "week" | "month">): string {
  switch (by) {
    case "bot":
      return deleted ? "deleted bots" : marked(spec.name, spec.mode);
    case "strategy":
      return spec.strategy;
    case "symbol":
      return spec.symbol;
    case "group":
      return spec.group ?? "no group";
  }
}
