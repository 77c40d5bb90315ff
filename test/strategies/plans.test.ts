import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Protection } from "../../src/domain/bot.ts";
import { decimal, ONE, ZERO } from "../../src/domain/money.ts";
import type { Plan } from "../../src/ports/strategy.ts";
import { distancePct, sharesOf } from "../../src/strategies/dca.ts";
import { pricesOf } from "../../src/strategies/grid.ts";
import { strategyNamed } from "../../src/strategies/registry.ts";
import { plainInstrument } from "../kit/engine-market.ts";

const BTC_USDT = plainInstrument("BTC/USDT", { takerFeeBps: 10 });
const NONE: Protection = { stopPct: undefined, takePct: undefined, trailingPct: undefined };

const ladder = fc.record({
  orders: fc.integer({ min: 1, max: 20 }),
  step: fc.double({ min: 0.1, max: 4, noNaN: true }),
  stepScale: fc.double({ min: 1, max: 1.1, noNaN: true }),
  sizeScale: fc.double({ min: 0.8, max: 1.25, noNaN: true }),
});
const range = fc
  .record({
    lower: fc.double({ min: 0.000_1, max: 100_000, noNaN: true }),
    wide: fc.double({ min: 1.01, max: 3, noNaN: true }),
    levels: fc.integer({ min: 2, max: 50 }),
  })
  .map(({ lower, wide, levels }) => ({ lower, upper: lower * wide, levels }));

function planOf(name: string, given: Record<string, number>): Plan {
  const strategy = strategyNamed(name);
  return strategy.plan!(strategy.params.parse(given) as Record<string, number>);
}

describe("the shares of a whole", () => {
  test("are never more than one together, and lack less than a billionth", () => {
    fc.assert(
      fc.property(ladder, range, (steps, grid) => {
        for (const { shares } of [planOf("dca", steps), planOf("grid", grid)]) {
          const sum = shares.reduce((total, share) => total.plus(share), ZERO);
          expect(sum.isLessThanOrEqualTo(1)).toBe(true);
          expect(ONE.minus(sum).isLessThan("0.000000001")).toBe(true);
          expect(shares.every((share) => share.isGreaterThan(0))).toBe(true);
        }
      }),
    );
  });

  test("of dca grow by their scale, order by order", () => {
    const shares = sharesOf({ orders: 3, sizeScale: 2 });
    expect(shares.map(String)).toEqual(["0.066666666666", "0.133333333333", "0.266666666666", "0.533333333333"]);
  });
});

describe("the prices of dca", () => {
  test("each lie as far below the average of all before as their distance says, which never shrinks", () => {
    fc.assert(
      fc.property(ladder, fc.double({ min: 0.01, max: 100_000, noNaN: true }), (steps, from) => {
        const { shares, pricesFrom } = planOf("dca", steps);
        const prices = pricesFrom(from);
        expect(prices).toHaveLength(steps.orders + 1);
        for (let order = 1; order <= steps.orders; order += 1) {
          const cost = shares.slice(0, order).reduce((sum, share) => sum + share.toNumber(), 0);
          const quantity = shares.slice(0, order).reduce((sum, share, index) => sum + share.toNumber() / prices[index]!, 0);
          expect(prices[order]! / (cost / quantity)).toBeCloseTo(1 - distancePct(steps, order) / 100, 7);
          expect(distancePct(steps, order + 1)).toBeGreaterThanOrEqual(distancePct(steps, order));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("the levels of a grid", () => {
  test("go from its lowest to its highest price in equal steps", () => {
    expect(pricesOf({ lower: 90, upper: 110, levels: 4 })).toEqual([90, 95, 100, 105, 110]);
    fc.assert(
      fc.property(range, (grid) => {
        const prices = pricesOf(grid);
        expect(prices).toHaveLength(grid.levels + 1);
        const step = (grid.upper - grid.lower) / grid.levels;
        for (const [index, price] of prices.entries()) expect(Math.abs(price - grid.lower - index * step)).toBeLessThan(grid.upper * 1e-12);
      }),
    );
  });
});

describe("exits that do not fit a plan are refused in one sentence", () => {
  const dca = planOf("dca", { orders: 2, step: 2, stepScale: 2 });
  const grid = planOf("grid", { lower: 90, upper: 110, levels: 4 });
  const wrong: readonly (readonly [string, Plan, Partial<Protection>, string])[] = [
    ["dca without a stop", dca, { takePct: 2 }, "needs a stop over the whole"],
    ["dca with a stop above its last order", dca, { stopPct: 4, takePct: 2 }, "the last safety order 4% below it would never be bought"],
    ["dca with a stop at a price above its last order", dca, { stopPrice: decimal(97), takePct: 2 }, "would never be bought"],
    ["dca with a stop by ATR", dca, { stopAtr: 2, takePct: 2 }, "found one by ATR"],
    ["dca without a target", dca, { stopPct: 8 }, "sells at a target over its average"],
    ["dca with several targets", dca, { stopPct: 8, takes: [{ pct: 2, sharePct: 50 }] }, "dca has one target"],
    ["dca that trails from its first entry", dca, { stopPct: 8, takePct: 2, trailingPct: 1 }, "before any safety order is bought"],
    ["a grid with a stop in percent", grid, { stopPct: 2 }, "at a price below its range"],
    ["a grid with a stop inside of its range", grid, { stopPrice: decimal(90) }, "inside of the range"],
    ["a grid with a target", grid, { stopPrice: decimal(80), takePct: 4 }, "use take:none"],
    ["a grid with a stop that moves", grid, { stopPrice: decimal(80), breakevenPct: 2 }, "would end the grid"],
    ["a grid with steps that costs eat", planOf("grid", { lower: 100, upper: 101, levels: 10 }), {}, "so each would lose"],
  ];

  test.each(wrong)("%s", (_name, plan, exits, sentence) => {
    expect(plan.refuse({ ...NONE, ...exits }, BTC_USDT, 100)).toContain(sentence);
  });

  test("what fits is not refused", () => {
    expect(dca.refuse({ ...NONE, stopPct: 8, takePct: 2 }, BTC_USDT, 100)).toBeUndefined();
    expect(dca.refuse({ ...NONE, stopPct: 8, trailingPct: 1, trailAfterPct: 2 }, BTC_USDT, 100)).toBeUndefined();
    expect(grid.refuse({ ...NONE, stopPrice: decimal(80) }, BTC_USDT, 100)).toBeUndefined();
  });
});
