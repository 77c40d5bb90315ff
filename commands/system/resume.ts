import { accountNameFor } from "../../src/chat/account-names.ts";
import { shownName } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { inBrackets } from "../../src/chat/reasons.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";
import type { Engine } from "../../src/ports/engine.ts";

function liveRunning(engine: Engine) {
  return engine.bots().filter(({ state }) => state.spec.mode === "live" && state.status === "running");
}

export default defineCommand({
  summary: "Ends a halt or a panic: running bots may enter again",
  role: "admin",
  factor: true,
  factorUnless: ({ desk, engine }) => desk.state.halt?.panic !== true && !engine.accounts().some(({ state }) => state.mode === "live"),
  args: {},
  danger({ desk, engine, visible }) {
    const running = visible.filter(({ state }) => state.status === "running").length;
    const reason = inBrackets(desk.state.halt?.reason ?? "");
    const live = liveRunning(engine).map(shownName);
    const withMoney = live.length === 0 ? "" : ` With real money: ${live.join(", ")}.`;
    return `The halt${reason} ends; ${running === 1 ? "1 running bot" : `${running} running bots`} may open positions again.${withMoney}`;
  },
  async run({ engine, desk, caller }) {
    if (desk.state.halt === undefined) throw new UserError("The desk is not halted; there is nothing to resume.");
    await engine.resume(caller);
    const paused = engine.accounts().filter(({ state }) => state.venue.paused);
    return card("The desk trades again")
      .good()
      .line(
        ...paused.map(
          ({ state }) => `${accountNameFor(state, caller.user)} stays paused; \`risk reset account:${state.account}\` ends that.`,
        ),
      );
  },
});
