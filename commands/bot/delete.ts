import { botName } from "../../src/chat/args.ts";
import { forEachBot, outcomeCard, shownName } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";
import { isFlat } from "../../src/domain/position.ts";
import type { BotFacts } from "../../src/ports/engine.ts";
import type { View } from "../../src/ports/view.ts";

/** Most buttons for positions that are in the way. */
const CLOSE_BUTTONS_MAX = 10;

export default defineCommand({
  summary: "Deletes bots that hold nothing; their history stays in the books",
  role: "trader",
  args: { bot: botName.describe("Which bot, group, or all") },
  danger({ bots }) {
    const held = bots.filter(({ state }) => !isFlat(state.position));
    const free = bots.filter(({ state }) => isFlat(state.position));
    if (free.length === 0) return heldView(held);
    const stay = held.length === 0 ? "" : ` What holds a position stays: ${held.map(shownName).join(", ")}.`;
    return `${free.map(shownName).join(", ")} will be deleted for good. The history stays in the books.${stay}`;
  },
  async run({ bots, engine, desk, user, callerFor, record }) {
    const outcomes = await forEachBot(bots, async ({ state }) => {
      const { name } = state.spec;
      await engine.deleteBot(name, callerFor(`delete ${name}`));
      // A later bot of the same name must not inherit rights that were meant for this one.
      const scope = `bot:${name}`;
      for (const grant of desk.state.grants)
        if (grant.scope === scope) record({ type: "access-revoked", user: grant.user, scope, by: user.id });
      return "is deleted";
    });
    const [only] = outcomes;
    return outcomes.length === 1 && only ? card(`${only.shown} is deleted`).good() : outcomeCard("Deleted", outcomes);
  },
});

/** Said instead of a question whose yes would be refused. */
function heldView(held: readonly BotFacts[]): View {
  const names = held.map(shownName).join(", ");
  const answer = card(held.length === 1 ? `${names} holds a position` : `${names} hold positions`)
    .bad()
    .line(held.length === 1 ? "Close it first, then delete the bot." : "Close them first, then delete the bots.");
  for (const { state } of held.slice(0, CLOSE_BUTTONS_MAX))
    answer.button(`Close ${state.spec.name}`, `position close ${state.spec.name}`, "danger");
  return answer.view();
}
