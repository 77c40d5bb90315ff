import { UserError } from "../domain/errors.ts";
import type { BotFacts } from "../ports/engine.ts";

/** The one bot that is meant. Throws UserError where a group or all was named: `done` is what is done to one at a time. */
export function onlyBot(bots: readonly BotFacts[], named: string, done: string): BotFacts {
  const [only, ...others] = bots;
  if (only && others.length === 0) return only;
  throw new UserError(`bot: ${named} is ${bots.length} bots, and one is ${done} at a time; name one.`);
}
