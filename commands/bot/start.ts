import { botName } from "../../src/chat/args.ts";
import { botButtons, forEachBot, haltLine, outcomeCard, shownName } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";
import type { BotFacts } from "../../src/ports/engine.ts";

const isLive = ({ state: { spec, status } }: BotFacts) => spec.mode === "live" && status !== "running";

export default defineCommand({
  summary: "Starts bots",
  role: "trader",
  factor: true,
  factorUnless: ({ bots }) => !bots.some(isLive),
  args: { bot: botName.describe("Which bot, group, or all") },
  danger({ bots }) {
    const live = bots.filter(isLive).map(shownName);
    return live.length === 0 ? undefined : `${live.join(", ")} may open positions with real money from the next candle on.`;
  },
  async run({ bots, engine, desk, callerFor }) {
    const outcomes = await forEachBot(bots, async ({ state }) => {
      const { name } = state.spec;
      if (state.status === "running") return "is running already";
      await engine.startBot(name, callerFor(`start ${name}`));
      return "is running";
    });
    const halted = haltLine(desk.state.halt);
    const [only] = outcomes;
    const bot = outcomes.length === 1 && only ? engine.bot(only.name) : undefined;
    if (!bot || !only) return outcomeCard("Started", outcomes).line(halted);
    const { strategy, symbol, timeframe, mode } = bot.state.spec;
    const answer = card(`${only.shown} ${only.text}`)
      .fields({ Strategy: strategy, Symbol: symbol, Timeframe: timeframe, Mode: mode })
      .line(halted);
    return botButtons(bot, halted === undefined ? answer.good() : answer.warning());
  },
});
