import { stateText } from "../../src/chat/account-cards.ts";
import { accountTitle } from "../../src/chat/account-names.ts";
import { moneyText, resultText } from "../../src/chat/amounts.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card, right } from "../../src/chat/view.ts";
import type { AccountFacts } from "../../src/ports/engine.ts";

export default defineCommand({
  summary: "Shows the ceiling of live trading, and which accounts may enter",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  run({ accounts, engine, desk, caller }) {
    const ceiling = engine.ceiling();
    const { halt } = desk.state;
    return card("Risk")
      .fields({
        "Live ceiling": ceiling ? moneyText(ceiling.limit, ceiling.currency) : "none: this process allows no live trading",
        "Live at risk": ceiling && moneyText(ceiling.atRisk, ceiling.currency),
        Desk: halt ? (halt.panic ? "panic: entries are denied" : "halted: entries are denied") : "entries are allowed",
      })
      .table(
        ["Account", "State", right("Equity"), right("Today")],
        accounts.map((account) => [
          accountTitle(account.state, caller.user),
          mayEnter(account),
          account.equity === undefined ? "?" : moneyText(account.equity, account.state.currency),
          todayOf(account),
        ]),
      )
      .line(...accounts.map((account) => leverageText(account, caller.user)))
      .line("`risk set ceiling:...` lowers the ceiling. `risk reset account:...` ends a pause.");
  },
});

function leverageText({ state, venue }: AccountFacts, user: string): string | undefined {
  if (venue?.leverageLimit === undefined) return undefined;
  return `${accountTitle(state, user)} takes a leverage of at most ${venue.leverageLimit} (\`risk set account:... leverage:...\`).`;
}

function mayEnter({ state }: AccountFacts): string {
  if (state.venue.paused) return stateText(state.venue.paused);
  if (state.day !== undefined && state.trippedDay === state.day.day)
    return `a breaker tripped on ${state.trippedDay}: no entries for the rest of that day`;
  return "may enter";
}

function todayOf({ state, equity }: AccountFacts): string {
  return state.day === undefined || equity === undefined ? "-" : resultText(equity.minus(state.day.equity), state.currency);
}
