import { accountNameFor } from "../../src/chat/account-names.ts";
import { shownName } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { inBrackets } from "../../src/chat/reasons.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";
import { isFlat } from "../../src/domain/position.ts";
import type { AccountFacts, DeskLedger, Engine } from "../../src/ports/engine.ts";

function liveRunning(engine: Engine) {
  return engine.bots().filter(({ state }) => state.spec.mode === "live" && state.status === "running");
}

/** Accounts that hold something and have not begun to sell it, though a panic is on: no process has them, or it has not heard of it yet. */
function unsold({ state }: DeskLedger, engine: Engine): readonly AccountFacts[] {
  if (state.halt?.panic !== true) return [];
  return engine.accounts().filter((each) => !each.state.panic && [...each.state.bots.values()].some(({ position }) => !isFlat(position)));
}

export default defineCommand({
  summary: "Ends a halt or a panic: running bots may enter again",
  role: "admin",
  factor: true,
  factorUnless: ({ desk, engine }) => desk.state.halt?.panic !== true && !engine.accounts().some(({ state }) => state.mode === "live"),
  args: {},
  danger({ desk, engine, visible, caller }) {
    const running = visible.filter(({ state }) => state.status === "running").length;
    const reason = inBrackets(desk.state.halt?.reason ?? "");
    const live = liveRunning(engine).map(shownName);
    const withMoney = live.length === 0 ? "" : ` With real money: ${live.join(", ")}.`;
    const untold = unsold(desk, engine).map(({ state }) => accountNameFor(state, caller.user));
    const left = untold.length === 0 ? "" : ` The panic has not reached ${untold.join(", ")} yet: what is held there stays open.`;
    return `The halt${reason} ends; ${running === 1 ? "1 running bot" : `${running} running bots`} may open positions again.${withMoney}${left}`;
  },
  async run({ engine, desk, caller }) {
    if (desk.state.halt === undefined) throw new UserError("The desk is not halted; there is nothing to resume.");
    const untold = unsold(desk, engine).map(({ state }) => accountNameFor(state, caller.user));
    await engine.resume(caller);
    const paused = engine.accounts().filter(({ state }) => state.venue.paused);
    return card("The desk trades again")
      .good()
      .line(
        ...paused.map(
          ({ state }) => `${accountNameFor(state, caller.user)} stays paused; \`risk reset account:${state.account}\` ends that.`,
        ),
        untold.length === 0 ? undefined : `The panic had not reached ${untold.join(", ")}: what is held there stays open.`,
      );
  },
});
