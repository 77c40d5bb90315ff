import { marked } from "../domain/bot.ts";
import { isFlat } from "../domain/position.ts";
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
