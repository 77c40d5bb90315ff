import { describe, expect, it } from "vitest";
import { newBot } from "../../../src/domain/books.ts";
import type { BotSpec } from "../../../src/domain/bot.ts";
import { decimal } from "../../../src/domain/money.ts";
import { feasible } from "../../../src/engine/live/gate.ts";
import { plainInstrument } from "../../kit/engine-market.ts";

describe("an entry at a real exchange", () => {
  const rules = plainInstrument("BTC/USDT", { takerFeeBps: 10, quantityMin: decimal("0.01"), lotSize: decimal("0.001") });
  const protection = { stopPct: 2, takePct: undefined, trailingPct: undefined };
  const spec: BotSpec = {
    ...{ id: "b1", name: "dip", group: undefined, owner: "terminal:local", account: "main", mode: "live", symbol: "BTC/USDT" },
    ...{ timeframe: "1m", strategy: "ema-cross", params: {}, sizing: { kind: "notional", notional: decimal(500) }, protection },
  };
  const bot = newBot(spec);
  const entry = (quantity: string) => ({ side: "buy", quantity: decimal(quantity), bound: decimal(50_000) }) as const;

  it("is denied where its fee leaves less than the smallest quantity that can be sold", () => {
    expect(feasible(bot, entry("0.01"), rules)).toMatchObject({ code: "exit-infeasible", because: expect.stringMatching(/0\.01 BTC/) });
  });

  it("is allowed where enough is left", () => {
    expect(feasible(bot, entry("0.012"), rules)).toBeUndefined();
  });
});
