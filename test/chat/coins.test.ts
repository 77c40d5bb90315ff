import { expect, test } from "vitest";
import { coinsOf } from "../../src/chat/coins.ts";
import { quoteOf } from "../../src/reports/result-groups.ts";

test.each([
  ["BTC/USDT", "BTC", "USDT"],
  ["ETH/BTC", "ETH", "BTC"],
  ["BTC/USDT:USDT", "BTC", "USDT"],
  ["BTC/USD:BTC", "BTC", "USD"],
  ["BTC", "BTC", ""],
])("of %s is traded %s and paid %s, in what is said as in what is added up", (symbol, base, quote) => {
  expect(coinsOf(symbol)).toEqual({ base, quote });
  expect(quoteOf(symbol)).toBe(quote);
});
