import { expect, test } from "vitest";
import { isWithin, type RiskScope, scopesOf } from "../../src/domain/limits.ts";

const BOT = { id: "b1", symbol: "BTC/USDT", account: "paper:discord:1" };
const SCOPES: readonly RiskScope[] = [
  "all",
  "bot:b1",
  "bot:b",
  "bot:b11",
  "bot:all",
  "bot:BTC/USDT",
  "symbol:BTC/USDT",
  "symbol:TC/USDT",
  "symbol:BTC/USDT:USDT",
  "symbol:b1",
  "account:paper:discord:1",
  "account:paper:discord:12",
  "account:discord:1",
  "account:b1",
];

test("a bot is within exactly the scopes that concern it, and within none that only looks alike", () => {
  const within = SCOPES.filter((scope) => isWithin(scope, BOT));
  expect(within).toEqual(SCOPES.filter((scope) => scopesOf(BOT).includes(scope)));
  expect(within).toEqual(["all", "bot:b1", "symbol:BTC/USDT", "account:paper:discord:1"]);
});
