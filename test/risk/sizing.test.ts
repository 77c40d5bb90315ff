import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Sizing } from "../../src/domain/bot.ts";
import { decimal, plain } from "../../src/domain/money.ts";
import { checkEntry, type EntryQuestion } from "../../src/risk/entry.ts";
import { RISK_LEVELS, RISK_PRESETS } from "../../src/risk/presets.ts";
import { atrPctOf, nearestStopPct, roundTripPct, type SizingQuestion, sizingProblem, wishedSize } from "../../src/risk/sizing.ts";
import { plainInstrument } from "../kit/engine-market.ts";

const base = { equity: decimal(10_000), quote: "USDT", takerFeeBps: 10 };
const sized = (question: Omit<SizingQuestion, keyof typeof base>) => {
  const found = wishedSize({ ...base, ...question });
  return "refused" in found ? found.refused : [plain(found.notional.decimalPlaces(2)), found.arithmetic];
};
const risk = (pct: number): Sizing => ({ kind: "risk-percent", pct });
const vol = (pct: number): Sizing => ({ kind: "volatility-percent", pct });

describe("the size of an entry", () => {
  it.each([
    [{ sizing: { kind: "notional", notional: decimal(100) } }, ["100", "100 USDT wished"]],
    [{ sizing: { kind: "equity-percent", pct: 5 } }, ["500", "500 USDT wished"]],
    [{ sizing: risk(1), stopPct: 2.3 }, ["4000", "1% of 10,000 = 100 USDT to lose / (stop 2.3% + fees 0.2%) = 4,000 USDT wished"]],
    [{ sizing: vol(1), atrPct: 0.5 }, ["20000", "1% of 10,000 = 100 USDT to move / an average candle of 0.5% = 20,000 USDT wished"]],
  ] satisfies [Omit<SizingQuestion, keyof typeof base>, string[]][])("shows its arithmetic: %j", (question, wanted) => {
    expect(sized(question)).toEqual(wanted);
  });

  it("by risk is refused without a stop and with one on the wrong side", () => {
    expect(sized({ sizing: risk(1) })).toMatch(/how far its stop is from the price/);
    expect(sized({ sizing: risk(1), stopPct: 0 })).toMatch(/wrong side/);
    expect(sized({ sizing: risk(1), stopPct: -3 })).toMatch(/wrong side/);
  });

  it("by volatility is refused before the range is known, and for a market that does not move", () => {
    for (const atrPct of [undefined, Number.NaN, 0]) expect(sized({ sizing: vol(1), atrPct })).toMatch(/not known yet/);
    expect(atrPctOf(Number.NaN, 100)).toBeUndefined();
    expect(atrPctOf(2, 100)).toBe(2);
  });

  it("by risk loses at the stop, fees included, what was said", () => {
    const pct = fc.double({ min: 0.05, max: 10, noNaN: true });
    fc.assert(
      fc.property(pct, fc.double({ min: 0.1, max: 90, noNaN: true }), fc.integer({ min: 0, max: 50 }), (riskPct, stopPct, takerFeeBps) => {
        const found = wishedSize({ ...base, takerFeeBps, sizing: risk(riskPct), stopPct });
        if ("refused" in found) return false;
        const lost = (found.notional.toNumber() * (stopPct + roundTripPct(takerFeeBps))) / 100;
        return Math.abs(lost - riskPct * 100) < 1e-6;
      }),
    );
  });

  it("looks at the nearer of two stops", () => {
    const none = { stopPct: undefined, takePct: 4, trailingPct: undefined };
    expect(nearestStopPct(none, 100, 2)).toBeUndefined();
    expect(nearestStopPct({ ...none, stopPct: 2 }, 100, undefined)).toBe(2);
    expect(nearestStopPct({ ...none, stopPct: 2, trailingPct: 1 }, 100, undefined)).toBe(1);
    expect(nearestStopPct({ ...none, stopPct: 2, trailingPct: 1, trailAfterPct: 3 }, 100, undefined)).toBe(2);
    expect(nearestStopPct({ ...none, stopAtr: 1.5 }, 100, 2)).toBe(3);
    expect(nearestStopPct({ ...none, stopAtr: 1.5 }, 100, undefined)).toBeUndefined();
    expect(nearestStopPct({ ...none, stopPrice: decimal(95) }, 100, undefined)).toBeCloseTo(5, 10);
    expect(nearestStopPct({ ...none, stopPrice: decimal(105) }, 100, undefined)).toBeLessThan(0);
  });

  it("is refused where it is zero, negative or beyond what anybody means", () => {
    const stop = { stopPct: 2, takePct: undefined, trailingPct: undefined };
    const problem = (sizing: Sizing, ...cap: Parameters<typeof sizingProblem>[2][]) => sizingProblem(sizing, stop, ...cap);
    expect(problem({ kind: "notional", notional: decimal(0) })).toBe("size must be above zero");
    expect(problem({ kind: "equity-percent", pct: 101 })).toMatch(/at most 100% of equity, found 101%/);
    expect(problem(risk(-1))).toMatch(/at most 10% of equity where it is a risk, found -1%/);
    expect(problem(vol(10.1))).toMatch(/found 10.1%/);
    expect(problem(risk(1), { kind: "notional", notional: decimal(-5) })).toBe("max must be above zero");
    expect(problem(risk(1), { kind: "equity-percent", pct: 0 })).toMatch(/max must be above 0%/);
    expect(sizingProblem(risk(1), { ...stop, stopPct: undefined })).toMatch(/this bot has none/);
    for (const level of RISK_LEVELS) expect(sizingProblem(RISK_PRESETS[level].sizing, stop, RISK_PRESETS[level].sizeMax)).toBeUndefined();
  });
});

describe("a bot's own maximum", () => {
  const question: EntryQuestion = {
    ...{ instrument: plainInstrument("BTC/USDT"), price: decimal(100), sizing: risk(1), stopPct: 2 },
    ...{ limits: { dailyLossPct: 5, positionCapPct: 100 }, equity: decimal(10_000), cashFree: decimal(10_000) },
    ...{ dayOpeningEquity: decimal(10_000), tripped: false, halted: undefined, late: false },
  };

  it("cuts what the size says, and says so", () => {
    const answer = checkEntry({ ...question, sizeMax: { kind: "equity-percent", pct: 20 } });
    expect(answer).toMatchObject({ allowed: true, arithmetic: expect.stringMatching(/cut to the bot's own maximum, at 100 = 20 BTC$/) });
  });

  it("denies what would be left too small for the market", () => {
    const answer = checkEntry({ ...question, sizeMax: { kind: "notional", notional: decimal(2) } });
    expect(answer).toMatchObject({ allowed: false, code: "market-rules", because: expect.stringMatching(/own maximum is too little/) });
  });
});
