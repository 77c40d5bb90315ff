import { type Store, StoreUnavailable } from "../../ports/store.ts";
import type { Account } from "../account.ts";
import { LiveAccount } from "./account.ts";

/** Whether the exchange may still take something that this process sent for an account: whoever has it next must not send within the same time. */
export function mayStillTake(account: Account): boolean {
  return account instanceof LiveAccount && account.venue?.mayStillTake() === true;
}

/** Gives those accounts back of which that is so, and says it with them. All others are given back with the store. */
export async function giveUnanswered(accounts: readonly Account[], store: Pick<Store, "release">): Promise<void> {
  for (const { writer } of accounts.filter(mayStillTake)) {
    try {
      await store.release(writer.name, true);
    } catch (failure) {
      // A store that does not answer makes up for it by itself.
      if (!(failure instanceof StoreUnavailable)) throw failure;
    }
  }
}
