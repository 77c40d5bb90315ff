import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Decimal, decimal, plain, ZERO } from "../../src/domain/money.ts";
import {
  applyFill,
  closingResult,
  entryPrice,
  type Fill,
  FLAT,
  isFlat,
  netRealized,
  type Position,
  reducePosition,
  unrealizedAt,
} from "../../src/domain/position.ts";
import { marketMs } from "../../src/domain/time.ts";

function fill(
  side: "buy" | "sell",
  quantity: string | Decimal,
  price: string | Decimal,
  fee: string | Decimal = "0",
  feeCurrency = "USDT",
): Fill {
  const money = { quantity: decimal(quantity), price: decimal(price), fee: decimal(fee), feeCurrency };
  return { fillId: "f", clientOrderId: "o", symbol: "BTC/USDT", side, ...money, liquidity: "taker", marketMs: marketMs(1) };
}
const held = (...fills: Fill[]): Position => fills.reduce((position, each) => applyFill(position, each, "BTC"), FLAT);

const digits = (max: number, scale: number) => fc.integer({ min: 1, max }).map((value) => decimal(value).shiftedBy(-scale));

describe("a position", () => {
  it("averages its entry, keeps it while it is sold, and books the rest with the last sale", () => {
    const bought = held(fill("buy", "1", "100", "0.1"), fill("buy", "2", "130", "0.26"));
    expect(plain(entryPrice(bought)!)).toBe("120");
    const part = applyFill(bought, fill("sell", "1", "150", "0.15"), "BTC");
    expect([plain(part.cost), plain(part.grossRealized), plain(entryPrice(part)!)]).toEqual(["240", "30", "120"]);
    expect(plain(unrealizedAt(part, decimal(110)))).toBe("-20");
    const closed = applyFill(part, fill("sell", "2", "90", "0.18"), "BTC");
    expect([isFlat(closed), plain(closed.cost), plain(netRealized(closed)), closed.openedMs]).toEqual([true, "0", "-30.69", undefined]);
  });

  it("charges each sale its share of what opening had cost, the last one all of the rest", () => {
    const bought = held(fill("buy", "3", "100", "0.1"));
    const sold = ["1", "2"].reduce<{ position: Position; results: string[] }>(
      ({ position, results }, quantity) => {
        const after = applyFill(position, fill("sell", quantity, "100.1", "0.05"), "BTC");
        const { realized, result } = closingResult(position, after, decimal("0.05"));
        return { position: after, results: [...results, `${plain(realized)} ${plain(result)}`] };
      },
      { position: bought, results: [] },
    );
    expect(sold.results).toEqual(["0.05 0.016666666666666667", "0.15 0.083333333333333333"]);
    expect(plain(netRealized(sold.position))).toBe("0.1");
  });

  it("pays the fee of a sale in its own coin as far as there is no other, at what it cost, and never more than it has", () => {
    const bought = held(fill("buy", "4", "100"));
    const sale = fill("sell", "2", "110", "0.2", "BTC");
    const left = (beyond: string) => applyFill(bought, sale, "BTC", decimal(beyond));
    expect(["0", "-1", "0.15", "0.2", "3"].map((beyond) => plain(left(beyond).quantity))).toEqual(["1.8", "1.8", "1.95", "2", "2"]);
    expect([plain(left("0").cost), plain(left("0").grossRealized), plain(entryPrice(left("0"))!)]).toEqual(["180", "0", "100"]);
    const over = applyFill(bought, fill("sell", "3.9", "110", "0.2", "BTC"), "BTC");
    expect([isFlat(over), plain(over.cost), over.openedMs]).toEqual([true, "0", undefined]);
  });

  it("gives no more away than it has", () => {
    const reduced = reducePosition(held(fill("buy", "4", "100")), decimal("4.01"), undefined);
    expect([isFlat(reduced), plain(reduced.cost), plain(reduced.grossRealized)]).toEqual([true, "0", "0"]);
  });

  it("of books that did not count the fees of opening is sold without a share of them", () => {
    const { entryFees: _, ...old } = held(fill("buy", "1", "100", "0.1"));
    const after = applyFill(old, fill("sell", "1", "101", "0.1"), "BTC");
    const { realized, result } = closingResult(old, after, decimal("0.1"));
    expect([plain(realized), plain(result)]).toEqual(["0.9", "0.9"]);
  });

  it("holds less than it bought when the fee is taken in base", () => {
    const bought = held(fill("buy", "1", "100", "0.001", "BTC"));
    expect([plain(bought.quantity), plain(bought.cost), plain(bought.feesPaid)]).toEqual(["0.999", "100", "0"]);
  });

  it("cannot be sold below zero", () => {
    expect(() => held(fill("buy", "1", "100"), fill("sell", "1.00000001", "100"))).toThrow(/cannot go below zero/);
    expect(() => held(fill("sell", "1", "100"))).toThrow(/sells 1 of 0/);
  });

  it("is the sum of its fills, and its result is what the cash says, to the last digit", () => {
    const round = fc.record({
      quantity: digits(1_000_000, 7),
      price: digits(10_000_000, 3),
      fee: digits(1_000, 9),
      sell: fc.double({ min: 0, max: 1, noNaN: true }),
      out: digits(10_000_000, 3),
    });
    fc.assert(
      fc.property(fc.array(round, { minLength: 1, maxLength: 12 }), digits(10_000_000, 3), (rounds, last) => {
        let position = FLAT;
        let base = ZERO;
        let quote = ZERO;
        const apply = (each: Fill) => {
          position = applyFill(position, each, "BTC");
          const sign = each.side === "buy" ? 1 : -1;
          base = base.plus(each.quantity.times(sign));
          quote = quote.minus(each.quantity.times(each.price).times(sign)).minus(each.fee);
        };
        for (const { quantity, price, fee, sell, out } of rounds) {
          apply(fill("buy", quantity, price, fee));
          const sold = position.quantity.times(decimal(sell.toFixed(3))).decimalPlaces(7, 1);
          if (sold.isGreaterThan(0)) apply(fill("sell", sold, out, fee));
          expect(plain(position.quantity)).toBe(plain(base));
          expect(plain(position.grossRealized.minus(position.cost).minus(position.feesPaid))).toBe(plain(quote));
        }
        if (!isFlat(position)) apply(fill("sell", position.quantity, last));
        expect(plain(netRealized(position))).toBe(plain(quote));
        expect(plain(position.cost)).toBe("0");
      }),
    );
  });
});
