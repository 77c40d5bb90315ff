import { describe, expect, test } from "vitest";
import { type Load, msPerOrder } from "../../bench/kit/cluster-load.ts";

const LOAD: Load = {
  begunMs: 0,
  perMinute: new Map([
    ["engines", 5_000],
    ["MongoDB", 2_000],
  ]),
  without: new Map([
    ["engines", 3_000],
    ["MongoDB", 1_500],
  ]),
};

describe("what an order costs", () => {
  test("is what is computed in a minute beyond what its calm part would make of it, shared among the orders", () => {
    expect(msPerOrder(LOAD, 1_000, ["engines"])).toBe(2);
    expect(msPerOrder(LOAD, 1_000)).toBe(2.5);
  });
});
