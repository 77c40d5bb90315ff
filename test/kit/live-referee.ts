import { expect } from "vitest";
import { plain } from "../../src/domain/money.ts";
import type { SpotOrder } from "./exchange/spot/order.ts";
import type { LiveRig } from "./live-rig.ts";

const OURS = /^ss[a-z2-7]{20}[st]?$/;

/** Orders at the exchange that carry our mark, oldest first. */
export function ourOrders(rig: LiveRig): SpotOrder[] {
  return rig.venue.orders.filter(({ clientOrderId }) => OURS.test(clientOrderId));
}

/** What the desk has bought or sold at the exchange, as lines: side, type, status. */
export function story(rig: LiveRig): string[] {
  return ourOrders(rig).map(({ draft, now }) => `${draft.side} ${draft.type} ${now.status}`);
}

/** Orders of ours that are open at the exchange. */
export function openOrders(rig: LiveRig): SpotOrder[] {
  return ourOrders(rig).filter(({ open }) => open);
}

/** What must hold at any moment: nothing broke, no intent was accepted twice, and each order was durable before the exchange saw it. */
export async function expectSound(rig: LiveRig, name = "main"): Promise<void> {
  expect(rig.fatal).toEqual([]);
  const ids = ourOrders(rig).map(({ clientOrderId }) => clientOrderId);
  expect(new Set(ids).size).toBe(ids.length);
  const intents = (await rig.events("intent", name)).map(({ intent }) => intent);
  const durable = new Map(intents.map((intent) => [intent.clientOrderId, intent.intentId]));
  const accepted = new Map<string, string>();
  for (const { clientOrderId } of ourOrders(rig)) {
    const own = durable.has(clientOrderId) ? clientOrderId : clientOrderId.slice(0, -1);
    const intentId = durable.get(own);
    expect(intentId, `${clientOrderId} was never durable`).toBeDefined();
    expect(accepted.get(intentId ?? "") ?? own, `two orders of ${intentId}`).toBe(own);
    accepted.set(intentId ?? "", own);
  }
}

/** What must hold at rest beyond that: books equal the exchange's, nothing unanswered, every position covered by one stop there, nothing open without a position. */
export async function expectSettled(rig: LiveRig, name = "main"): Promise<void> {
  await expectSound(rig, name);
  const books = rig.books(name);
  const coins = new Set([...rig.venue.coins, ...books.balances.keys()]);
  const zero = "0";
  for (const coin of coins)
    expect(`${coin} ${books.balances.has(coin) ? plain(books.balances.get(coin)!) : zero}`).toBe(`${coin} ${plain(rig.venue.total(coin))}`);
  expect([...books.orders.values()].filter(({ status }) => status === "unknown" || status === "in-flight")).toEqual([]);
  for (const { spec, position } of books.bots.values()) {
    if (position.quantity.isZero()) continue;
    const id = spec.symbol.replace("/", "");
    const stops = openOrders(rig).filter(({ symbol, draft }) => symbol === id && draft.type === "STOP_LOSS_LIMIT");
    expect(stops, `${spec.name} has one stop at the exchange`).toHaveLength(1);
    const covered = stops[0]!.remaining;
    expect(covered.isLessThanOrEqualTo(position.quantity), "its stop is no larger than the position").toBe(true);
    expect(position.quantity.minus(covered).toNumber(), "its stop covers the position to a lot").toBeLessThan(0.00001);
  }
  const held = new Set([...books.bots.values()].filter(({ position }) => !position.quantity.isZero()).map(({ spec }) => spec.symbol));
  const stray = openOrders(rig).filter(({ symbol }) => ![...held].some((each) => each.replace("/", "") === symbol));
  expect(stray.map(({ clientOrderId }) => clientOrderId)).toEqual([]);
}
