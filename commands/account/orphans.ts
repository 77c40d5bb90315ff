import { accountSeen } from "../../src/chat/account-cards.ts";
import { accountNameFor } from "../../src/chat/account-names.ts";
import { moneyText, quantityText } from "../../src/chat/amounts.ts";
import { accountName } from "../../src/chat/args-venue.ts";
import { coinsOf } from "../../src/chat/coins.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { type Card, card, right } from "../../src/chat/view.ts";
import { exchangeName } from "../../src/domain/exchange-names.ts";
import { baseOf } from "../../src/domain/instrument.ts";
import { type Quarantine, quarantineName } from "../../src/domain/quarantine.ts";
import { minuteText } from "../../src/domain/time.ts";

export default defineCommand({
  summary: "Shows orders at the exchange that our books do not explain",
  role: "viewer",
  readOnly: true,
  args: { account: accountName.describe("Which account at an exchange") },
  run(call) {
    const { state, venue } = accountSeen(call, call.args.account);
    const name = accountNameFor(state, call.caller.user);
    const orphans = [...state.venue.orphans.values()];
    const filled = [...state.venue.quarantine];
    if (orphans.length === 0) return withFilled(card(`${name}: our books explain every order`).good(), state.account, filled);
    const quarantined = orphans.filter(({ kind }) => kind === "quarantined").length;
    const answer = card(`${name}: ${orphans.length === 1 ? "1 order" : `${orphans.length} orders`} that our books do not explain`)
      .table(
        ["Kind", "Symbol", "Side", right("Quantity"), "Seen", "Order"],
        orphans.map(({ kind, symbol, side, quantity, seenMs, clientOrderId, venueOrderId }) => [
          kind,
          symbol,
          side,
          quantityText(quantity, baseOf(symbol)),
          minuteText(seenMs),
          clientOrderId === "" ? venueOrderId : clientOrderId,
        ]),
      )
      .tableFirst()
      .line(
        quarantined === 0
          ? undefined
          : `Quarantined orders carry our mark: they are canceled, and their fills are booked apart. Another desk with the same key at ${exchangeName(venue.exchangeId)} is the usual cause.`,
        quarantined === orphans.length ? undefined : "Foreign orders are somebody's own: the desk never touches them, by panic neither.",
      );
    return withFilled(quarantined === 0 ? answer : answer.warning(), state.account, filled);
  },
});

/** What orders in quarantine have filled since the account's books began: a person has to sell or buy it back. */
function withFilled(answer: Card, account: string, filled: readonly (readonly [string, Quarantine])[]): Card {
  if (filled.length === 0) return answer;
  for (const [symbol, { bought, spent, sold, received, fills }] of filled) {
    const { base, quote } = coinsOf(symbol);
    answer.line(
      `${quarantineName(account, symbol)}: bought ${quantityText(bought, base)} for ${moneyText(spent, quote)}, sold ${quantityText(sold, base)} for ${moneyText(received, quote)}, in ${fills === 1 ? "1 fill" : `${fills} fills`}.`,
    );
  }
  return answer.line("No bot holds that and nothing protects it: sell or buy it back at the exchange.").warning();
}
