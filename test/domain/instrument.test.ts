import { describe, expect, it } from "vitest";
import { brokenRule, priceOnTick, splitSymbol, tickForPrice } from "../../src/domain/instrument.ts";
import { decimal, plain } from "../../src/domain/money.ts";
import { plainInstrument } from "../kit/engine-market.ts";

const BTC = plainInstrument("BTC/USDT");

describe("an instrument", () => {
  it.each([
    ["0", "100", /^lot size: the quantity rounds to zero/],
    ["-1", "100", /^lot size/],
    ["0.1005", "100", /^lot size: 0.1005 is not a multiple of 0.001 BTC$/],
    ["0.049", "100", /^minimum notional: 4.9 USDT is below 5; the smallest quantity that works is 0.05 BTC, 5 USDT$/],
    ["0.05", "100", undefined],
    ["0.1", "333.33", undefined],
  ])("judges %s at %s", (quantity, price, rule) => {
    const broken = brokenRule(BTC, decimal(quantity), decimal(price));
    if (rule) expect(broken).toMatch(rule);
    else expect(broken).toBeUndefined();
  });

  it("rounds a buyer's price up and a seller's down, and leaves one on the tick alone", () => {
    const on = (price: string, side: "buy" | "sell") => plain(priceOnTick(BTC, decimal(price), side));
    expect([on("1.001", "buy"), on("1.001", "sell"), on("1.01", "buy"), on("1.01", "sell")]).toEqual(["1.01", "1", "1.01", "1.01"]);
  });

  it("reads symbols as people type them", () => {
    expect(splitSymbol(" btc-usdt ")?.symbol).toBe("BTC/USDT");
    expect(splitSymbol("ethbtc")).toEqual({ base: "ETH", quote: "BTC", symbol: "ETH/BTC" });
    expect(splitSymbol("FDUSDUSDT")?.symbol).toBe("FDUSD/USDT");
    for (const text of ["", "USDT", "BTC", "BTC/", "a b/USDT", "BTC/USDT/X"]) expect(splitSymbol(text)).toBeUndefined();
  });

  it("gives small prices finer ticks, never coarser than one", () => {
    expect([94_000, 3_350, 0.32, 0.00001234].map((price) => plain(tickForPrice(price)))).toEqual(["0.1", "0.01", "0.000001", "0.00000001"]);
  });
});
