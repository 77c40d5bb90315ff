import type { AccountState, BotState } from "../domain/books.ts";
import type { Mode } from "../domain/bot.ts";

/** What may be added up: results of one mode, paid in one currency. Real money, test money and paper never meet in one number. */
export interface ResultGroup<B> {
  readonly mode: Mode;
  readonly currency: string;
  readonly bots: readonly B[];
}

interface Traded {
  readonly mode: Mode;
  readonly symbol: string;
}

/** Most at stake first. */
const RANKS: Readonly<Record<Mode, number>> = { live: 0, demo: 1, paper: 2 };
const NOBODYS_CURRENCY = "USDT";

/** The currency that a symbol's results are in: `USDT` of `BTC/USDT` and of `BTC/USDT:USDT`. */
export function quoteOf(symbol: string): string {
  return symbol.split(/[/:]/)[1] ?? "";
}

/** The deleted bots of accounts that have results: they count in every sum, and are shown in none by name. */
export function deletedBots(accounts: readonly Readonly<AccountState>[]): readonly Readonly<BotState>[] {
  return accounts.flatMap((state) => [...state.bots.values()].filter((bot) => bot.deleted && bot.results.size > 0));
}

/** Bots by mode and currency, LIVE first. A mode that has an account and no bots is a group of nothing; so is paper when there is nothing at all. */
export function resultGroups<B extends Traded>(
  bots: readonly B[],
  accounts: readonly Pick<AccountState, "mode" | "currency">[],
): readonly ResultGroup<B>[] {
  const groups = new Map<string, { mode: Mode; currency: string; bots: B[] }>();
  const groupOf = (mode: Mode, currency: string) => {
    const known = groups.get(`${mode} ${currency}`) ?? { mode, currency, bots: [] };
    groups.set(`${mode} ${currency}`, known);
    return known;
  };
  for (const bot of bots) groupOf(bot.mode, quoteOf(bot.symbol)).bots.push(bot);
  const traded = new Set([...groups.values()].map(({ mode }) => mode));
  for (const { mode, currency } of accounts) if (!traded.has(mode)) groupOf(mode, currency);
  if (groups.size === 0) groupOf("paper", NOBODYS_CURRENCY);
  return [...groups.values()].sort((a, b) => RANKS[a.mode] - RANKS[b.mode] || (a.currency < b.currency ? -1 : 1));
}
