import { describe, expect, it } from "vitest";
import { digestView } from "../../src/chat/alerts-digest.ts";
import { inAllLines } from "../../src/chat/in-all.ts";
import type { Digest, DigestTotal } from "../../src/domain/digest.ts";
import { decimal, fromJson, toJson, ZERO } from "../../src/domain/money.ts";
import { digestInAll, inAll } from "../../src/reports/in-all.ts";
import { ONLY_USDT, ratesOf } from "../kit/rates.ts";

const sums = (mode: "live" | "paper", currency: string, realized: number) => ({
  ...{ mode, currency, realized: decimal(realized), unrealized: decimal(0), fees: decimal(1) },
});
const total = (currency: string, realized: number): DigestTotal => ({
  ...sums("live", currency, realized),
  day: "2026-11-29",
  fills: 1,
  equity: decimal(100),
});
const AT = { market: "exchange:binanceus", atMs: Date.UTC(2026, 10, 30, 1, 2) };

describe("sums over several currencies", () => {
  it("are counted in the desk's one, mode by mode, at prices that are told", () => {
    const made = inAll([sums("live", "USD", 10), sums("live", "USDT", 5), sums("paper", "USDT", 7)], ratesOf("USDT", { USD: "0.5" }, AT));
    expect(inAllLines(made)).toEqual([
      "LIVE (real money) in all: +10.00 USDT realized, 0.00 USDT unrealized, 1.50 USDT fees; 1 USD = 0.5 USDT (USD/USDT at exchange:binanceus, 2026-11-30 01:02 UTC).",
    ]);
  });

  it("are not told where everything is in the desk's own currency, nor where one other stands alone without a price", () => {
    expect(inAll([sums("live", "USDT", 5), sums("paper", "USDT", 7)], ONLY_USDT)).toEqual([]);
    expect(inAll([sums("live", "USD", 5)], ONLY_USDT)).toEqual([]);
    expect(inAll([sums("live", "USD", 5)], ratesOf("EUR", { USD: "0.9" }))).toMatchObject([{ currency: "EUR", realized: decimal("4.5") }]);
  });

  it("say which price is missing instead of a number", () => {
    expect(inAllLines(inAll([sums("live", "USD", 10), sums("live", "USDT", 5)], ONLY_USDT))).toEqual([
      "LIVE (real money) in all: not known in USDT, because no price between USD and USDT is known.",
    ]);
  });

  it("leave a figure out that one of the currencies does not tell", () => {
    const made = inAll([{ ...sums("live", "USD", 10), unrealized: undefined }, sums("live", "USDT", 5)], ratesOf("USDT", { USD: "1.1" }));
    expect(made[0]).not.toHaveProperty("unrealized");
  });

  it("count an account in whose currency nobody trades with its equity, and stand in a digest as they were then", () => {
    const idle = { state: { mode: "live" as const, currency: "USD" }, equity: decimal(40) };
    const made = digestInAll([total("USDT", 5)], [idle], ratesOf("USDT", { USD: "0.5" }, AT));
    expect(made).toMatchObject([{ equity: decimal(120), realized: decimal(5) }]);
    const none = { realized: ZERO, unrealized: ZERO, fees: ZERO, equity: ZERO, fills: 0, bots: [] };
    const digest: Digest = { day: "2026-11-29", currency: "USDT", market: "test", ...none, totals: [total("USDT", 5)], inAll: made };
    const kept = fromJson(toJson(digest)) as Digest;
    expect(JSON.stringify(digestView(kept))).toContain("equity 120.00 USDT; 1 USD = 0.5 USDT");
  });
});
