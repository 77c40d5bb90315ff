import { accountHeld } from "../../src/chat/account-cards.ts";
import { accountNameFor } from "../../src/chat/account-names.ts";
import { botName, newName } from "../../src/chat/args.ts";
import { accountName } from "../../src/chat/args-venue.ts";
import { botCard, haltLine, shownName } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { promotionCard } from "../../src/chat/promotion-card.ts";
import { UserError } from "../../src/domain/errors.ts";
import type { BotFacts } from "../../src/ports/engine.ts";

export default defineCommand({
  summary: "Makes a demo or live bot beside a paper one, after showing what that means in numbers",
  role: "trader",
  factor: true,
  factorUnless: ({ args, engine }) => engine.account(args.account)?.venue?.environment === "demo",
  args: {
    bot: botName.describe("Which paper bot"),
    account: accountName.describe("Into which account at an exchange"),
    name: newName.describe("Name of the new bot; made up when not given").optional(),
  },
  async danger(call) {
    const { args, bots, engine, caller } = call;
    const bot = onlyOne(bots);
    accountHeld(call, args.account);
    const facts = await engine.promotion(bot.state.spec.name, args.account, args.name);
    const asked = promotionCard(facts, caller.user);
    return facts.refusals.length > 0 ? asked.view() : asked;
  },
  async run(call) {
    const { args, bots, engine, desk, caller } = call;
    const bot = onlyOne(bots);
    const { state } = accountHeld(call, args.account);
    const made = await engine.promoteBot(bot.state.spec.name, args.account, args.name, caller);
    return botCard(
      await engine.look(made.state.spec.name),
      engine,
      `${shownName(made)} is running in ${accountNameFor(state, caller.user)}`,
    )
      .good()
      .line(`${shownName(bot)} goes on beside it.`, haltLine(desk.state.halt));
  },
});

function onlyOne(bots: readonly BotFacts[]): BotFacts {
  const [bot] = bots;
  if (bots.length === 1 && bot) return bot;
  throw new UserError(`bot: one bot is promoted at a time, found ${bots.length}; name one of ${bots.map(shownName).join(", ")}.`);
}
