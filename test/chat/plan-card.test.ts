import { expect, test } from "vitest";
import { withPlan } from "../../src/chat/plan-card.ts";
import { card } from "../../src/chat/view.ts";
import { decimal } from "../../src/domain/money.ts";
import type { PlanFacts } from "../../src/ports/plan.ts";

const plan: PlanFacts = {
  entries: [
    { share: decimal("0.25"), price: decimal(100), notional: decimal(250) },
    { share: decimal("0.75"), price: decimal(95), notional: decimal(750) },
  ],
  whole: decimal(1_000),
  says: "1,000 USDT wished",
  average: decimal("96.2"),
  stopPrice: decimal("88.5"),
  lossAtStop: decimal("81.956"),
};

test("the whole of a plan is shown with each entry, the sum, and what is lost at the stop", () => {
  const { table, lines } = withPlan(card("dip"), plan, "USDT").view();
  expect(table?.rows).toEqual([
    ["1", "100.00 USDT", "25%", "250.00 USDT"],
    ["2", "95.00 USDT", "75%", "750.00 USDT"],
  ]);
  expect(lines).toEqual([
    "All 2 entries together need 1,000.00 USDT (1,000 USDT wished); prices are those of a fall from here.",
    "Bought whole, its average would be 96.20 USDT. The stop then lies at 88.50 USDT: 81.96 USDT would be lost there, fees included.",
  ]);
});

test("what is not known yet is said so", () => {
  const unknown = plan.entries.map(({ share }) => ({ share, price: undefined, notional: undefined }));
  const facts = { ...plan, entries: unknown, whole: undefined, says: "the range is not known yet", average: undefined };
  const { table, lines } = withPlan(card("dip"), facts, "USDT").view();
  expect(table?.rows).toEqual([
    ["1", "-", "25%", "-"],
    ["2", "-", "75%", "-"],
  ]);
  expect(lines).toEqual(["How much its 2 entries would be together is not known yet: the range is not known yet."]);
});

test("what is bought of a plan is said so", () => {
  const [first, second] = plan.entries;
  const facts = { ...plan, entries: [{ ...first!, price: undefined, isHeld: true as const }, second!], says: "" };
  const { table, lines } = withPlan(card("dip"), facts, "USDT").view();
  expect(table?.rows).toEqual([
    ["1", "bought", "25%", "250.00 USDT"],
    ["2", "95.00 USDT", "75%", "750.00 USDT"],
  ]);
  expect(lines[0]).toBe(
    "1 of 2 entries is bought. All 2 entries together need 1,000.00 USDT, as sized at the first; prices are those of a fall from here.",
  );
});

test("a bot of one entry has no plan", () => {
  expect(withPlan(card("dip"), undefined, "USDT").view()).toEqual(card("dip").view());
});
