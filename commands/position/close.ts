import { botName } from "../../src/chat/args.ts";
import { botButtons, closingVerb, forEachBot, outcomeCard, positionText, shownName } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";
import { isFlat } from "../../src/domain/position.ts";

export default defineCommand({
  summary: "Closes whole positions at market",
  role: "operator",
  args: { bot: botName.describe("Which bot, group, or all") },
  async run({ bots, engine, callerFor }) {
    const open = bots.filter(({ state }) => !isFlat(state.position));
    const [first] = bots;
    if (open.length === 0)
      throw new UserError(
        bots.length === 1 && first ? `${shownName(first)} holds nothing to close.` : "None of these bots holds anything to close.",
      );
    const outcomes = await forEachBot(open, async (bot) => {
      const { name } = bot.state.spec;
      // Said before: the engine may have sold it by the time it answers.
      const what = `${closingVerb(bot)} ${positionText(bot)} at market`;
      await engine.closePosition(name, callerFor(`close ${name}`));
      return what;
    });
    const [only] = outcomes;
    const bot = outcomes.length === 1 && only ? engine.bot(only.name) : undefined;
    if (!bot || !only) return outcomeCard("Closing", outcomes).line("The fills come as alerts.");
    return botButtons(bot, card(`${only.shown} ${only.text}`).good().line("The fill comes as an alert."));
  },
});
