import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Protection } from "../../src/domain/bot.ts";
import { breakEven, firstStop, movedStop, type Opened, protectionText, targetsOf } from "../../src/domain/exits.ts";
import { decimal, floorToStep, plain, toDouble } from "../../src/domain/money.ts";
import { plainInstrument } from "../kit/engine-market.ts";

const BTC = plainInstrument("BTC/USDT", { takerFeeBps: 10 });
const NONE: Protection = { stopPct: undefined, takePct: undefined, trailingPct: undefined };
const LONG: Opened = { side: "sell", entry: decimal(100) };
const SHORT: Opened = { side: "buy", entry: decimal(100) };
const stopOf = (protection: Partial<Protection>, opened: Opened = LONG) => {
  const stop = firstStop(BTC, { ...NONE, ...protection }, opened);
  return stop && plain(stop);
};
const movedTo = (protection: Partial<Protection>, best: number, from = 98, opened = LONG) =>
  plain(movedStop(BTC, { ...NONE, ...protection }, { ...opened, best: decimal(best) }, decimal(from)));
const split = (held: string, takes: readonly (readonly [pct: number, sharePct: number])[], rules = {}) =>
  targetsOf({ ...BTC, ...rules }, { ...NONE, takes: takes.map(([pct, sharePct]) => ({ pct, sharePct })) }, LONG, decimal(held)).map(
    ({ price, keep }) => [plain(price), plain(keep)],
  );

describe("the first stop", () => {
  it("is the nearest of percent, ATR, price and a trailing stop that begins at once", () => {
    expect(stopOf({ stopPct: 2 })).toBe("98");
    expect(stopOf({ stopAtr: 1.5 }, { ...LONG, stopDistance: decimal("3.004") })).toBe("96.99");
    expect(stopOf({ stopPrice: decimal("97.5") })).toBe("97.5");
    expect(stopOf({ stopPct: 2, stopPrice: decimal(99), trailingPct: 3 })).toBe("99");
    expect(stopOf({ stopPct: 2, trailingPct: 1, trailAfterPct: 2 })).toBe("98");
    expect(stopOf({})).toBeUndefined();
    expect(stopOf({ stopPct: 2, stopPrice: decimal(101) }, SHORT)).toBe("101");
  });
});

describe("a moved stop", () => {
  it("trails from its start on and not before", () => {
    expect(movedTo({ trailingPct: 1, trailAfterPct: 2 }, 101.99)).toBe("98");
    expect(movedTo({ trailingPct: 1, trailAfterPct: 2 }, 102)).toBe("100.98");
  });

  it("goes to the entry plus the fees of both sides once the price went so far, so that selling there loses nothing", () => {
    expect(movedTo({ breakevenPct: 1.5 }, 101.4)).toBe("98");
    expect(movedTo({ breakevenPct: 1.5 }, 101.5)).toBe("100.21");
    expect(movedTo({ breakevenPct: 1.5 }, 98.5, 102, SHORT)).toBe("99.8");
    const even = breakEven(BTC, LONG);
    expect(toDouble(even.minus(100).minus(even.plus(100).times("0.001")))).toBeGreaterThanOrEqual(0);
  });

  it("never moves away from the price, whatever the price does and whatever is wished", () => {
    const pct = fc.option(fc.double({ min: 0.1, max: 20, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.record({ trailingPct: pct, trailAfterPct: pct, breakevenPct: fc.option(fc.double({ min: 0.3, max: 20, noNaN: true })) }),
        fc.array(fc.integer({ min: 9_000, max: 15_000 }), { minLength: 1, maxLength: 30 }),
        ({ trailingPct, trailAfterPct, breakevenPct }, path) => {
          const protection: Protection = {
            ...NONE,
            trailingPct,
            ...(trailAfterPct === undefined ? {} : { trailAfterPct }),
            ...(breakevenPct === null ? {} : { breakevenPct }),
          };
          let best = 10_000;
          let before = decimal(95);
          for (const price of path) {
            best = Math.max(best, price);
            const now = movedStop(BTC, protection, { ...LONG, best: decimal(best).shiftedBy(-2) }, decimal(95));
            expect(now.isGreaterThanOrEqualTo(before)).toBe(true);
            before = now;
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("targets", () => {
  it("sell their shares of the whole position in whole lots, and the last one what is left", () => {
    expect(
      split("1.001", [
        [2, 50],
        [4, 50],
      ]),
    ).toEqual([
      ["102", "0.501"],
      ["104", "0"],
    ]);
    expect(
      split("1", [
        [2, 30],
        [4, 30],
      ]),
    ).toEqual([
      ["102", "0.7"],
      ["104", "0.4"],
    ]);
  });

  it("sell a part that the venue would not take with the next one, and never leave a rest that it would not take", () => {
    expect(
      split("0.06", [
        [2, 50],
        [4, 50],
      ]),
    ).toEqual([["104", "0"]]);
    expect(
      split("0.1", [
        [2, 60],
        [4, 20],
      ]),
    ).toEqual([["102", "0"]]);
    expect(
      split("0.03", [
        [2, 40],
        [4, 40],
      ]),
    ).toEqual([]);
    expect(
      split("0.001", [
        [2, 50],
        [4, 50],
      ]),
    ).toEqual([["104", "0"]]);
  });

  it("sell no more than there is, each a part that the venue takes, and leave nothing or what can still be sold", () => {
    const shares = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(shares, fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 0, max: 9 }), (wished, lots, dust) => {
        const sum = wished.reduce((total, share) => total + share, 0);
        const takes = wished.map((share, index) => [index + 1, sum > 100 ? (share * 100) / sum : share] as const);
        const held = decimal(lots).shiftedBy(-3).plus(decimal(dust).shiftedBy(-4));
        let left = held;
        const targets = targetsOf(BTC, { ...NONE, takes: takes.map(([pct, sharePct]) => ({ pct, sharePct })) }, LONG, held);
        for (const { price, keep } of targets) {
          const part = left.minus(keep);
          expect(keep.isNegative()).toBe(false);
          expect(part.isGreaterThan(0)).toBe(true);
          const isWhole = keep.isZero() || floorToStep(part, BTC.lotSize).isEqualTo(part);
          expect(isWhole).toBe(true);
          const rest = floorToStep(keep, BTC.lotSize).times(price);
          expect(keep.isZero() || rest.isGreaterThanOrEqualTo(BTC.notionalMin)).toBe(true);
          left = keep;
        }
      }),
      { numRuns: 300 },
    );
  });
});

it("exits in words say every number that was typed", () => {
  const takes = [
    { pct: 2, sharePct: 50 },
    { pct: 4, sharePct: 50 },
  ];
  expect(protectionText({ ...NONE, stopAtr: 2, takes, trailingPct: 1, trailAfterPct: 2, breakevenPct: 1.5 })).toBe(
    "stop 2 ATR, take 50% at 2%, 50% at 4%, trailing 1% after 2%, break-even after 1.5%",
  );
  expect(protectionText({ ...NONE, stopPrice: decimal(58_000), holdMax: { kind: "bars", bars: 48 } }, "USDT")).toBe(
    "stop at 58,000 USDT, at most 48 candles",
  );
  expect(protectionText({ ...NONE, holdMax: { kind: "span", spanMs: 5_400_000 } })).toBe("at most 1h30m");
  expect(protectionText(NONE)).toBe("none");
});
