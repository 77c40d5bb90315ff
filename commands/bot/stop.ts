import { botName, flag } from "../../src/chat/args.ts";
import { botButtons, closingVerb, forEachBot, outcomeCard, positionText } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { isClosing, protectionNow } from "../../src/chat/protection-text.ts";
import { card } from "../../src/chat/view.ts";
import { isFlat } from "../../src/domain/position.ts";
import type { BotFacts } from "../../src/ports/engine.ts";

export default defineCommand({
  summary: "Stops bots: they open nothing more; positions keep their protection",
  role: "operator",
  rerun: true,
  args: {
    bot: botName.describe("Which bot, group, or all"),
    close: flag.describe("Sell the position first").prefault("no"),
  },
  async run({ args, bots, engine, callerFor }) {
    const outcomes = await forEachBot(bots, async ({ state }) => {
      const { name } = state.spec;
      return kept(await engine.stopBot(name, args.close, callerFor(`stop ${name}`)));
    });
    const [only] = outcomes;
    const bot = outcomes.length === 1 && only ? engine.bot(only.name) : undefined;
    if (bot && only) {
      const title = bot.state.status === "stopping" ? `${only.shown} is stopping` : `${only.shown} is stopped`;
      return botButtons(bot, card(title).good().line(`${only.text}.`));
    }
    const answer = outcomeCard("Stopped", outcomes);
    for (const { state } of heldOf(bots, engine.bots()))
      answer.button(`Close ${state.spec.name}`, `position close ${state.spec.name}`, "danger");
    return answer;
  },
});

/** Most buttons for positions that are left open. */
const CLOSE_BUTTONS_MAX = 10;

function heldOf(asked: readonly BotFacts[], now: readonly BotFacts[]): readonly BotFacts[] {
  const ids = new Set(asked.map(({ state }) => state.spec.id));
  return now
    .filter((bot) => ids.has(bot.state.spec.id) && bot.state.status === "stopped" && !isFlat(bot.state.position) && !isClosing(bot))
    .slice(0, CLOSE_BUTTONS_MAX);
}

function kept(bot: BotFacts): string {
  if (isFlat(bot.state.position)) return "It holds nothing";
  if (bot.state.status === "stopping" || isClosing(bot)) return `It ${closingVerb(bot)} ${positionText(bot)}`;
  return `It keeps ${positionText(bot)}; ${protectionNow(bot)}`;
}
