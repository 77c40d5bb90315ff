import { expect, it } from "vitest";
import { emptyAccount, newBot } from "../../../src/domain/books.ts";
import type { BotSpec } from "../../../src/domain/bot.ts";
import { decimal } from "../../../src/domain/money.ts";
import { feasible, gate } from "../../../src/engine/live/gate.ts";
import { plainInstrument } from "../../kit/engine-market.ts";

const SYMBOL = "BTC/USDT:USDT";
const RULES = { ...plainInstrument("BTC/USDT"), symbol: SYMBOL, contract: { size: decimal("0.001"), settle: "USDT", leverageMax: 50 } };

function botWith(leverage: number, stopPct: number) {
  const spec: BotSpec = {
    ...{ id: "b1", name: "dip", group: undefined, owner: "terminal:local", account: "perps", mode: "live", symbol: SYMBOL, leverage },
    ...{ timeframe: "1m", strategy: "ema-cross", params: {}, sizing: { kind: "notional", notional: decimal(20) } },
    protection: { stopPct, takePct: undefined, trailingPct: undefined },
  };
  return { ...newBot(spec), status: "running" as const };
}

function asked(leverage: number, leverageLimit?: number) {
  const state = { ...emptyAccount(), account: "perps" };
  if (leverageLimit !== undefined) state.venue.leverageLimit = leverageLimit;
  return gate({ state, bot: botWith(leverage, 2), closed: undefined, priceAgeMs: 0, priceAgeMaxMs: 2_000 });
}

it("an entry with more leverage than its account takes is denied with both numbers, also when the limit was lowered after the bot was made", () => {
  expect(asked(3)).toBeUndefined();
  expect(asked(4)).toMatchObject({ code: "leverage", because: expect.stringContaining("perps takes a leverage of at most 3, found 4") });
  expect(asked(3, 2)).toMatchObject({ code: "leverage", because: expect.stringContaining("at most 2, found 3") });
  expect(asked(5, 5)).toBeUndefined();
});

it("an entry whose stop lies beyond the liquidation less a margin is denied with both prices, long and short", () => {
  const at = (side: "buy" | "sell", stopPct: number) =>
    feasible(botWith(10, stopPct), { side, quantity: decimal(1), bound: decimal(1_000) }, RULES);
  expect(at("buy", 8)).toBeUndefined();
  expect(at("buy", 8.5)).toMatchObject({
    code: "leverage",
    because: expect.stringContaining("liquidated near 910, and its stop at 915 must lie above 920"),
  });
  expect(at("sell", 7.5)).toBeUndefined();
  expect(at("sell", 8)).toMatchObject({ code: "leverage", because: expect.stringContaining("liquidated near 1089.11") });
});

it("what is added is measured with what is held: one liquidation and one stop over the average of both", () => {
  const bot = botWith(10, 8.5);
  const position = { ...bot.position, quantity: decimal(3), cost: decimal(3_000) };
  const add = { side: "buy", quantity: decimal(1), bound: decimal(900) } as const;
  // The average is 975: liquidated near 887.25, and a stop 8.5% below it is too near to that; one 8% below is not.
  expect(feasible({ ...bot, position }, add, RULES)).toMatchObject({ code: "leverage", because: expect.stringContaining("near 887.25") });
  const within = { ...bot, spec: botWith(10, 8).spec, position };
  expect(feasible(within, { ...add, bound: decimal(990) }, RULES)).toBeUndefined();
  // Beyond the stop of both together it would be sold at once.
  expect(feasible(within, { ...add, bound: decimal(800) }, RULES)).toMatchObject({ code: "market-rules" });
});

it("a contract whose size is doubtful is not entered in", () => {
  const entry = { side: "buy", quantity: decimal(1), bound: decimal(1_000) } as const;
  const doubtful = { ...RULES, entriesBarred: "nobody knows how large a contract is" };
  expect(feasible(botWith(2, 5), entry, RULES)).toBeUndefined();
  expect(feasible(botWith(2, 5), entry, doubtful)).toEqual({
    allowed: false,
    code: "exit-infeasible",
    because: "nobody knows how large a contract is",
  });
});
