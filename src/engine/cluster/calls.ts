import { UserError } from "../../domain/errors.ts";
import type { SealedKey } from "../../domain/sealed.ts";
import type { BotChange } from "../../ports/bot-changes.ts";
import type { BotRanges, BreakerOpening, Caller, ManualOrder, NewAccount, NewBot } from "../../ports/engine.ts";
import type { TradingEngine } from "../engine.ts";
import type { LiveDesk } from "../live/desk.ts";

/** What does things to accounts in the process that has them. */
export interface Hands {
  readonly engine: TradingEngine;
  readonly live: LiveDesk;
}

/** Everything that one process may ask of the one that has an account. Its names are in the asks that a store keeps: an old one stays as long as processes of the version before may ask it. */
export const CALLS = {
  look: ({ engine }: Hands, bot: string) => engine.look(bot),
  entryNow: ({ engine }: Hands, bot: string) => engine.entryNow(bot),
  why: ({ engine }: Hands, bot: string) => engine.why(bot),
  whyAt: ({ engine }: Hands, bot: string, atMs: Parameters<TradingEngine["whyAt"]>[1]) => engine.whyAt(bot, atMs),
  createBot: ({ engine }: Hands, wish: NewBot, caller: Caller) => engine.createBot(wish, caller),
  startBot: ({ engine }: Hands, bot: string, caller: Caller) => engine.startBot(bot, caller),
  stopBot: ({ engine }: Hands, bot: string, close: boolean, caller: Caller) => engine.stopBot(bot, close, caller),
  deleteBot: ({ engine }: Hands, bot: string, caller: Caller) => engine.deleteBot(bot, caller),
  closePosition: ({ engine }: Hands, bot: string, caller: Caller) => engine.closePosition(bot, caller),
  previewChange: ({ engine }: Hands, bot: string, change: BotChange) => engine.changes.preview(bot, change),
  previewUndo: ({ engine }: Hands, bot: string) => engine.changes.previewUndo(bot),
  setBot: ({ engine }: Hands, bot: string, change: BotChange, caller: Caller) => engine.changes.set(bot, change, caller),
  undoBot: ({ engine }: Hands, bot: string, caller: Caller) => engine.changes.undo(bot, caller),
  promotion: ({ engine }: Hands, bot: string, account: string, newName: string | undefined, ranges?: BotRanges) =>
    engine.promotion(bot, account, newName, ranges),
  promoteBot: ({ engine }: Hands, bot: string, account: string, newName: string | undefined, caller: Caller, ranges?: BotRanges) =>
    engine.promoteBot(bot, account, newName, caller, ranges),
  enterOrder: ({ engine }: Hands, order: ManualOrder, caller: Caller) => engine.enterOrder(order, caller),
  cancelOrder: ({ engine }: Hands, clientOrderId: string, caller: Caller) => engine.cancelOrder(clientOrderId, caller),
  price: ({ engine }: Hands, symbol: string, account: string) => engine.price(symbol, account),
  changeKey: ({ live }: Hands, wish: Omit<NewAccount, "credentials">, sealed: SealedKey, caller: Caller) =>
    live.changeKey(wish, sealed, caller),
  account: ({ engine }: Hands, account: string) => engine.account(account),
  testAccount: ({ engine }: Hands, account: string) => engine.testAccount(account),
  reconcileAccount: ({ engine }: Hands, account: string) => engine.reconcileAccount(account),
  drillAccount: ({ engine }: Hands, account: string, caller: Caller) => engine.drillAccount(account, caller, () => undefined),
  removeAccount: ({ engine }: Hands, account: string, caller: Caller) => engine.removeAccount(account, caller),
  resumeAccount: ({ engine }: Hands, account: string, caller: Caller) => engine.resumeAccount(account, caller),
  limitLeverage: ({ engine }: Hands, account: string, leverage: number, caller: Caller, from?: number) =>
    engine.limitLeverage(account, leverage, caller, from),
  resetBreaker: ({ engine }: Hands, account: string, opening: BreakerOpening, reason: string, caller: Caller) =>
    engine.breakers.reset(account, opening, reason, caller),
} as const;

export type Call = keyof typeof CALLS;
export type CallArgs<C extends Call> = Parameters<(typeof CALLS)[C]> extends [Hands, ...infer Args] ? Args : never;
export type CallResult<C extends Call> = Awaited<ReturnType<(typeof CALLS)[C]>>;

/** What lowers risk is never taken back once it was asked for: it waits until some process has the account. */
export const STANDS: ReadonlySet<Call> = new Set(["stopBot", "closePosition", "cancelOrder"]);

/** What is about a bot of another account than the one that is asked. */
export const OF_TWO_ACCOUNTS: ReadonlySet<string> = new Set<Call>(["promotion", "promoteBot"]);

/** Does what another process asks for. */
export async function perform(hands: Hands, call: string, args: readonly unknown[]): Promise<unknown> {
  // Said to the person who wanted it, for the desk is well: it is being upgraded.
  if (!isCall(call))
    throw new UserError(
      `The process that has this account is of a version that cannot do this (${call.slice(0, 40)}), so nothing was done. Try again when all processes are of one version; system nodes shows theirs.`,
    );
  // Both ends are checked against this table by the compiler, so that the arguments are what the call takes.
  const does = CALLS[call] as (hands: Hands, ...args: readonly unknown[]) => unknown;
  return does(hands, ...args);
}

function isCall(name: string): name is Call {
  return Object.hasOwn(CALLS, name);
}
