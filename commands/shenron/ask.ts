import { question } from "../../src/chat/args-question.ts";
import { answerCard, checkedAnswer } from "../../src/chat/ask-answer.ts";
import { askFacts } from "../../src/chat/ask-facts.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { shenronOf } from "../../src/chat/shenron-card.ts";
import { badView, card } from "../../src/chat/view.ts";
import type { Mode } from "../../src/domain/bot.ts";
import { messageOf, TransientError } from "../../src/domain/errors.ts";
import { dayReader, resultOfDay } from "../../src/reports/statistics.ts";

export default defineCommand({
  summary: "Asks the AI service about your bots, answered with numbers from the books only",
  role: "viewer",
  readOnly: true,
  partial: true,
  private: true,
  args: { question: question.describe("What you want to know") },
  async run({ args, visible, accounts, shenron, caller, progress, engine, clock, timeZone }) {
    const service = shenronOf(shenron);
    const day = dayReader(timeZone);
    const nowOf = (mode: Mode) => (mode === "paper" ? engine.market().atMs : clock.wall());
    const facts = askFacts(visible, accounts, caller.user, ({ state }) => resultOfDay(state, nowOf(state.spec.mode), day).realized);
    if (facts.length === 0) return card("There is nothing to ask about yet").line("Make a bot first: `bot create`.");
    progress(card("SHENRON is thinking"));
    try {
      return answerCard(checkedAnswer(await service.ask(args.question, facts, caller.requestId), facts));
    } catch (thrown) {
      if (!(thrown instanceof TransientError)) throw thrown;
      return badView(
        "SHENRON did not answer",
        `${messageOf(thrown)}.`,
        "The desk trades on as before. Ask again later, or look at `shenron status`.",
      );
    }
  },
});
