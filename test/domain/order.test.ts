import { describe, expect, it } from "vitest";
import { isTerminal, nextStatus, type OrderStatus } from "../../src/domain/order.ts";

const ALL: readonly OrderStatus[] = ["in-flight", "unknown", "open", "partially-filled", "filled", "canceled", "expired", "rejected"];
/** Every edge of the machine, written out: a change here is a change of what a ledger may say. */
const EDGES: Record<OrderStatus, readonly OrderStatus[]> = {
  "in-flight": ["unknown", "open", "partially-filled", "filled", "canceled", "expired", "rejected"],
  unknown: ["open", "partially-filled", "filled", "canceled", "expired", "rejected"],
  open: ["partially-filled", "filled", "canceled", "expired"],
  "partially-filled": ["partially-filled", "filled", "canceled", "expired"],
  filled: [],
  canceled: [],
  expired: [],
  rejected: [],
};

describe("an order's status", () => {
  const edges = ALL.flatMap((from) => ALL.map((to) => [from, to, EDGES[from].includes(to)] as const));
  it.each(edges)("from %s to %s: %s", (from, to, allowed) => {
    if (allowed) expect(nextStatus(from, to)).toBe(to);
    else expect(() => nextStatus(from, to)).toThrow(`an order that is ${from} cannot become ${to}`);
  });

  it("ends in four ways", () => {
    expect(ALL.filter(isTerminal)).toEqual(["filled", "canceled", "expired", "rejected"]);
  });
});
