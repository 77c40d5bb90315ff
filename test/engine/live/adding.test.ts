import { expect, it } from "vitest";
import { emptyAccount, newBot } from "../../../src/domain/books.ts";
import { decimal, ZERO } from "../../../src/domain/money.ts";
import type { Order } from "../../../src/domain/order.ts";
import { soldParts, withoutParts } from "../../../src/domain/parts.ts";
import { marketMs } from "../../../src/domain/time.ts";
import { addDenial, partsSale } from "../../../src/engine/live/adding.ts";
import { plainInstrument } from "../../kit/engine-market.ts";

const RULES = { ...plainInstrument("BTC/USDT"), lotSize: decimal("0.001"), notionalMin: decimal(10) };
const LOT = RULES.lotSize;

/** Three parts of a hundred USDT each, less a fee in base. */
function held() {
  const bot = newBot({
    ...{ id: "b1", name: "dip", owner: "discord:1", account: "main", mode: "live", group: undefined },
    ...{ symbol: "BTC/USDT", timeframe: "1m", strategy: "grid", params: {} },
    sizing: { kind: "notional", notional: decimal(300) },
    protection: { stopPct: undefined, takePct: undefined, trailingPct: undefined, stopPrice: decimal(900) },
  });
  bot.position = { ...bot.position, quantity: decimal("0.2997"), cost: decimal(300), openedMs: marketMs(1) };
  bot.whole = decimal(300);
  bot.parts = [0, 1, 2].map((number) => ({ number, quantity: decimal("0.0999") }));
  return bot;
}

function stop(about: Partial<Order> = {}): Order {
  return {
    ...{ clientOrderId: "s1", intentId: "b1:protection-1:stop", attempt: 1, botId: "b1", symbol: "BTC/USDT", side: "sell", type: "stop" },
    ...{ purpose: "stop", quantity: decimal("0.299"), filledQuantity: ZERO, fillIds: [], status: "open", reason: "", sinceMs: marketMs(1) },
    ...about,
  } as Order;
}

function denial(orders: readonly Order[], bot = held()): string | undefined {
  const state = emptyAccount();
  state.bots.set("b1", bot);
  for (const order of orders) state.orders.set(order.clientOrderId, order);
  return addDenial(state, bot, LOT);
}

it("a real position is added to only while one whole stop rests over all of it and nothing else works or is wanted", () => {
  expect(denial([stop()])).toBeUndefined();
  expect(denial([])).toContain("does not rest");
  for (const status of ["in-flight", "unknown", "partially-filled"] as const) expect(denial([stop({ status })])).toContain("does not rest");
  expect(denial([stop({ quantity: decimal("0.298") })])).toContain("does not cover all of it");
  expect(denial([stop(), stop({ clientOrderId: "e1", purpose: "entry", type: "limit", side: "buy" })])).toContain("still works");
  const exit = { purpose: "exit", key: "x1", slotMs: marketMs(1), reason: "", values: {}, tries: 0, keep: decimal("0.2") } as const;
  expect(denial([stop()], { ...held(), exit })).toContain("is being sold");
  expect(denial([stop()], { ...held(), whole: undefined })).toContain("not held any more");
});

it("a sale of parts keeps the others whole, joins what is being sold already, and sells everything where the rest could not be sold", () => {
  const bot = held();
  expect(partsSale(bot, [1], RULES, 1_000)).toEqual({ keep: decimal("0.2007"), parts: [1] });
  const exit = {
    purpose: "exit",
    key: "x1",
    slotMs: marketMs(1),
    reason: "",
    values: {},
    tries: 0,
    keep: decimal("0.2007"),
    parts: [1],
  } as const;
  expect(partsSale({ ...bot, exit }, [0], RULES, 1_000)).toEqual({ keep: decimal("0.1007"), parts: [0, 1] });
  expect(partsSale(bot, [0, 1, 2], RULES, 1_000)).toEqual({});
  const rich = { ...RULES, notionalMin: decimal(95) };
  expect(partsSale(bot, [0, 1], rich, 1_000)).toEqual({});
  expect(partsSale(bot, [0], rich, 900)).toBeUndefined();
});

it("what lots leave of a part that was sold belongs to another part, so that the part may be bought again", () => {
  const { parts = [] } = held();
  const order = { parts: [parts[1]!], filledQuantity: ZERO };
  const left = withoutParts(soldParts(parts, order, decimal("0.099")), [1]);
  expect(left).toEqual([
    { number: 0, quantity: decimal("0.1008") },
    { number: 2, quantity: decimal("0.0999") },
  ]);
});
