import { botName } from "../../src/chat/args.ts";
import { botButtons, forEach, haltLine, outcomeCard } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";

export default defineCommand({
  summary: "Starts bots",
  role: "trader",
  args: { bot: botName.describe("Which bot, group, or all") },
  async run({ bots, engine, desk, callerFor }) {
    const outcomes = await forEach(
      bots,
      ({ state }) => state.spec.name,
      async ({ state }) => {
        const { name } = state.spec;
        if (state.status === "running") return "is running already";
        await engine.startBot(name, callerFor(`start ${name}`));
        return "is running";
      },
    );
    const halted = haltLine(desk.state.halt);
    const [only] = outcomes;
    const bot = outcomes.length === 1 && only ? engine.bot(only.name) : undefined;
    if (!bot || !only) return outcomeCard("Started", outcomes).line(halted);
    const { strategy, symbol, timeframe, mode } = bot.state.spec;
    const answer = card(`${only.name} ${only.text}`)
      .fields({ Strategy: strategy, Symbol: symbol, Timeframe: timeframe, Mode: mode })
      .line(halted);
    return botButtons(bot, halted === undefined ? answer.good() : answer.warning());
  },
});
