import { botName } from "../../src/chat/args.ts";
import { botButtons } from "../../src/chat/bot-cards.ts";
import { changeCard } from "../../src/chat/change-card.ts";
import { type Call, defineCommand } from "../../src/chat/command.ts";
import { onlyBot } from "../../src/chat/only-bot.ts";

export default defineCommand({
  summary: "Takes the newest change of a bot back; again, the one before it",
  role: "trader",
  factor: true,
  factorUnless: (call) => {
    const { before, raises } = preview(call);
    return before.mode !== "live" || raises.length === 0;
  },
  args: { bot: botName.describe("Which bot") },
  danger(call) {
    const change = preview(call);
    return change.raises.length === 0 ? undefined : changeCard(`Change ${change.before.name} back so?`, [change]);
  },
  async run(call) {
    const change = preview(call);
    const { name } = change.before;
    await call.engine.changes.undo(name, call.callerFor(`undo ${name}`));
    const bot = onlyBot(call.bots, call.args.bot, "changed back");
    return botButtons(bot, changeCard(`${name} is as it was before`, [change]).good());
  },
});

function preview({ bots, args, engine }: Call<{ readonly bot: string }>) {
  return engine.changes.previewUndo(onlyBot(bots, args.bot, "changed back").state.spec.name);
}
