import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brokenRule } from "../../src/domain/instrument.ts";
import { decimal, min, percentOf, plain } from "../../src/domain/money.ts";
import { CASH_RESERVE_PCT, checkEntry, dailyLoss, type EntryQuestion, protectionProblem } from "../../src/risk/entry.ts";
import { plainInstrument } from "../kit/engine-market.ts";

const question: EntryQuestion = {
  instrument: plainInstrument("BTC/USDT"),
  price: decimal(100),
  sizing: { kind: "equity-percent", pct: 10 },
  limits: { dailyLossPct: 5, positionCapPct: 25 },
  equity: decimal(10_000),
  cashFree: decimal(10_000),
  dayOpeningEquity: decimal(10_000),
  halted: undefined,
  late: false,
};

const asked = (change: Partial<EntryQuestion>) => {
  const answer = checkEntry({ ...question, ...change });
  return answer.allowed ? [plain(answer.quantity), answer.arithmetic] : [answer.code, answer.because];
};
const notional = (value: number) => ({ kind: "notional", notional: decimal(value) }) as const;

describe("the risk door", () => {
  it.each([
    ["a tenth of the equity", {}, ["10", "1,000 USDT wished, at 100 = 10 BTC"]],
    ["a fixed notional", { sizing: notional(123.4567) }, ["1.234", "123.46 USDT wished, at 100 = 1.234 BTC"]],
    [
      "a wish above the cap, cut to it",
      { sizing: notional(9_000) },
      ["25", "9,000 USDT wished, cut to the position cap of 25%, at 100 = 25 BTC"],
    ],
    [
      "a wish above the cash, cut to it less a reserve",
      { cashFree: decimal(500) },
      ["4.95", "1,000 USDT wished, cut to the free cash, at 100 = 4.95 BTC"],
    ],
  ] satisfies [string, Partial<EntryQuestion>, string[]][])("allows %s", (_name, change, wanted) => {
    expect(asked(change)).toEqual(wanted);
  });

  it("cuts a wish to what it buys also where the quotient was rounded up to a whole step", () => {
    const instrument = plainInstrument("BTC/USDT", { lotSize: decimal(1), notionalMin: decimal(0) });
    const wish = decimal("999.999999999999999999999");
    expect(checkEntry({ ...question, instrument, price: decimal(1), sizing: { kind: "notional", notional: wish } })).toMatchObject({
      allowed: true,
      quantity: decimal(999),
    });
  });

  it.each([
    ["halted", { halted: "panic: fire" }, /^panic: fire$/],
    ["late-slot", { late: true }, /only the newest may enter/],
    ["no-price", { equity: undefined }, /has no price/],
    ["daily-loss", { equity: decimal(9_500) }, /lost 500 USDT today; the limit is 5% of 10,000$/],
    [
      "breaker",
      { broken: { code: "breaker", because: "the drawdown breaker of bot dip is open" } },
      /^the drawdown breaker of bot dip is open$/,
    ],
    ["cash", { cashFree: decimal(0) }, /^0 USDT are free/],
    ["cash", { cashFree: decimal(-3) }, /^-3 USDT are free/],
    ["cash", { cashFree: decimal("4.9") }, /^minimum notional: .*below 5; the smallest quantity that works is 0.05 BTC/],
    ["market-rules", { sizing: notional(4.9) }, /^minimum notional: 4.9 USDT is below 5/],
    ["market-rules", { sizing: notional(6), price: decimal(100_000) }, /^lot size: the quantity rounds to zero \(the step is 0.001 BTC\)/],
  ] satisfies [string, Partial<EntryQuestion>, RegExp][])("denies with %s and says why", (code, change, because) => {
    const answer = asked(change);
    expect(answer[0]).toBe(code);
    expect(answer[1]).toMatch(because);
  });

  it("names a size that the market takes where only that is too small, and none where something else cuts it", () => {
    const sizeMin = (change: Partial<EntryQuestion>) => {
      const answer = checkEntry({ ...question, ...change });
      return answer.allowed || answer.sizeMin === undefined ? undefined : plain(answer.sizeMin);
    };
    const price = decimal("187.13");
    expect(sizeMin({ sizing: notional(3), price })).toBe("5.06");
    expect(checkEntry({ ...question, sizing: notional(5.06), price })).toMatchObject({ allowed: true });
    expect(sizeMin({ sizing: notional(3), price, building: { share: decimal("0.25"), whole: undefined } })).toBe("20.3");
    expect(sizeMin({ sizing: notional(3), price, cashFree: decimal(4) })).toBeUndefined();
    expect(sizeMin({ sizing: notional(100), price, cashFree: decimal(4) })).toBeUndefined();
    expect(sizeMin({ halted: "news" })).toBeUndefined();
  });

  it("lets a loss just below the limit pass, and a gain", () => {
    expect(asked({ equity: decimal("9500.01") })[0]).toBe("9.5");
    expect(asked({ equity: decimal(12_000) })[0]).toBe("12");
  });

  it("counts a loss from the day's opening only", () => {
    expect(dailyLoss(decimal(90), undefined)).toBeUndefined();
    expect(dailyLoss(decimal(90), decimal(90))).toBeUndefined();
    expect(plain(dailyLoss(decimal(89), decimal(90))!)).toBe("1");
  });

  it("never allows more than wish, cap or cash, nor what breaks a market rule", () => {
    const money = (max: number) => fc.double({ min: 0.0001, max, noNaN: true, noDefaultInfinity: true }).map((value) => decimal(value));
    const pct = fc.double({ min: 0.01, max: 100, noNaN: true });
    const rules = fc.record({
      lotSize: fc.constantFrom("1", "0.1", "0.00001").map((step) => decimal(step)),
      notionalMin: fc.constantFrom("0", "5", "10.5").map((least) => decimal(least)),
    });
    const sizing = fc.oneof(
      pct.map((each) => ({ kind: "equity-percent", pct: each }) as const),
      money(1e6).map((wish) => ({ kind: "notional", notional: wish }) as const),
    );
    fc.assert(
      fc.property(rules, money(1e5), sizing, pct, money(1e7), money(1e7), (steps, price, size, positionCapPct, equity, cashFree) => {
        const instrument = plainInstrument("BTC/USDT", steps);
        const answer = checkEntry({
          ...question,
          instrument,
          price,
          sizing: size,
          limits: { dailyLossPct: 100, positionCapPct },
          equity,
          cashFree,
          dayOpeningEquity: undefined,
        });
        if (!answer.allowed) return answer.because.length > 10;
        const spent = answer.quantity.times(price);
        const wished = size.kind === "notional" ? size.notional : percentOf(equity, size.pct);
        const most = min(min(wished, percentOf(equity, positionCapPct)), percentOf(cashFree, 100 - CASH_RESERVE_PCT));
        return spent.isLessThanOrEqualTo(most) && brokenRule(instrument, answer.quantity, price) === undefined;
      }),
    );
  });
});

describe("percentages of protective levels", () => {
  it("lie between a tenth of a percent and what makes sense", () => {
    for (const name of ["stop", "trailing"] as const) {
      expect(protectionProblem(name, undefined)).toBeUndefined();
      expect(protectionProblem(name, 0.1)).toBeUndefined();
      expect(protectionProblem(name, 90)).toBeUndefined();
      expect(protectionProblem(name, 90.1)).toBe(`${name} must be between 0.1% and 90%, found 90.1%`);
      expect(protectionProblem(name, -1)).toMatch(/found -1%/);
    }
    expect(protectionProblem("take", 1_000)).toBeUndefined();
    expect(protectionProblem("take", 1_000.5)).toBe("take must be between 0.1% and 1000%, found 1000.5%");
  });
});
