import { botName } from "../../src/chat/args.ts";
import { botButtons } from "../../src/chat/bot-cards.ts";
import { changeCard } from "../../src/chat/change-card.ts";
import { type Call, defineCommand } from "../../src/chat/command.ts";
import { onlyBot } from "../../src/chat/only-bot.ts";
import type { ChangeFacts } from "../../src/ports/bot-changes.ts";

export default defineCommand({
  summary: "Takes the newest change of a bot back; again, the one before it",
  role: "trader",
  factor: true,
  factorUnless: async (call) => {
    const { before, raises } = await preview(call);
    return before.mode !== "live" || raises.length === 0;
  },
  args: { bot: botName.describe("Which bot") },
  async danger(call) {
    const change = await preview(call);
    return change.raises.length === 0 ? undefined : changeCard(`Change ${change.before.name} back so?`, [change]);
  },
  async run(call) {
    const change = await preview(call);
    const { name } = change.before;
    await call.engine.changes.undo(name, call.callerFor(`undo ${name}`));
    const bot = onlyBot(call.bots, call.args.bot, "changed back");
    return botButtons(bot, changeCard(`${name} is as it was before`, [change]).good());
  },
});

async function preview({ bots, args, engine }: Call<{ readonly bot: string }>): Promise<ChangeFacts> {
  return engine.changes.previewUndo(onlyBot(bots, args.bot, "changed back").state.spec.name);
}
