import { botName, newName, symbols } from "../../src/chat/args.ts";
import { botCard } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { namesFor } from "../../src/chat/new-bot.ts";
import { onlyBot } from "../../src/chat/only-bot.ts";
import { UserError } from "../../src/domain/errors.ts";

export default defineCommand({
  summary: "Makes a bot on paper like one that there is, with its strategy, size and exits, on the same or another symbol",
  role: "trader",
  args: {
    bot: botName.describe("Which bot"),
    name: newName.describe("Name of the new bot; made up when not given").optional(),
    symbol: symbols.describe("Another symbol to trade").optional(),
  },
  async run({ args, bots, engine, strategies, callerFor }) {
    const { spec } = onlyBot(bots, args.bot, "cloned").state;
    const { strategy, params, rules, timeframe, sizing, sizeMax, protection, leverage } = spec;
    if (!rules && !strategies.strategyNames().includes(strategy))
      throw new UserError(`${spec.name} holds what was entered by hand and decides nothing: there is nothing to clone.`);
    const [symbol = spec.symbol, ...more] = args.symbol ?? [];
    if (more.length > 0) throw new UserError(`symbol: one bot is made at a time, found ${more.length + 1} symbols; name one.`);
    const { names } = namesFor({ name: args.name, group: undefined, symbols: [symbol], strategy }, engine.bots());
    const name = names[0] ?? spec.name;
    const decider = { strategy, params, ...(rules && { rules }) };
    const size = { sizing, ...(sizeMax && { sizeMax }), ...(leverage === undefined ? {} : { leverage }) };
    const made = await engine.createBot(
      {
        name,
        ...(args.name === undefined && { isNameMadeUp: true }),
        group: undefined,
        symbol,
        timeframe,
        ...decider,
        ...size,
        protection,
      },
      callerFor(`clone ${name}`),
    );
    const look = await engine.look(made.state.spec.name);
    return botCard(look, engine, `${made.state.spec.name} is made like ${spec.name}`)
      .good()
      .line("It is flat, on paper and not started; nothing of what the other one holds or has made is carried over.");
  },
});
