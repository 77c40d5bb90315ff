import { accountHeld } from "../../src/chat/account-cards.ts";
import { accountNameFor } from "../../src/chat/account-names.ts";
import { accountName } from "../../src/chat/args-venue.ts";
import { type Call, defineCommand } from "../../src/chat/command.ts";
import { pauseWords } from "../../src/chat/venue-reasons.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";

export default defineCommand({
  summary: "Lets a paused account enter again, once what paused it is cured",
  role: "trader",
  factor: true,
  factorUnless: ({ args, engine }) => engine.account(args.account)?.venue?.environment === "demo",
  args: { account: accountName.describe("Which paused account") },
  danger(call) {
    const { paused, name } = pausedOf(call);
    const { why, todo } = pauseWords(paused.code);
    return `${name} is paused because ${why} (${paused.reason}). ${todo} After this its bots may open positions again.`;
  },
  async run(call) {
    const { name } = pausedOf(call);
    await call.engine.resumeAccount(call.args.account, call.caller);
    return card(`${name} may enter again`).good().button("Test it", `account test ${call.args.account}`);
  },
});

function pausedOf(call: Call<{ readonly account: string }>) {
  const { state } = accountHeld(call, call.args.account);
  const name = accountNameFor(state, call.caller.user);
  const { paused } = state.venue;
  if (!paused) throw new UserError(`${name} is not paused; there is nothing to reset.`);
  return { paused, name };
}
