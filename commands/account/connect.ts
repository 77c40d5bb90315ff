import { accountCard, isVenueAccount } from "../../src/chat/account-cards.ts";
import { accountNameFor } from "../../src/chat/account-names.ts";
import * as arg from "../../src/chat/args.ts";
import { newAccountName } from "../../src/chat/args-venue.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { rightsText } from "../../src/chat/venue-reasons.ts";
import { type Card, card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";
import { exchangeName } from "../../src/domain/exchange-names.ts";
import type { AccountFacts } from "../../src/ports/engine.ts";
import type { SecretField } from "../../src/ports/secret-form.ts";

const EXCHANGES = ["binance", "binanceus", "blofin"] as const;
type Exchange = (typeof EXCHANGES)[number];

/** Exchanges without a world of test money. */
const WITHOUT_DEMO: ReadonlySet<Exchange> = new Set(["binanceus"]);
/** Exchanges whose keys have a third part. */
const WITH_PASSPHRASE: ReadonlySet<Exchange> = new Set(["blofin"]);

export default defineCommand({
  summary: "Connects an account at an exchange; its key is asked for where no chat keeps it",
  role: "trader",
  private: true,
  factor: true,
  args: {
    name: newAccountName.describe("What to call it, such as main"),
    exchange: arg.choice(EXCHANGES, "Which exchange?").describe("Which exchange"),
    environment: arg.choice(["demo", "live"], "Test money or real money?").describe("demo (test money) or live (real money)"),
    acknowledge: arg.flag.describe("I made sure that this key may not withdraw, should the exchange not tell").prefault("no"),
  },
  run({ args, engine, caller, secretForm }) {
    const { name, exchange, environment, acknowledge: acknowledged } = args;
    if (environment === "demo" && WITHOUT_DEMO.has(exchange))
      throw new UserError(
        `${exchangeName(exchange)} has no demo environment: its API knows real money only. Use a demo account of Binance.com or Blofin, or environment:live.`,
      );
    refuseTaken(engine.account(name), exchange, environment, caller.user);
    const title = `Key of ${name} (${environment.toUpperCase()}) at ${exchangeName(exchange)}`;
    return secretForm({ title, fields: fieldsOf(exchange) }, async ({ apiKey, secret, passphrase }, enteredBy) => {
      if (!apiKey || !secret)
        throw new UserError("A key has two parts, the API key and its secret; one of them is missing. Send the command again.");
      const credentials = { apiKey, secret, ...(passphrase === undefined ? {} : { passphrase }) };
      const account = await engine.connectAccount(
        { name, exchangeId: exchange, environment, credentials, enteredBy, acknowledged },
        caller,
      );
      return connectedCard(account, caller.user);
    });
  },
});

/** Under the name of an account of one's own, the same exchange and environment take a new key; everything else needs another name. */
function refuseTaken(known: AccountFacts | undefined, exchange: Exchange, environment: "demo" | "live", user: string): void {
  if (!known) return;
  const isSame = known.venue?.exchangeId === exchange && known.venue.environment === environment;
  if (isSame && known.state.owner === user) return;
  throw new UserError(
    `name: there is ${accountNameFor(known.state, user)} already${known.venue ? ` at ${exchangeName(known.venue.exchangeId)}` : ""}; choose another name.`,
  );
}

function fieldsOf(exchange: Exchange): readonly SecretField[] {
  const parts = [
    { name: "apiKey", label: "API key" },
    { name: "secret", label: "Secret key" },
  ];
  return WITH_PASSPHRASE.has(exchange) ? [...parts, { name: "passphrase", label: "Passphrase" }] : parts;
}

function connectedCard(account: AccountFacts, user: string): Card {
  const { state } = account;
  if (!isVenueAccount(account)) return card(`${state.account} is connected`).good();
  const answer = accountCard(account, `${accountNameFor(state, user)} is connected`);
  const { key } = state.venue;
  if (key) answer.line(...rightsText(key.rights));
  const isDemo = account.venue.environment === "demo";
  return answer
    .good()
    .line(
      isDemo
        ? `Next: \`account drill ${state.account}\` tries what we assume of the exchange, then \`bot promote\` puts a paper bot on it.`
        : `No bot trades it yet. Next: \`account test ${state.account}\`, then \`bot promote\` with a bot that has a good paper record.`,
    )
    .button("Test it", `account test ${state.account}`, "primary")
    .button(isDemo ? "Drill" : "Balance", isDemo ? `account drill ${state.account}` : "account balance");
}
