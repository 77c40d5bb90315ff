import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ADVICE_MODES, type Advice } from "../../src/domain/advice.ts";
import { decimal } from "../../src/domain/money.ts";
import { HOUR_MS, MINUTE_MS, marketMs, wallMs } from "../../src/domain/time.ts";
import { ADVICE_AGE_MAX_MS, type AdviceQuestion, VETO_CONFIDENCE, weighAdvice } from "../../src/risk/advice.ts";

const NOW = Date.UTC(2022, 6, 1);
const WALL = Date.UTC(2026, 0, 1);
const LOT = decimal("0.001");

function advice(action: Advice["action"], confidence: number, more: Partial<Advice> = {}): Advice {
  return {
    action,
    confidence,
    reasons: ["because"],
    marketMs: marketMs(NOW),
    validUntilMs: wallMs(WALL + HOUR_MS),
    question: "0",
    ...more,
  };
}

function weigh(given: AdviceQuestion["given"], more: Partial<AdviceQuestion> = {}) {
  const question = { mode: "veto", given, quantity: decimal(1), lotSize: LOT, nowMs: NOW, wallMs: WALL, candleMs: MINUTE_MS } as const;
  const { quantity, use } = weighAdvice({ ...question, ...more });
  return { quantity: quantity.toFixed(), effect: use.effect, because: use.because };
}

describe("Advice", () => {
  test("to sell keeps a bot out where the service is sure, and takes as much as it is sure where it is not", () => {
    expect(weigh(advice("sell", VETO_CONFIDENCE))).toMatchObject({ quantity: "0", effect: "vetoed" });
    expect(weigh(advice("sell", 0.3))).toMatchObject({ quantity: "0.7", effect: "cut" });
  });

  test("to hold takes away at most half, and to buy nothing", () => {
    expect(weigh(advice("hold", 1))).toMatchObject({ quantity: "0.5", effect: "cut" });
    expect(weigh(advice("hold", 0))).toMatchObject({ quantity: "1", effect: "kept" });
    expect(weigh(advice("buy", 1))).toMatchObject({ quantity: "1", effect: "kept" });
  });

  test("is only told where a bot only tells it", () => {
    expect(weigh(advice("sell", 1), { mode: "advise" })).toMatchObject({ quantity: "1", effect: "kept" });
  });

  test("that is too old, from tomorrow or past its own time is none", () => {
    const old = advice("sell", 1, { marketMs: marketMs(NOW - ADVICE_AGE_MAX_MS - 1) });
    expect(weigh(old)).toEqual({ quantity: "1", effect: "none", because: "it is 15 min old, and 15 min is the most" });
    expect(weigh(old, { candleMs: HOUR_MS })).toMatchObject({ effect: "vetoed" });
    expect(weigh(advice("sell", 1, { marketMs: marketMs(NOW + 1) })).effect).toBe("none");
    expect(weigh(advice("sell", 1, { validUntilMs: wallMs(WALL - 1) })).effect).toBe("none");
    expect(weigh({ none: "the service was not asked yet" })).toEqual({
      ...{ quantity: "1", effect: "none", because: "the service was not asked yet" },
    });
  });

  test("of whatever kind never makes an entry larger, and leaves it whole where it is no sound advice", () => {
    const numbers = fc.oneof(fc.double(), fc.constantFrom(-1, 2, Number.NaN, Number.POSITIVE_INFINITY, 1e308, -0));
    fc.assert(
      fc.property(
        fc.constantFrom("buy" as const, "sell" as const, "hold" as const),
        numbers,
        fc.oneof(numbers, fc.integer({ min: NOW - HOUR_MS, max: NOW + HOUR_MS })),
        fc.oneof(numbers, fc.constant(WALL + 1)),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.constantFrom(...ADVICE_MODES),
        (action, confidence, atMs, untilMs, lots, mode) => {
          const given = advice(action, confidence, { marketMs: marketMs(atMs), validUntilMs: wallMs(untilMs) });
          const quantity = LOT.times(lots);
          const question = { mode, given, quantity, lotSize: LOT, nowMs: NOW, wallMs: WALL, candleMs: MINUTE_MS };
          const { quantity: left, use } = weighAdvice(question);
          expect(left.isGreaterThanOrEqualTo(0) && left.isLessThanOrEqualTo(quantity)).toBe(true);
          expect(left.modulo(LOT).isZero()).toBe(true);
          if (use.effect === "none" || use.effect === "kept") expect(left.isEqualTo(quantity)).toBe(true);
          if (!(confidence >= 0 && confidence <= 1)) expect(use.effect).toBe("none");
        },
      ),
      { numRuns: 300, seed: 7 },
    );
  });
});
