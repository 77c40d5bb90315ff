import { isSellable } from "../../domain/exits.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { type Decimal, decimal, floorToStep, min } from "../../domain/money.ts";
import { isProtective, type Order, remainingOf } from "../../domain/order.ts";
import { isFlat } from "../../domain/position.ts";
import { wantsMore } from "./exit-wish.ts";
import type { LaneView, Step } from "./lane-view.ts";
import { beyondStop, beyondTake, isNearTake, sellable } from "./levels.ts";
import {
  CANCEL_AGAIN_MS,
  FRESH_READ_MS,
  NAKED_MAX_MS,
  POLL_BLIND_MS,
  POLL_NEAR_MS,
  POLL_RESTING_MS,
  POLL_WORKING_MS,
  STOP_GRACE_MS,
  UNREAD_MAX_MS,
} from "./limits.ts";
import { passedForMs, watchStep } from "./watch-step.ts";

const LAPSED = "its stop has ended at the exchange, and what it filled cannot be read yet";
const REST: Step = { kind: "rest" };
/** What a position waits for comes before any reading. */
const URGENT: ReadonlySet<Step["kind"]> = new Set(["protect", "exit", "want-exit", "alarm", "cancel"]);

/** What a bot at a real exchange has to do next. Pure: the same after a restart as before it, which is why start-up is recovery. */
export function nextStep(view: LaneView): Step {
  const { orders, memory, bot } = view;
  const idle = orders.filter(({ clientOrderId }) => !memory.busy.has(clientOrderId));
  for (const order of idle)
    if (order.status === "in-flight") return { kind: memory.unsent.has(order.clientOrderId) ? "send" : "forget", order };
  for (const order of orders) noteTouch(view, order);
  const wanted = isFlat(bot.position) ? flatStep(view) : heldStep(view);
  if (URGENT.has(wanted.kind)) return wanted;
  const probe = idle.find((order) => order.status === "unknown" && memory.probeDue(order.clientOrderId));
  if (probe) return { kind: "probe", order: probe };
  const poll = idle.find((order) => isOpen(order) && pollDue(view, order));
  return poll ? { kind: "poll", order: poll } : wanted;
}

/** Nothing is held: what still protects is taken away. */
function flatStep(view: LaneView): Step {
  view.memory.positionEnded();
  const left = view.orders.find((order) => isProtective(order) && isOpen(order));
  return left ? cancelStep(view, left) : REST;
}

function heldStep(view: LaneView): Step {
  const { bot, orders, rules, price, memory, traits } = view;
  if (!rules) return unlistedStep(view);
  const quantity = sellable(memory.measure(bot, rules), price);
  if (quantity.isZero()) return orders.length === 0 ? { kind: "dust" } : strayStep(view, rules);
  const wished = bot.exit && !bot.exit.keep ? undefined : watchStep(view, rules);
  if (wished?.kind === "want-exit" && wantsMore(bot, wished.keep)) return wished;
  const leaving = leavingOf(view, rules, quantity);
  if (!leaving) return protectStep(view, rules, quantity);
  const sales = orders.filter((order) => !isProtective(order) && order.purpose !== "entry");
  if (sales.some(isOpen)) return nakedOr(view, REST, "its sale works");
  // Even a sale that only reduces is not repeated before the answer to the last one came or was given up.
  if (sales.some(({ status }) => !traits.reduceOnly || status === "in-flight"))
    return nakedOr(view, keptPartStep(view, rules, sales), "its sale is unanswered");
  // Of everything a second sale takes only what is left. Of a part it would take another one, so the part waits for its proof, behind its stop.
  if (sales.length > 0 && bot.exit?.keep) return protectStep(view, rules, quantity);
  if (!view.listed) return unlistedStep(view);
  const stop = orders.find((order) => isProtective(order) && isOpen(order));
  // A turn is for giving up a stop: who has no stop any more by the venue's word waits for none.
  if (stop && memory.may("exit")) return view.turn || memory.lapsed.has(stop.clientOrderId) ? cancelStep(view, stop) : REST;
  // Where both only reduce, a sale of everything leaves nothing to a stop that may rest; elsewhere the stop may hold the coins.
  if (!stop && orders.some(isProtective) && !(traits.reduceOnly && bot.exit && !bot.exit.keep && !bot.exit.parts))
    return nakedOr(view, REST, "whether its stop rests is unanswered");
  if (memory.may("exit")) {
    const dust = dustAlong(view, rules);
    return { kind: "exit", quantity: atOnce(dust ? floorToStep(bot.position.quantity.plus(dust), rules.lotSize) : leaving, rules), dust };
  }
  return protectStep(view, rules, quantity);
}

/** What an unanswered sale of a part leaves, whether it came through or not, need not wait for its answer without a stop. */
function keptPartStep({ bot, orders, memory, listed }: LaneView, rules: Instrument, sales: readonly Order[]): Step {
  const { levels } = memory.measure(bot, rules);
  const isKnown = bot.exit?.keep !== undefined && sales.every(({ status }) => status === "unknown");
  if (!isKnown || !levels || !listed || orders.some(isProtective) || !memory.may("protect")) return REST;
  const rest = sales.reduce((left, sale) => left.minus(remainingOf(sale)), bot.position.quantity);
  const quantity = floorToStep(rest, rules.lotSize);
  return isSellable(rules, quantity, levels.stopLimitPrice) ? { kind: "protect", quantity, levels } : REST;
}

/** What an exit is to sell: all, or what a target does not leave; undefined while none is wanted, or the venue would not take that part. */
function leavingOf({ bot, price, memory }: LaneView, rules: Instrument, quantity: Decimal): Decimal | undefined {
  const { exit, position } = bot;
  if (!exit?.keep) return exit && quantity;
  const part = floorToStep(position.quantity.abs().minus(exit.keep), rules.lotSize);
  return isSellable(rules, part, decimal(price ?? memory.measure(bot, rules).entry)) ? part : undefined;
}

/** What earlier positions left in the account goes with a sale once it makes a lot more, so that it never adds up. */
function dustAlong({ bot, dust, traits }: LaneView, { lotSize }: Instrument): Decimal | undefined {
  const { quantity } = bot.position;
  if (traits.kind !== "spot" || !dust.isGreaterThan(0) || (bot.exit?.tries ?? 0) > 0 || bot.exit?.keep) return undefined;
  const more = floorToStep(quantity.plus(dust), lotSize).isGreaterThan(floorToStep(quantity, lotSize));
  return more ? dust : undefined;
}

/** The venue takes so much in one order at market; what is left is sold by the next one. */
function atOnce(quantity: Decimal, { marketQuantityMax, lotSize }: Instrument): Decimal {
  return marketQuantityMax ? min(quantity, floorToStep(marketQuantityMax, lotSize)) : quantity;
}

/** Nothing can be placed in a symbol that the venue does not list: what rests there is kept, and a naked position is said so. */
function unlistedStep(view: LaneView): Step {
  const { bot, orders } = view;
  const stop = orders.find((order) => isProtective(order) && isOpen(order));
  if (stop) return keptStep(view, stop);
  return nakedOr(view, REST, `the exchange does not list ${bot.spec.symbol} now`);
}

/** Too little is held to sell it. A stop that rests is left to do it, unless it should have by now; once nothing works any more the rest leaves the bot. */
function strayStep(view: LaneView, rules: Instrument): Step {
  const stop = view.orders.find((order) => isProtective(order) && isOpen(order));
  if (!stop) return REST;
  const fits = remainingOf(stop).isLessThanOrEqualTo(view.bot.position.quantity.abs());
  return fits && wantsMore(view.bot, undefined) && (passedForMs(view, rules) ?? 0) < STOP_GRACE_MS
    ? reliefOr(view)
    : cancelStep(view, stop);
}

function protectStep(view: LaneView, rules: Instrument, quantity: Decimal): Step {
  const { bot, orders, memory, nowMs } = view;
  const { levels } = memory.measure(bot, rules);
  if (!levels) return REST;
  if (orders.some((order) => isProtective(order) && !isOpen(order))) return nakedOr(view, REST, "whether its stop rests is unanswered");
  const stop = orders.find(isProtective);
  if (stop) {
    const left = remainingOf(stop);
    if (left.isGreaterThanOrEqualTo(quantity) && left.isLessThanOrEqualTo(bot.position.quantity.abs())) return keptStep(view, stop);
    const step = cancelStep(view, stop);
    return bot.added && left.isLessThan(quantity) ? nakedOr(view, step, "its stop does not cover what was added") : step;
  }
  if (!view.listed) return unlistedStep(view);
  const nakedMs = nowMs - nakedSince(view);
  if (wantsMore(bot, undefined) && nakedMs > NAKED_MAX_MS && memory.failures("protect") > 0)
    return { kind: "want-exit", purpose: "stop", reason: "no protective order could be placed within 5 s of the first fill" };
  return nakedOr(view, memory.may("protect") ? { kind: "protect", quantity, levels } : REST, "the venue took no protective order");
}

/** A position without a confirmed stop past the deadline is said so, once; then the step is taken. */
function nakedOr(view: LaneView, step: Step, reason: string): Step {
  const { bot, nowMs, venueMs } = view;
  const sinceMs = nakedSince(view);
  if (nowMs - sinceMs <= NAKED_MAX_MS || bot.naked) return step;
  return { kind: "alarm", sinceMs: venueMs - (nowMs - sinceMs), reason };
}

/** A stop that rests protects, as long as the venue can still tell of it. */
function keptStep(view: LaneView, stop: Order): Step {
  const { memory, nowMs, listed, bot } = view;
  if (memory.lapsed.has(stop.clientOrderId)) return nakedOr(view, REST, LAPSED);
  // What was called naked stays so until this very process has seen the stop, however little it knows of the exchange's list yet.
  if (bot.naked && !memory.hasSeen(stop.clientOrderId)) return REST;
  const readMs = memory.readings.atMs(stop.clientOrderId);
  // A process that has never read it knows only what an earlier one wrote.
  if (listed || (readMs !== undefined && nowMs - readMs <= UNREAD_MAX_MS)) return reliefOr(view);
  return nakedOr(view, REST, `the exchange does not list ${bot.spec.symbol} now, and its stop cannot be read there`);
}

function reliefOr(view: LaneView): Step {
  const { bot, memory, venueMs } = view;
  memory.covered();
  return bot.naked ? { kind: "relief", nakedForMs: Math.max(0, venueMs - bot.naked.sinceMs) } : REST;
}

/** Since when the position has been without a confirmed stop, in this process's time: from now where this process has seen it protected. */
function nakedSince(view: LaneView): number {
  const { memory, nowMs, bot, venueMs } = view;
  const openMs = Math.max(0, venueMs - (bot.position.openedMs ?? venueMs));
  const lapsedMs = memory.lapsedSinceMs === undefined ? undefined : Math.min(openMs, nowMs - memory.lapsedSinceMs);
  // What was added is uncovered from its first fill at the venue, whatever was seen of the stop before.
  const addedMs = bot.added ? Math.max(0, venueMs - bot.added.sinceMs) : 0;
  memory.nakedSinceMs ??= nowMs - Math.max(addedMs, lapsedMs ?? (memory.wasProtected ? 0 : nakedBeforeMs(view, openMs)));
  return memory.nakedSinceMs;
}

/**
 * For how long it was so before this process looked: since its last stop ended, where the books know that. A position that was just opened counts from
 * its first fill at the venue; of an older one only an order that an earlier process left unanswered says since when it had to do without.
 */
function nakedBeforeMs({ bot, orders, venueMs }: LaneView, openMs: number): number {
  if (bot.uncoveredSinceMs !== undefined) return Math.min(openMs, Math.max(0, venueMs - bot.uncoveredSinceMs));
  if (openMs < NAKED_MAX_MS * 4) return openMs;
  const unanswered = orders.filter((order) => order.purpose !== "entry" && !isOpen(order));
  return Math.min(openMs, Math.max(0, ...unanswered.map(({ sinceMs }) => venueMs - sinceMs)));
}

/** A protective order is given up only while the venue answers: on a reading that is fresh. */
function cancelStep(view: LaneView, order: Order): Step {
  const step = takenBackStep(view, order);
  return view.memory.lapsed.has(order.clientOrderId) && !isFlat(view.bot.position) ? nakedOr(view, step, LAPSED) : step;
}

function takenBackStep({ memory, nowMs }: LaneView, order: Order): Step {
  if (memory.busy.has(order.clientOrderId)) return REST;
  const asked = memory.cancels.get(order.clientOrderId);
  if (asked !== undefined && nowMs - asked < CANCEL_AGAIN_MS) return REST;
  const read = memory.readings.atMs(order.clientOrderId);
  if (read !== undefined && nowMs - read <= FRESH_READ_MS) return { kind: "cancel", order };
  return memory.readings.mayAsk(order.clientOrderId) ? { kind: "poll", order } : REST;
}

function pollDue({ memory, nowMs, bot, traits }: LaneView, order: Order): boolean {
  const { clientOrderId } = order;
  if (!memory.readings.mayAsk(clientOrderId)) return false;
  const read = memory.readings.atMs(clientOrderId);
  if (read === undefined) return true;
  if (!isProtective(order) || memory.cancels.has(clientOrderId)) return nowMs - read >= POLL_WORKING_MS;
  if (isFlat(bot.position)) return nowMs - read >= POLL_NEAR_MS;
  return nowMs - read >= (memory.readings.touchedEveryMs(clientOrderId, traits.readLagMs) ?? POLL_RESTING_MS);
}

/**
 * The price stands at a level of a protective order. It may, unseen, where nobody says a price, and between two looks at one that is near: then a target on
 * a spot exchange, which is a limit order, may fill in part and end its stop without a sign.
 */
function noteTouch({ price, traits, memory }: LaneView, order: Order): void {
  const { side, price: stop, takePrice, clientOrderId } = order;
  if (!isProtective(order)) return;
  const isAt = (seen: number): boolean =>
    (stop !== undefined && beyondStop(side, stop, seen)) || (takePrice !== undefined && beyondTake(side, takePrice, seen));
  if (price !== undefined && isAt(price)) return memory.readings.touched(clientOrderId, POLL_NEAR_MS);
  if (takePrice === undefined || traits.kind !== "spot") return;
  if (price === undefined || isNearTake(side, takePrice, price)) memory.readings.touched(clientOrderId, POLL_BLIND_MS);
}

function isOpen(order: Order): boolean {
  return order.status === "open" || order.status === "partially-filled";
}
