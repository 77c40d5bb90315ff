import { isVenueAccount, sentence, stateText } from "../../src/chat/account-cards.ts";
import { accountTitle } from "../../src/chat/account-names.ts";
import { moneyText } from "../../src/chat/amounts.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card, right } from "../../src/chat/view.ts";
import { exchangeName } from "../../src/domain/exchange-names.ts";

export default defineCommand({
  summary: "Shows the accounts: paper, DEMO and LIVE, and what is wrong with them",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  run({ accounts, caller }) {
    if (accounts.length === 0)
      return card("There is no account yet")
        .line("Your paper account opens with your first bot. `account connect` adds one at an exchange.")
        .button("Connect an account", "account connect");
    const rows = accounts.map(({ state, venue, equity, troubles }) => [
      accountTitle(state, caller.user),
      venue ? exchangeName(venue.exchangeId) : "-",
      venue ? stateText({ state, troubles }) : "trades",
      equity === undefined ? "?" : moneyText(equity, state.currency),
    ]);
    const troubles = accounts.flatMap(({ state, troubles: told }) =>
      told.map((each) => `${accountTitle(state, caller.user)}: ${sentence(each)}`),
    );
    const untested = [...new Set(accounts.filter(isVenueAccount).flatMap(({ venue }) => (venue.drilled ? [] : [venue.exchangeId])))];
    const answer = card(accounts.length === 1 ? "1 account" : `${accounts.length} accounts`)
      .table(["Account", "Exchange", "State", right("Equity")], rows)
      .tableFirst()
      .line(
        ...troubles,
        untested.length === 0
          ? undefined
          : `Never tested against the real exchange from this desk: ${untested.map(exchangeName).join(", ")}.`,
      );
    return troubles.length > 0 || accounts.some(({ state }) => state.venue.paused) ? answer.warning() : answer;
  },
});
