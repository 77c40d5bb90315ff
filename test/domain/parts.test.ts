import fc from "fast-check";
import { expect, test } from "vitest";
import { decimal, plain } from "../../src/domain/money.ts";
import { boughtParts, fittedParts, type Part, soldParts, splitIntoParts, sumOf } from "../../src/domain/parts.ts";

const quantity = fc.integer({ min: 1, max: 1_000_000 }).map((lots) => decimal(lots).shiftedBy(-4));
const shown = (parts: readonly Part[]) => parts.map(({ number, quantity: each }) => `${number}:${plain(each)}`);

test("a quantity is split into whole lots without a rest", () => {
  expect(shown(splitIntoParts([4, 7, 8], decimal("0.1"), decimal("0.01")))).toEqual(["4:0.03", "7:0.03", "8:0.04"]);
  expect(shown(splitIntoParts([1, 2], decimal("0.01"), decimal("0.01")))).toEqual(["2:0.01"]);
  fc.assert(
    fc.property(quantity, fc.integer({ min: 1, max: 20 }), (whole, count) => {
      const numbers = Array.from({ length: count }, (_, index) => index);
      const parts = splitIntoParts(numbers, whole, decimal("0.0001"));
      expect(plain(sumOf(parts))).toBe(plain(whole));
      for (const part of parts) expect(plain(part.quantity.modulo("0.0001"))).toBe("0");
    }),
  );
});

test("fills of an order for several parts fill them one after the other, and a fee in base leaves the part that paid it", () => {
  const order = { parts: splitIntoParts([3, 4], decimal(2), decimal("0.1")), filledQuantity: decimal(0) };
  const first = boughtParts([{ number: 1, quantity: decimal(5) }], order, decimal("1.5"), decimal("1.4"));
  expect(shown(first)).toEqual(["1:5", "3:1", "4:0.4"]);
  expect(shown(boughtParts(first, { ...order, filledQuantity: decimal("1.5") }, decimal("0.5"), decimal("0.5")))).toEqual([
    "1:5",
    "3:1",
    "4:0.9",
  ]);
});

test("however an order fills, its parts are what the position is, bought and sold", () => {
  fc.assert(
    fc.property(fc.array(quantity, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 5 }), (fills, count) => {
      const whole = fills.reduce((sum, fill) => sum.plus(fill), decimal(0));
      const parts = splitIntoParts(
        Array.from({ length: count }, (_, index) => index),
        whole,
        decimal("0.0001"),
      );
      let filledQuantity = decimal(0);
      let held: readonly Part[] = [];
      for (const fill of fills) {
        held = boughtParts(held, { parts, filledQuantity }, fill, fill);
        filledQuantity = filledQuantity.plus(fill);
        expect(plain(sumOf(held))).toBe(plain(filledQuantity));
      }
      expect(shown(held)).toEqual(shown(parts));
      filledQuantity = decimal(0);
      for (const fill of fills.toReversed()) {
        held = soldParts(held, { parts, filledQuantity }, fill);
        filledQuantity = filledQuantity.plus(fill);
        expect(plain(sumOf(held))).toBe(plain(whole.minus(filledQuantity)));
      }
      expect(held).toEqual([]);
    }),
  );
});

test("what a stop or a person takes away goes from the first parts", () => {
  const held = [1, 2, 3].map((number) => ({ number, quantity: decimal(2) }));
  expect(shown(fittedParts(held, decimal(3)))).toEqual(["2:1", "3:2"]);
  expect(fittedParts(held, decimal(9))).toBe(held);
});
