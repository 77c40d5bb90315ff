import { type BotState, isAtWork } from "../domain/books.ts";
import { UserError } from "../domain/errors.ts";

type Bots = Iterable<Readonly<BotState>>;

/** The bot that trades or holds a symbol, of all bots of one account at an exchange: there is one at most. */
export function traderOf(bots: Bots, symbol: string): Readonly<BotState> | undefined {
  for (const bot of bots) if (bot.spec.symbol === symbol && !bot.deleted && isAtWork(bot)) return bot;
  return undefined;
}

/** Why nobody but these bots may trade a symbol in their account, as a sentence with what to do; undefined where none of them does. */
export function takenSymbol(bots: Bots, { symbol, account }: { readonly symbol: string; readonly account: string }): string | undefined {
  const trader = traderOf(bots, symbol);
  return trader && `${trader.spec.name} trades ${symbol} in ${account} already, and one bot for a symbol is the most: stop it first.`;
}

/** Throws UserError when one of an account's bots, other than the one that wants to, trades the symbol already. */
export function checkAlone(bots: Bots, wanted: { readonly symbol: string; readonly account: string }): void {
  const taken = takenSymbol(bots, wanted);
  if (taken !== undefined) throw new UserError(taken);
}
