import { moneyText } from "../../src/chat/amounts.ts";
import { marketLine } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card, right } from "../../src/chat/view.ts";
import { plain } from "../../src/domain/money.ts";

export default defineCommand({
  summary: "Shows what the accounts hold",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  run({ accounts, engine }) {
    if (accounts.length === 0) return card("There is no account yet").line("Your paper account opens with your first bot.");
    const rows = accounts.flatMap(({ state }) =>
      [...state.balances]
        .filter(([coin, balance]) => coin === state.currency || !balance.isZero())
        .map(([coin, balance]) => [state.account, coin, plain(balance)]),
    );
    const answer = card(accounts.length === 1 ? "1 paper account" : `${accounts.length} paper accounts`).table(
      ["Account", "Coin", right("Balance")],
      rows,
    );
    for (const { state, equity, reserved } of accounts) {
      const worth = equity === undefined ? "not known while a price is missing" : moneyText(equity, state.currency);
      answer.line(`${state.account}: equity ${worth}, ${moneyText(reserved, state.currency)} reserved by working entries.`);
    }
    return answer.line(marketLine(engine));
  },
});
