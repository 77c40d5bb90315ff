import { accountTitle } from "../../src/chat/account-names.ts";
import { moneyDigits, moneyText, quantityDigits } from "../../src/chat/amounts.ts";
import { pricesLine } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { type Holding, holdingsOf } from "../../src/chat/holdings.ts";
import { card, right } from "../../src/chat/view.ts";
import { exchangeName } from "../../src/domain/exchange-names.ts";
import type { Decimal } from "../../src/domain/money.ts";
import type { AccountFacts } from "../../src/ports/engine.ts";

export default defineCommand({
  summary: "Shows what the accounts hold: bots' claims, free money, dust and what is not the desk's",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  run({ accounts, engine, caller }) {
    if (accounts.length === 0) return card("There is no account yet").line("Your paper account opens with your first bot.");
    const [only] = accounts;
    const isReal = accounts.some(({ venue }) => venue);
    const columns = isReal ? [right("Balance"), right("Claimed"), right("Free"), right("Dust"), right("Foreign")] : [right("Balance")];
    const rows = accounts.flatMap((account) =>
      holdingsOf(account).map((holding) => ({
        account: accountTitle(account.state, caller.user),
        cells: cellsOf(holding, account.state.currency, isReal),
      })),
    );
    const answer =
      accounts.length === 1 && only
        ? card(accountTitle(only.state, caller.user)).table(
            ["Coin", ...columns],
            rows.map(({ cells }) => cells),
          )
        : card(`${accounts.length} ${isReal ? "accounts" : "paper accounts"}`).table(
            ["Account", "Coin", ...columns],
            rows.map(({ account, cells }) => [account, ...cells]),
          );
    for (const account of accounts) answer.line(equityLine(account, accounts.length === 1, caller.user));
    if (isReal) answer.line("Claimed is what bots hold. Dust is too little to sell. Foreign is yours alone: the desk never touches it.");
    return answer.tableFirst().line(
      pricesLine(
        engine,
        accounts.map(({ state }) => state.mode),
      ),
    );
  },
});

function cellsOf({ coin, balance, claimed, free, dust, foreign }: Holding, currency: string, isReal: boolean): string[] {
  const digits = (value: Decimal) => (coin === currency ? moneyDigits(value) : quantityDigits(value));
  if (!isReal) return [coin, digits(balance)];
  return [coin, digits(balance), ...[claimed, free, dust, foreign].map((part) => (part.isZero() ? "-" : digits(part)))];
}

function equityLine({ state, venue, equity, reserved }: AccountFacts, isOnly: boolean, user: string): string {
  const name = accountTitle(state, user);
  const worth = equity === undefined ? "not known while a price is missing" : moneyText(equity, state.currency);
  const kept = reserved.isZero() ? "" : `, ${moneyText(reserved, state.currency)} reserved by working entries`;
  const where = venue ? ` at ${exchangeName(venue.exchangeId)}, ${venue.environment === "demo" ? "test money" : "real money"}` : "";
  return `${isOnly ? "Equity" : `${name}: equity`} ${worth}${kept}${where}.`;
}
