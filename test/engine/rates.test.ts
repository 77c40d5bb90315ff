import { describe, expect, it } from "vitest";
import { emptyAccount } from "../../src/domain/books.ts";
import type { Mode } from "../../src/domain/bot.ts";
import { convertedBack, rateOf } from "../../src/domain/conversion.ts";
import { emptyDesk } from "../../src/domain/desk.ts";
import { TransientError } from "../../src/domain/errors.ts";
import { decimal } from "../../src/domain/money.ts";
import { MINUTE_MS, marketMs, wallMs } from "../../src/domain/time.ts";
import { DeskRates, RATES_EVERY_MS, type RateFloor } from "../../src/engine/rates.ts";
import type { PriceReading } from "../../src/ports/market.ts";
import { SILENT } from "../../src/system/silent-logger.ts";
import { plainInstrument } from "../kit/engine-market.ts";
import { FakeClock } from "../kit/fake-clock.ts";

const NOW = 1_700_000_000_000;

/** A market of which a test says what it lists, what was seen there and what it answers. */
class TestFloor implements RateFloor {
  readonly asked: string[][] = [];
  readonly seen = new Map<string, { price: number; atMs: number }>();
  answers: Record<string, number> | undefined;
  readonly market: RateFloor["market"];
  readonly services: RateFloor["services"];

  constructor(key: string, listed: readonly string[], pace: "live" | "stepped" = "live") {
    this.market = {
      key,
      pace,
      instruments: new Map(listed.map((symbol) => [symbol, plainInstrument(symbol)])),
      prices: async (symbols) => {
        this.asked.push([...symbols]);
        if (!this.answers) throw new TransientError("it does not answer");
        const { answers } = this;
        return [...symbols].map((symbol): PriceReading => ({ symbol, price: answers[symbol] ?? 0, wallMs: wallMs(NOW) }));
      },
    };
    const price = (symbol: string) => {
      const seen = this.seen.get(symbol);
      return seen && { price: seen.price, atMs: marketMs(seen.atMs) };
    };
    this.services = { hub: { price }, now: () => marketMs(NOW) };
  }

  see(symbol: string, price: number, ageMs = 0): this {
    this.seen.set(symbol, { price, atMs: NOW - ageMs });
    return this;
  }
}

function ratesOn(floors: readonly TestFloor[], accounts: readonly (readonly [Mode, string])[] = [], currency = "USDT") {
  const clock = new FakeClock();
  const states = accounts.map(([mode, own]) => ({ ...emptyAccount(), mode, currency: own, sequence: 1 }));
  const rates = new DeskRates({
    ...{ currency, floors: () => floors, desk: { state: emptyDesk() }, ceilingCurrency: undefined, clock, logger: SILENT },
    accounts: () => states.map((state) => ({ state, priceOf: () => undefined, now: () => marketMs(NOW) })),
  });
  const fatal: unknown[] = [];
  return { rates, clock, fatal, tend: () => rates.tend((failure) => void fatal.push(failure)) };
}

const priced = (rates: DeskRates, currency: string, mode: Mode = "live") => {
  const found = rates.of(currency, mode);
  return typeof found === "string" ? found : rateOf(found).toFixed();
};

describe("the price of a currency", () => {
  it("is that of its market against the desk's own, either way around, with where and when it was seen", () => {
    const binance = new TestFloor("exchange:binance", ["USDC/USDT", "BTC/USDT"]).see("USDC/USDT", 0.9998, 5_000).see("BTC/USDT", 64_000);
    const us = new TestFloor("exchange:binanceus", ["USDT/USD"]).see("USDT/USD", 1.25);
    const { rates } = ratesOn([binance, us]);
    expect(priced(rates, "USDC")).toBe("0.9998");
    expect(priced(rates, "BTC")).toBe("64000");
    expect(priced(rates, "USD")).toBe("0.8");
    expect(rates.of("USDC", "live")).toMatchObject({ legs: [{ market: "exchange:binance", symbol: "USDC/USDT", atMs: NOW - 5_000 }] });
  });

  it("goes through a third currency where the two are not traded against each other, within one market, and comes back the same way", () => {
    const { rates } = ratesOn([new TestFloor("exchange:binance", ["EUR/USDC", "USDC/USDT"]).see("EUR/USDC", 1.1).see("USDC/USDT", 0.5)]);
    expect(priced(rates, "EUR")).toBe("0.55");
    const found = rates.of("EUR", "live");
    expect(typeof found === "string" ? found : convertedBack(decimal("0.55"), found).toFixed()).toBe("1");
  });

  it("is none when it is too old, and says how old it is; another market's fresh one is taken in its place", () => {
    const stale = new TestFloor("exchange:binance", ["USDC/USDT"]).see("USDC/USDT", 1, 5 * MINUTE_MS);
    expect(priced(ratesOn([stale]).rates, "USDC")).toBe(
      "the newest price of USDC/USDT at exchange:binance is 5 min old, and 2 min is the most to count money by",
    );
    const fresh = new TestFloor("exchange:binanceus", ["USDC/USDT"]).see("USDC/USDT", 0.99);
    expect(priced(ratesOn([stale, fresh]).rates, "USDC")).toBe("0.99");
    expect(priced(ratesOn([stale]).rates, "GBP")).toBe("no market that may say so lists a price between GBP and USDT");
  });

  it("of real money is never taken from a demo world, an invented or a recorded market; paper there knows only its own market", () => {
    const invented = new TestFloor("simulated:v1:42", ["USDC/USDT"], "stepped").see("USDC/USDT", 0.1);
    const demo = new TestFloor("exchange:binance:demo", ["USDC/USDT"]).see("USDC/USDT", 0.2);
    const real = new TestFloor("exchange:binance", ["USDC/USDT"]).see("USDC/USDT", 0.3);
    const { rates } = ratesOn([invented, demo, real]);
    expect([priced(rates, "USDC", "paper"), priced(rates, "USDC", "demo"), priced(rates, "USDC", "live")]).toEqual(["0.1", "0.2", "0.3"]);
    expect(priced(ratesOn([invented, demo]).rates, "USDC")).toMatch(/no market that may say so/);
    expect(priced(ratesOn([new TestFloor("simulated:v1:42", [], "stepped"), real]).rates, "USDC", "paper")).toMatch(/no market/);
  });
});

describe("asking for prices between currencies", () => {
  it("asks nobody while all money is in the desk's own currency", async () => {
    const floor = new TestFloor("exchange:binance", ["USDC/USDT"]);
    const { tend, clock } = ratesOn([floor], [["live", "USDT"]]);
    for (let second = 0; second < 60; second += 1) {
      tend();
      await clock.advance(1_000);
    }
    expect(floor.asked).toEqual([]);
  });

  it("asks the market that lists it, in one request, no more often than it must, and goes on after an outage", async () => {
    const floor = new TestFloor("exchange:binance", ["USDC/USDT", "EUR/USDT"]);
    const { rates, tend, clock, fatal } = ratesOn(
      [floor],
      [
        ["live", "USDC"],
        ["live", "EUR"],
        ["live", "USDT"],
      ],
    );
    tend();
    tend();
    await clock.advance(1);
    expect(floor.asked).toEqual([["USDC/USDT", "EUR/USDT"]]);
    expect(priced(rates, "USDC")).toMatch(/no price of USDC\/USDT was seen/);
    floor.answers = { "USDC/USDT": 0.98, "EUR/USDT": 1.1 };
    await clock.advance(RATES_EVERY_MS);
    tend();
    await clock.advance(1);
    expect([priced(rates, "USDC"), priced(rates, "EUR"), floor.asked.length, fatal]).toEqual(["0.98", "1.1", 2, []]);
  });
});
