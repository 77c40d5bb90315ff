import { botName, marketInstant } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { onlyBot } from "../../src/chat/only-bot.ts";
import { whyCard } from "../../src/chat/why-card.ts";
import { marketMs } from "../../src/domain/time.ts";

export default defineCommand({
  summary: "Explains a bot's newest decision, or one of the past: every term with its numbers, every gate, for acting and for not acting",
  role: "viewer",
  readOnly: true,
  args: {
    bot: botName.describe("Which bot"),
    at: marketInstant
      .describe("The decision in force then, in UTC of the market, as 2021-05-19 12:34 or 12:34; the newest when not given")
      .optional(),
  },
  async run({ args, bots, engine, clock }) {
    const bot = onlyBot(bots, args.bot, "explained");
    const { name, mode } = bot.state.spec;
    if (args.at === undefined) return whyCard(bot, await engine.why(name));
    // A time of day alone is of the day that the bot's market has reached.
    const today = new Date(mode === "paper" ? engine.market().atMs : clock.wall()).toISOString().slice(0, 10);
    const at = marketMs(Date.parse(`${args.at.day ?? today}T${args.at.time}:00Z`));
    return whyCard(bot, await engine.whyAt(name, at), at);
  },
});
