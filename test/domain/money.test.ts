import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ceilToStep,
  decimal,
  floorToStep,
  fromJson,
  lessBps,
  max,
  min,
  percentOf,
  plain,
  shown,
  toDouble,
  toJson,
} from "../../src/domain/money.ts";

/** Decimals as people and venues write them: up to 12 digits before and 18 after the point. */
const ugly = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 18 }))
  .map(([digits, scale]) => decimal(digits.toString()).shiftedBy(-scale));
const positive = ugly.map((value) => value.abs());
const step = fc.constantFrom("1", "0.5", "0.01", "0.00001", "0.00000001", "25").map((text) => decimal(text));

describe("money", () => {
  it("is exact where doubles are not", () => {
    expect(plain(decimal(0.1).plus(0.2))).toBe("0.3");
    expect(plain(decimal("1e-18").times("1e18"))).toBe("1");
    expect(plain(decimal("123456789012345678901234567890.000000000000000001").plus("1"))).toBe(
      "123456789012345678901234567891.000000000000000001",
    );
    expect(plain(decimal(1e21))).toBe("1000000000000000000000");
  });

  it.each(["", "abc", "NaN", "Infinity", "1.2.3", Number.NaN, Number.POSITIVE_INFINITY])("refuses %s with what it found", (value) => {
    expect(() => decimal(value)).toThrow(RangeError);
    expect(() => decimal(value)).toThrow(`found "${value}"`);
  });

  it("adds and multiplies without losing a digit, in any order", () => {
    fc.assert(
      fc.property(ugly, ugly, ugly, (a, b, c) => {
        expect(plain(a.plus(b).minus(b))).toBe(plain(a));
        expect(plain(a.plus(b).times(c))).toBe(plain(a.times(c).plus(b.times(c))));
      }),
    );
  });

  it("survives JSON in any shape", () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: "small" },
        ugly,
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("any")),
        fc.dictionary(fc.string({ minLength: 1 }), tie("any")),
      ),
    })).any;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), value)), (entries) => {
        const original = { list: entries.map(([, each]) => each), map: new Map(entries) };
        const copy = fromJson(toJson(original));
        expect(toJson(copy)).toBe(toJson(original));
        expect((copy as typeof original).map).toEqual(original.map);
      }),
    );
  });

  it("never writes an exponent", () => {
    fc.assert(
      fc.property(ugly, (value) => {
        expect(toJson(value)).toMatch(/^\{"\$d":"-?\d+(\.\d+)?"\}$/);
      }),
    );
    expect(toJson(decimal("1e-17"))).toBe('{"$d":"0.00000000000000001"}');
  });

  it("rounds to steps down and up, at most one step apart, and leaves multiples alone", () => {
    fc.assert(
      fc.property(positive, step, (value, by) => {
        const [down, up] = [floorToStep(value, by), ceilToStep(value, by)];
        expect(down.isLessThanOrEqualTo(value) && up.isGreaterThanOrEqualTo(value)).toBe(true);
        expect(up.minus(down).isLessThanOrEqualTo(by)).toBe(true);
        expect(plain(floorToStep(down, by))).toBe(plain(down));
        expect(plain(ceilToStep(up, by))).toBe(plain(up));
      }),
    );
  });

  it("takes basis points and percentages exactly", () => {
    expect(plain(lessBps(decimal("100.01"), 3))).toBe("99.979997");
    expect(plain(lessBps(decimal("100.01"), -3))).toBe("100.040003");
    expect(plain(percentOf(decimal("0.07"), 0.1))).toBe("0.00007");
  });

  it("rounds half to even for people and groups thousands", () => {
    expect([shown(decimal("1234567.125"), 2), shown(decimal("0.135"), 2), shown(decimal("5"), 2), shown(decimal("5"), 2, true)]).toEqual([
      "1,234,567.12",
      "0.14",
      "5",
      "5.00",
    ]);
  });

  it("compares by value, and goes to the nearest double", () => {
    expect(plain(min(decimal("1.0"), decimal(1)))).toBe("1");
    expect(plain(max(decimal("-1"), decimal("0.5")))).toBe("0.5");
    expect(toDouble(decimal("0.1"))).toBe(0.1);
  });
});
