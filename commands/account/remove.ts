import { accountHeld } from "../../src/chat/account-cards.ts";
import { accountNameFor } from "../../src/chat/account-names.ts";
import { accountName } from "../../src/chat/args-venue.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";
import { exchangeName } from "../../src/domain/exchange-names.ts";

export default defineCommand({
  summary: "Forgets an account's key; refused while its bots run or hold something",
  role: "trader",
  args: { account: accountName.describe("Which account at an exchange") },
  danger(call) {
    const { state, venue } = accountHeld(call, call.args.account);
    return `${accountNameFor(state, call.caller.user)} is removed and its key forgotten. What it holds at ${exchangeName(venue.exchangeId)} stays there; the history stays in the books.`;
  },
  async run(call) {
    const { state, venue } = accountHeld(call, call.args.account);
    const name = accountNameFor(state, call.caller.user);
    await call.engine.removeAccount(state.account, call.caller);
    return card(`${name} is removed`)
      .good()
      .line(`Delete its key at ${exchangeName(venue.exchangeId)} as well: only then is it surely dead.`);
  },
});
