import { botName } from "../../src/chat/args.ts";
import { forEachBot, outcomeCard, shownName } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";

export default defineCommand({
  summary: "Deletes bots that hold nothing; their history stays in the books",
  role: "trader",
  args: { bot: botName.describe("Which bot, group, or all") },
  danger({ bots }) {
    const names = bots.map(shownName);
    return `${names.join(", ")} will be deleted for good. The history stays in the books.`;
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
