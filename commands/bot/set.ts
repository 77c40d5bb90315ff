import * as arg from "../../src/chat/args.ts";
import * as exits from "../../src/chat/args-exits.ts";
import { enteringRule, leavingRule, strategyOrRules } from "../../src/chat/args-rule.ts";
import * as sizes from "../../src/chat/args-size.ts";
import { leverage } from "../../src/chat/args-venue.ts";
import { botButtons, forEachBot, outcomeCard } from "../../src/chat/bot-cards.ts";
import { type ChangeWish, changeFor } from "../../src/chat/bot-change.ts";
import { changeCard, raisedText } from "../../src/chat/change-card.ts";
import { type Call, defineCommand } from "../../src/chat/command.ts";
import { unfitSizeLine } from "../../src/chat/unfit-size.ts";
import { UserError } from "../../src/domain/errors.ts";
import type { ChangeFacts } from "../../src/ports/bot-changes.ts";

type Wish = ChangeWish & { readonly bot: string };

export default defineCommand({
  summary: "Changes bots: size, exits, strategy or rules; shows what it does to the risk, and asks where it may cost more",
  role: "trader",
  factor: true,
  factorUnless: async (call) => !(await previews(call)).some(({ before, raises }) => before.mode === "live" && raises.length > 0),
  args: {
    bot: arg.botName.describe("Which bot, group, or all"),
    size: sizes.size.describe("How large an entry is from the next one on").optional(),
    max: sizes.sizeMaxOrNone.describe("The most that one position may be, or none").optional(),
    risk_level: sizes.riskLevel.describe("A named size instead").optional(),
    stop: exits.stop
      .describe("Stop loss: percent below the entry, a multiple of the ATR, a price, or none; while it holds nothing")
      .optional(),
    take: exits.take.describe("Take profit above the entry, whole or in parts, or none; while it holds nothing").optional(),
    trailing: exits.trailing.describe("Trailing stop, at once or after a gain, or none; while it holds nothing").optional(),
    breakeven: exits.breakeven.describe("Gain after which the stop moves to break-even, or none; while it holds nothing").optional(),
    max_hold: exits.holdMax.describe("Longest time in a position, or none; while it holds nothing").optional(),
    strategy: strategyOrRules.describe("Another strategy; while the bot is stopped").optional(),
    params: arg.params.describe("Parameters of its strategy, the others stay; while the bot is stopped").optional(),
    enter: enteringRule.describe("The rule by which it buys; while the bot is stopped").optional(),
    exit: leavingRule.describe("The rule by which it sells, or none; while the bot is stopped").optional(),
    timeframe: arg.timeframe.describe("Another candle length; while the bot is stopped").optional(),
    leverage: leverage.describe("On perpetual contracts; while the bot is stopped and holds nothing").optional(),
  },
  async danger(call) {
    const changes = await previews(call);
    const raised = changes.filter(({ raises }) => raises.length > 0);
    if (raised.length === 0) return undefined;
    return changeCard(changes.length === 1 ? `Change ${call.args.bot} so?` : `Change ${changes.length} bots so?`, changes).line(
      ...(changes.length === 1 ? [] : raised.map(raisedText)),
    );
  },
  async run(call) {
    const { bots, engine, strategies, args, callerFor } = call;
    const changes = await previews(call);
    const outcomes = await forEachBot(bots, async (bot) => {
      const { name } = bot.state.spec;
      await engine.changes.set(name, changeFor(bot, args, strategies), callerFor(`set ${name}`));
      return "is changed";
    });
    const looks = await Promise.all(outcomes.filter(({ done, name }) => done && engine.bot(name)).map(({ name }) => engine.look(name)));
    const unfit = looks.map(unfitSizeLine).filter((line) => line !== undefined);
    const [only] = outcomes;
    const bot = outcomes.length === 1 && only ? engine.bot(only.name) : undefined;
    if (!bot || !only) return outcomeCard("Changed", outcomes).line(...unfit, "`bot undo` takes it back.");
    const answer = changeCard(`${only.shown} is changed`, changes).line(...unfit);
    if (unfit.length > 0) answer.warning();
    else answer.good();
    return botButtons(bot, answer.button("Undo", `bot undo ${only.name}`));
  },
});

/** What the change would do to each bot that it can be made to. Where it can be made to none, the first refusal is thrown. */
async function previews({ args, bots, engine, strategies }: Call<Wish>): Promise<readonly ChangeFacts[]> {
  const { bot: _bot, ...wished } = args;
  if (Object.values(wished).every((each) => each === undefined))
    throw new UserError("Say what is to be set, as in size:5% or stop:2%. `help bot set` shows all of it.");
  let first: UserError | undefined;
  const found: ChangeFacts[] = [];
  for (const bot of bots) {
    try {
      found.push(await engine.changes.preview(bot.state.spec.name, changeFor(bot, args, strategies)));
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      first ??= thrown;
    }
  }
  if (found.length === 0 && first) throw first;
  return found;
}
