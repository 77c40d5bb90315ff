import { botName } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { whyCard } from "../../src/chat/why-card.ts";
import { UserError } from "../../src/domain/errors.ts";

export default defineCommand({
  summary: "Explains a bot's newest decision: every term with its numbers, every gate, for acting and for not acting",
  role: "viewer",
  readOnly: true,
  args: { bot: botName.describe("Which bot") },
  run({ args, bots, engine }) {
    const [only, ...others] = bots;
    if (!only || others.length > 0)
      throw new UserError(`bot: ${args.bot} is ${bots.length} bots, and one is explained at a time; name one.`);
    return whyCard(only, engine.why(only.state.spec.name));
  },
});
