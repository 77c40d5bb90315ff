import { accountSeen, sentence } from "../../src/chat/account-cards.ts";
import { accountNameFor } from "../../src/chat/account-names.ts";
import { quantityText } from "../../src/chat/amounts.ts";
import { accountName } from "../../src/chat/args-venue.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { rightsText } from "../../src/chat/venue-reasons.ts";
import { card } from "../../src/chat/view.ts";
import { exchangeName } from "../../src/domain/exchange-names.ts";

/** Balances that are listed. */
const COINS_MAX = 12;

export default defineCommand({
  summary: "Asks the exchange what the key may do and the account holds, and compares the clocks",
  role: "operator",
  readOnly: true,
  args: { account: accountName.describe("Which account at an exchange") },
  async run(call) {
    const { state, venue } = accountSeen(call, call.args.account);
    const { rights, clockOffsetMs, roundTripMs, balances, problems } = await call.engine.testAccount(state.account);
    const coins = [...balances].filter(([, quantity]) => !quantity.isZero()).map(([coin, quantity]) => quantityText(quantity, coin));
    const shown = coins.slice(0, COINS_MAX).join(", ") + (coins.length > COINS_MAX ? ` and ${coins.length - COINS_MAX} more` : "");
    const answer = card(`${accountNameFor(state, call.caller.user)} ${problems.length === 0 ? "works" : "needs attention"}`)
      .fields({
        Exchange: exchangeName(venue.exchangeId),
        Answers: `in ${Math.round(roundTripMs)} ms`,
        Clock: clockText(Math.round(clockOffsetMs)),
        Holds: shown === "" ? "nothing" : shown,
      })
      .line(...problems.map(sentence), ...rightsText(rights));
    return problems.length === 0 ? answer.good() : answer.warning();
  },
});

function clockText(offsetMs: number): string {
  if (offsetMs === 0) return "this machine's agrees with the exchange's";
  return `this machine is ${Math.abs(offsetMs)} ms ${offsetMs > 0 ? "behind" : "ahead of"} the exchange`;
}
