import { marked } from "../domain/bot.ts";
import type { DeskState } from "../domain/desk.ts";
import { isFlat } from "../domain/position.ts";
import type { MarketMs } from "../domain/time.ts";
import type { PanicFacts } from "../ports/engine.ts";
import type { Account } from "./account.ts";

/** What a panic is about to do, from memory. */
export function panicFacts(accounts: readonly Account[]): PanicFacts {
  let canceledEntries = 0;
  const closing: string[] = [];
  for (const { state } of accounts) {
    for (const order of state.orders.values()) if (order.purpose === "entry") canceledEntries += 1;
    for (const { spec, position } of state.bots.values()) {
      if (!isFlat(position)) closing.push(`${marked(spec.name, spec.mode)}: ${position.quantity.toFormat()} ${spec.symbol.split("/")[0]}`);
    }
  }
  return { canceledEntries, closing };
}

/**
 * Before a step of the market: the panic that was written when the market stood before it, for accounts that a crash kept from hearing of it. So nothing more
 * is bought or sold on the way to it, and it comes at its own place in market time. Resolves when it is in the books; undefined where nothing is to be done.
 */
export function panicBefore(atMs: MarketMs, halt: DeskState["halt"], accounts: () => readonly Account[]): Promise<unknown> | undefined {
  if (!halt?.panic || atMs <= (halt.marketMs ?? Number.NEGATIVE_INFINITY)) return undefined;
  const begun = accounts().flatMap((account) => (account.isHeld ? (startPanic(account, halt.reason) ?? []) : []));
  return begun.length === 0 ? undefined : Promise.all(begun);
}

/** Cancels the entries of an account and sells all it holds, one position at a time; asking again while it is under way does nothing. It overtakes whatever waits in the account's queue. */
export function startPanic(account: Account, reason: string): Promise<void> | undefined {
  const { state, executor, queue } = account;
  const holds = [...state.bots.values()].some(({ position }) => !isFlat(position));
  const enters = [...state.orders.values()].some(({ purpose }) => purpose === "entry");
  if (state.panic || account.panicWaits || (!holds && !enters)) return undefined;
  account.panicWaits = true;
  return queue.runFirst(async () => {
    account.panicWaits = false;
    if (state.panic) return;
    const at = account.now();
    const canceled = [];
    for (const bot of state.bots.values()) canceled.push(...(await executor.cancelEntries(bot, "panic")));
    const wish = { decision: `panic-${at}`, slotMs: at, reason: `panic: ${reason}`, values: {} };
    const closing = [...state.bots.values()].flatMap((bot) => executor.closing(bot, "panic", wish));
    await executor.send([{ type: "panic-started", scope: state.account, reason }, ...canceled, ...closing]);
    await executor.finishPanic();
  });
}
