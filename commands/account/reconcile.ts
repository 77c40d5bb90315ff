import { accountHeld, sentence } from "../../src/chat/account-cards.ts";
import { accountNameFor } from "../../src/chat/account-names.ts";
import { accountName } from "../../src/chat/args-venue.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";

export default defineCommand({
  summary: "Reads orders, fills and balances at the exchange again and books what is new",
  role: "operator",
  rerun: true,
  args: { account: accountName.describe("Which account at an exchange") },
  async run(call) {
    const { state } = accountHeld(call, call.args.account);
    const name = accountNameFor(state, call.caller.user);
    const { findings, complete } = await call.engine.reconcileAccount(state.account, call.caller);
    if (!complete)
      return card(`${name} could not be read whole`)
        .warning()
        .line(...findings.map(sentence), "What was not read proves nothing: the desk reads again by itself.")
        .button("Again", `account reconcile ${state.account}`);
    if (findings.length === 0) return card(`${name}: the exchange and our books agree`).good();
    return card(`${name}: ${findings.length === 1 ? "1 finding" : `${findings.length} findings`}`)
      .line(...findings.map(sentence), "All of it is booked now.")
      .button("Balance", "account balance");
  },
});
