import { botName } from "../../src/chat/args.ts";
import { botCard, botTable } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";

export default defineCommand({
  summary: "Shows a bot: settings, position, protection and its last decision",
  role: "viewer",
  readOnly: true,
  args: { bot: botName.describe("Which bot, group, or all") },
  async run({ bots, engine }) {
    const [bot] = bots;
    if (bots.length === 1 && bot) return botCard(await engine.look(bot.state.spec.name), engine);
    return botTable(`${bots.length} bots`, bots, engine);
  },
});
