import { defineCommand } from "../../src/chat/command.ts";
import { inBrackets } from "../../src/chat/reasons.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";

export default defineCommand({
  summary: "Ends a halt or a panic: running bots may enter again",
  role: "admin",
  args: {},
  danger({ desk, visible }) {
    const running = visible.filter(({ state }) => state.status === "running").length;
    const reason = inBrackets(desk.state.halt?.reason ?? "");
    return `The halt${reason} ends; ${running === 1 ? "1 running bot" : `${running} running bots`} may open positions again.`;
  },
  async run({ engine, desk, caller }) {
    if (desk.state.halt === undefined) throw new UserError("The desk is not halted; there is nothing to resume.");
    await engine.resume(caller);
    return card("The desk trades again").good();
  },
});
