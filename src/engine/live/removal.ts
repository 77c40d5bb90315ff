import { type AccountState, isAtWork } from "../../domain/books.ts";
import { UserError } from "../../domain/errors.ts";
import type { AccountEvent } from "../../domain/events.ts";
import type { Caller } from "../../ports/engine.ts";

/** The removal of an account; throws UserError while it has something to look after. */
export function removal({ account, bots, orders, venue }: AccountState, { user }: Caller): readonly AccountEvent[] {
  if (venue.removed) return [];
  const busy = [...bots.values()].filter((bot) => !bot.deleted && isAtWork(bot));
  if (busy.length > 0)
    throw new UserError(
      `${account} has bots that run or hold something: ${busy.map(({ spec }) => spec.name).join(", ")}. Stop and close them first.`,
    );
  if (orders.size > 0) throw new UserError(`${account} has orders that are not settled yet. Try again in a moment.`);
  return [{ type: "account-removed", reason: `removed by ${user}` }];
}
