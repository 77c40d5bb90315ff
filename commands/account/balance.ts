import { accountNameFor, capitalized } from "../../src/chat/account-names.ts";
import { moneyDigits, moneyText, quantityDigits } from "../../src/chat/amounts.ts";
import { marketLine } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card, right } from "../../src/chat/view.ts";

export default defineCommand({
  summary: "Shows what the accounts hold",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  run({ accounts, engine, user }) {
    if (accounts.length === 0) return card("There is no account yet").line("Your paper account opens with your first bot.");
    const rows = accounts.flatMap(({ state }) =>
      [...state.balances]
        .filter(([coin, balance]) => coin === state.currency || !balance.isZero())
        .map(([coin, balance]) => ({
          account: capitalized(accountNameFor(state, user.id)),
          cells: [coin, coin === state.currency ? moneyDigits(balance) : quantityDigits(balance)],
        })),
    );
    const [only] = accounts;
    const answer =
      accounts.length === 1 && only
        ? card(capitalized(accountNameFor(only.state, user.id))).table(
            ["Coin", right("Balance")],
            rows.map(({ cells }) => cells),
          )
        : card(`${accounts.length} paper accounts`).table(
            ["Account", "Coin", right("Balance")],
            rows.map(({ account, cells }) => [account, ...cells]),
          );
    for (const { state, equity, reserved } of accounts) {
      const name = capitalized(accountNameFor(state, user.id));
      const worth = equity === undefined ? "not known while a price is missing" : moneyText(equity, state.currency);
      const kept = reserved.isZero() ? "" : `, ${moneyText(reserved, state.currency)} reserved by working entries`;
      answer.line(`${accounts.length === 1 ? "Equity" : `${name}: equity`} ${worth}${kept}.`);
    }
    return answer.tableFirst().line(marketLine(engine));
  },
});
