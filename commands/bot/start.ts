import { botName } from "../../src/chat/args.ts";
import { botButtons, forEachBot, haltLine, outcomeCard, shownName } from "../../src/chat/bot-cards.ts";
import { type Call, defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";
import type { BotSpec } from "../../src/domain/bot.ts";
import { UserError } from "../../src/domain/errors.ts";
import type { BotFacts, DeskLedger } from "../../src/ports/engine.ts";

/** Whether real money may be entered with from then on, and is not now. */
function opensLive({ desk }: Pick<Call<unknown>, "desk">, { state: { spec, status } }: BotFacts): boolean {
  return spec.mode === "live" && (status !== "running" || pauseOf(desk, spec) !== undefined);
}

function pauseOf({ state }: DeskLedger, { id }: BotSpec) {
  const lock = state.locks.get(`bot:${id}`);
  return lock?.isPause ? lock : undefined;
}

export default defineCommand({
  summary: "Starts bots, and ends the pause of those that are paused",
  role: "trader",
  factor: true,
  factorUnless: (call) => !call.bots.some((bot) => opensLive(call, bot)),
  args: { bot: botName.describe("Which bot, group, or all") },
  danger(call) {
    const live = call.bots.filter((bot) => opensLive(call, bot)).map(shownName);
    return live.length === 0 ? undefined : `${live.join(", ")} may open positions with real money from the next candle on.`;
  },
  async run({ bots, engine, desk, caller, callerFor, record }) {
    const outcomes = await forEachBot(bots, async ({ state }) => {
      const { name, id } = state.spec;
      const pause = pauseOf(desk, state.spec);
      if (pause)
        record({ type: "entries-unlocked", scope: `bot:${id}`, by: caller.user }, () => {
          // Starting takes time, and who locks it meanwhile is told that it is locked.
          if (desk.state.locks.get(`bot:${id}`) !== pause)
            throw new UserError(
              `Somebody else has locked ${name} in the same moment, which holds; no pause was ended. \`lock list\` shows it.`,
            );
        });
      if (state.status === "running") return pause ? "is no longer paused" : { unchanged: "is running already" };
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
