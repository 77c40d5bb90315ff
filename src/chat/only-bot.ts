import type { BotSpec } from "../domain/bot.ts";
import { UserError } from "../domain/errors.ts";
import type { BotFacts } from "../ports/engine.ts";

/** The one bot that is meant. Throws UserError where a group or all was named: `done` is what is done to one at a time. */
export function onlyBot(bots: readonly BotFacts[], named: string, done: string): BotFacts {
  const [only, ...others] = bots;
  if (only && others.length === 0) return only;
  throw new UserError(`bot: ${named} is ${bots.length} bots, and one is ${done} at a time; name one.`);
}

/** The ids of the bots that a filter means by a name or a group, among those that the person may see. Throws UserError where there is none. */
export function idsNamed(specs: readonly Pick<BotSpec, "id" | "name" | "group">[], name: string): ReadonlySet<string> {
  const found = specs.filter((spec) => spec.name === name || spec.group === name);
  if (found.length === 0) throw new UserError(`bot: there is no bot or group ${name} that you may see; \`bot list\` shows what there is.`);
  return new Set(found.map(({ id }) => id));
}
