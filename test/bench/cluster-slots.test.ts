import { describe, expect, test } from "vitest";
import { acted, checkActed, lastMs, slotsAt, slotsPerSecond } from "../../bench/kit/cluster-slots.ts";
import type { ClusterFact } from "../kit/process-cluster/books.ts";

const CLOSE_MS = Date.UTC(2026, 0, 1, 0, 1);

/** What a bot writes down that decides so long after the candle, and whose order is accepted so much later. */
function order(
  bot: string,
  decidedMs: number,
  acceptedMs: number,
  { stream = "account:paper:ann", marketMs = CLOSE_MS } = {},
): ClusterFact[] {
  const clientOrderId = `order of ${bot} at ${marketMs}`;
  return [
    { stream, marketMs, wallMs: CLOSE_MS + decidedMs, event: { type: "intent", intent: { botId: bot, clientOrderId } } },
    { stream, marketMs, wallMs: CLOSE_MS + acceptedMs, event: { type: "order-accepted", clientOrderId } },
  ];
}

const denial: ClusterFact = {
  stream: "account:paper:bob",
  marketMs: CLOSE_MS,
  wallMs: CLOSE_MS + 2_500,
  event: { type: "wish-denied", botId: "b1", because: "the desk is halted" },
};

describe("the slots of a candle, read from the books", () => {
  test("are the decisions of all bots on it, with what became of their orders, and of no other candle or account", () => {
    const others = [
      ...order("b1", 62_000, 62_100, { marketMs: CLOSE_MS + 60_000 }),
      ...order("b9", 2_000, 2_100, { stream: "account:live1" }),
    ];
    const slots = slotsAt(CLOSE_MS, [...order("b1", 2_000, 2_300), ...others, denial]);
    expect(slots).toEqual({ decidedMs: [2_000, 2_500], acceptedMs: [2_300] });
  });

  test("are no slots when an order vanished; one that was given up is only not accepted", () => {
    const [intent, accepted] = order("b1", 2_000, 2_300);
    expect(() => slotsAt(CLOSE_MS, [intent!])).toThrow("an order of account:paper:ann b1 was never accepted");
    const canceled = { ...accepted!, event: { ...accepted!.event, type: "order-canceled" } };
    expect(slotsAt(CLOSE_MS, [intent!, canceled])).toEqual({ decidedMs: [2_000], acceptedMs: [] });
  });

  test("are too few when entries were denied, which is said", () => {
    const facts = [...order("b1", 2_000, 2_300), denial, denial];
    const slots = [slotsAt(CLOSE_MS, facts)];
    expect(() => checkActed(slots, 1, facts)).not.toThrow();
    expect(() => checkActed(slots, 2, facts)).toThrow("1 orders were accepted in 2 slots; denied 2 times: the desk is halted");
  });

  test("are counted over the time from the first decision to the last accepted order of each candle", () => {
    const first = slotsAt(CLOSE_MS, [...order("b1", 2_000, 2_400), ...order("b2", 2_100, 2_500)]);
    const second = slotsAt(CLOSE_MS, [...order("b1", 3_000, 3_200), ...order("b2", 3_100, 3_300)]);
    expect(slotsPerSecond([first, second])).toBeCloseTo(4 / 0.8);
    expect(lastMs([first, second])).toBe(3_300);
  });

  test("tell which bots have ever acted, of accounts that count theirs by themselves", () => {
    expect(acted([...order("b1", 0, 1), ...order("b1", 60_000, 60_001, { marketMs: CLOSE_MS + 60_000 }), denial])).toBe(2);
  });
});
