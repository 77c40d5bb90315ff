import { botName, duration, note } from "../../src/chat/args.ts";
import { forEachBot, outcomeCard, positionText } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { onRealClock } from "../../src/chat/real-clock.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";
import { isFlat } from "../../src/domain/position.ts";
import { minuteText, wallMs } from "../../src/domain/time.ts";

export default defineCommand({
  summary: "Pauses bots: they enter nothing new, while their exits, stops and targets go on; bot start ends it",
  role: "operator",
  args: {
    bot: botName.describe("Which bot, group, or all"),
    for: duration.describe("How long; until bot start when not given").optional(),
    reason: note.describe("Why, for the others to read").prefault("paused"),
  },
  async run({ args, bots, engine, desk, clock, caller, record }) {
    const nowMs = clock.wall();
    const untilMs = args.for === undefined ? undefined : wallMs(nowMs + args.for);
    const outcomes = await forEachBot(bots, async (bot) => {
      const { id, name } = bot.state.spec;
      const known = desk.state.locks.get(`bot:${id}`);
      const holds = known && (known.untilMs === undefined || known.untilMs > nowMs);
      if (holds && (known.untilMs === undefined || (untilMs !== undefined && known.untilMs >= untilMs)))
        throw new UserError(
          known.isPause
            ? `${name} is paused already; \`bot start ${name}\` ends it.`
            : `Entries of ${name} are locked already; \`lock list\` shows it.`,
        );
      const lock = { scope: `bot:${id}`, reason: args.reason, by: caller.user, untilMs, isPause: true } as const;
      record({ type: "entries-locked", lock }, () => desk.state.locks.get(lock.scope));
      return isFlat(bot.state.position) ? "is paused and holds nothing" : `is paused; its exits go on for ${positionText(bot)}`;
    });
    const until =
      untilMs === undefined ? "Until `bot start`." : `Until ${minuteText(untilMs)} UTC${onRealClock(engine)}, or until \`bot start\`.`;
    const [only] = outcomes;
    const answer = outcomes.length === 1 && only ? card(`${only.shown} ${only.text}`).good() : outcomeCard("Paused", outcomes);
    answer.line(until);
    return only ? answer.button("Go on", `bot start ${args.bot}`, "primary") : answer;
  },
});
