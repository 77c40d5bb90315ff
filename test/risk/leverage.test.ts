import { describe, expect, it } from "vitest";
import { emptyAccount } from "../../src/domain/books.ts";
import { decimal } from "../../src/domain/money.ts";
import { aboveLeverageLimit, checkLeverage, checkLeveragedStop } from "../../src/risk/leverage.ts";
import { liquidationPct, liquidationPrice, stopBeyondLiquidation, stopPctBeyondLiquidation } from "../../src/risk/liquidation.ts";
import { plainInstrument } from "../kit/engine-market.ts";
import { btcContract } from "../kit/exchange/perpetual/exchange.ts";
import { liquidationPrice as atTheVenue, initialMargin } from "../kit/exchange/perpetual/margin.ts";

const SPOT = plainInstrument("BTC/USDT");
const PERPETUAL = { ...SPOT, symbol: "BTC/USDT:USDT", contract: { size: decimal("0.001"), settle: "USDT", leverageMax: 125 } };
const long = (leverage: number, leverageMax = 125) => ({ side: "buy", leverage, leverageMax }) as const;
const short = (leverage: number, leverageMax = 125) => ({ side: "sell", leverage, leverageMax }) as const;

describe("a liquidation", () => {
  it("never comes to what was bought with all of its money, and to a short position without leverage when the price has nearly doubled", () => {
    expect(liquidationPct(long(1))).toBeUndefined();
    expect(liquidationPct(short(1))).toBeCloseTo(98.02, 2);
  });

  it.each([
    [long(3), 67_666.67],
    [long(10), 91_000],
    [short(3), 132_013.2],
    [short(10), 108_910.89],
  ])("of %j at 100,000 is reckoned near %d", (terms, price) => {
    expect(liquidationPrice(decimal(100_000), terms)?.toNumber()).toBeCloseTo(price, 1);
  });

  it("comes sooner in a symbol that gives little leverage, because more is kept there", () => {
    expect(liquidationPct(long(5, 20))).toBeCloseTo(17.5, 6);
    expect(liquidationPct(long(5, 125))).toBeCloseTo(19, 6);
  });
});

describe("a liquidation that is reckoned", () => {
  const contract = btcContract();
  const cases = ([1, 2, 3, 5, 10, 25, 50] as const).flatMap((leverage) => [long(leverage), short(leverage)]).slice(1);

  it.each(cases)("never lies beyond the one of the simulated exchange: %j", (terms) => {
    const contracts = decimal(terms.side === "buy" ? 10 : -10);
    const ids = { id: "1", instId: contract.instId, marginMode: "isolated", createMs: 0, updateMs: 0 } as const;
    const averagePrice = decimal(60_000);
    const position = { ...ids, leverage: terms.leverage, contracts, averagePrice, realizedPnl: decimal(0) };
    const venue = atTheVenue(contract, position, initialMargin(contract, position)).toNumber();
    const ours = liquidationPrice(averagePrice, terms)!.toNumber();
    expect(terms.side === "buy" ? ours >= venue : ours <= venue).toBe(true);
  });
});

describe("a stop", () => {
  it("that lies a percent before the liquidation is taken, and the next tick beyond is refused with numbers", () => {
    const entry = decimal(100_000);
    expect(stopBeyondLiquidation(entry, decimal(92_000), long(10))).toBeUndefined();
    expect(stopBeyondLiquidation(entry, decimal("91999.9"), long(10))).toBe(
      "at leverage 10 the position would be liquidated near 91000, and its stop at 91999.9 must lie above 92000: use a nearer stop or less leverage",
    );
    expect(stopBeyondLiquidation(entry, decimal(107_910), short(10))).toBeUndefined();
    expect(stopBeyondLiquidation(entry, decimal(107_911), short(10))).toContain("must lie below 107911");
  });

  it("is refused in percent before there is a price, with the farthest that works", () => {
    expect(stopPctBeyondLiquidation(8, long(10))).toBeUndefined();
    expect(stopPctBeyondLiquidation(8.1, long(10))).toBe(
      "at leverage 10 a position is liquidated 9.0% away from its entry, and its stop must come at least 1% before that, found 8.1%: use a stop of at most 8% or less leverage",
    );
    expect(stopPctBeyondLiquidation(0.5, long(100))).toContain("use less leverage");
    expect(() => checkLeveragedStop(PERPETUAL, "buy", 3, Number.POSITIVE_INFINITY)).toThrow("leverage: 3 needs a stop");
    expect(() => checkLeveragedStop(PERPETUAL, "sell", 1, 90)).not.toThrow();
    expect(() => checkLeveragedStop(SPOT, "buy", 1, Number.POSITIVE_INFINITY)).not.toThrow();
  });
});

describe("leverage", () => {
  it("exists on perpetual contracts only, and as much as the symbol gives", () => {
    expect(() => checkLeverage(SPOT, 3)).toThrow(/^leverage: it exists on perpetual contracts.*BTC\/USDT is spot.*Leave leverage out/);
    expect(() => checkLeverage(PERPETUAL, 126)).toThrow("leverage: BTC/USDT:USDT takes a whole number from 1 to 125, found 126");
    expect(() => checkLeverage(PERPETUAL, 125)).not.toThrow();
  });

  it("is at most 3 in an account until somebody sets another limit", () => {
    const state = { ...emptyAccount(), account: "main" };
    expect(aboveLeverageLimit(state, 3)).toBeUndefined();
    expect(aboveLeverageLimit(state, 4)).toBe(
      "main takes a leverage of at most 3, found 4: use less, or raise its limit with risk set account:main leverage:4",
    );
    state.venue.leverageLimit = 5;
    expect(aboveLeverageLimit(state, 5)).toBeUndefined();
    expect(aboveLeverageLimit(state, undefined)).toBeUndefined();
  });
});
