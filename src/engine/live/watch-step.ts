import { holdMaxMs, holdReason, isSellable } from "../../domain/exits.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { toDouble } from "../../domain/money.ts";
import { isProtective, type Order } from "../../domain/order.ts";
import { targetReason } from "../../domain/paper-protection.ts";
import type { LaneView, Step } from "./lane-view.ts";
import { beyondStop, beyondTake, closingSide } from "./levels.ts";
import { STOP_GRACE_MS } from "./limits.ts";

/** What the desk itself watches: targets that the venue does not hold, stops that move, time, and stops that should have closed the position by now. */
export function watchStep(view: LaneView, rules: Instrument): Step | undefined {
  const { bot, price, memory, traits, orders } = view;
  const { levels } = memory.measure(bot, rules);
  const held = heldTooLong(view);
  if (held || price === undefined) return held;
  const side = closingSide(bot.position);
  const stop = orders.find(isProtective);
  if (levels?.takePrice && !(traits.holdsTarget && stop?.takePrice) && beyondTake(side, levels.takePrice, price))
    return { kind: "want-exit", purpose: "take", reason: "take profit" };
  const target = reachedTarget(view, rules, price);
  if (target) return target;
  const moved = levels && memory.movedStop(bot, levels.stopPrice, rules);
  if (moved && beyondStop(side, moved.price, price))
    return { kind: "want-exit", purpose: "stop", reason: moved.reason, level: moved.price };
  if (bot.tightened && beyondStop(side, bot.tightened, price))
    return { kind: "want-exit", purpose: "stop", reason: "a stop that a breaker moved nearer", level: bot.tightened };
  const half = partlyFilled(stop, price);
  if (half) return half;
  const passedMs = passedForMs(view, rules);
  if (passedMs === undefined || (stop && passedMs < STOP_GRACE_MS)) return undefined;
  const reason = stop ? "the stop was passed and has not closed the position" : "stop loss";
  return { kind: "want-exit", purpose: "stop", reason, ...(levels && { level: levels.stopPrice }) };
}

/** The farthest of several targets that the price has reached and that has not sold its part yet. */
function reachedTarget({ bot, memory }: LaneView, rules: Instrument, price: number): Step | undefined {
  const { targets } = memory.measure(bot, rules);
  const held = bot.position.quantity.abs();
  const side = closingSide(bot.position);
  const index = targets.findLastIndex((target) => beyondTake(side, target.price, price) && target.keep.isLessThan(held));
  const target = targets[index];
  if (!target || !isSellable(rules, held.minus(target.keep), target.price)) return undefined;
  const reason = targetReason(index, targets.length);
  return { kind: "want-exit", purpose: "take", reason, ...(target.keep.isZero() ? {} : { keep: target.keep }) };
}

/** A position may be held for so long from its first fill at the venue. */
function heldTooLong({ bot: { position, spec }, venueMs }: LaneView): Step | undefined {
  const longestMs = holdMaxMs(spec.protection, spec.timeframe);
  if (longestMs === undefined || position.openedMs === undefined || venueMs - position.openedMs < longestMs) return undefined;
  return { kind: "want-exit", purpose: "close", reason: holdReason(spec.protection) };
}

/** A stop or target that has filled in part no longer protects: a venue ends the other leg with the first fill, and a triggered stop is a mere limit order. */
function partlyFilled(stop: Order | undefined, price: number): Step | undefined {
  if (stop?.status !== "partially-filled" || !stop.price) return undefined;
  const { takePrice } = stop;
  const won = takePrice !== undefined && Math.abs(price - toDouble(takePrice)) < Math.abs(price - toDouble(stop.price));
  return {
    kind: "want-exit",
    purpose: won ? "take" : "stop",
    reason: `the ${won ? "target" : "stop"} filled in part; the rest is closed at market`,
  };
}

/** For how long the price has been beyond the stop; undefined while it is not, or is not known. */
export function passedForMs({ bot, price, memory, nowMs }: LaneView, rules: Instrument): number | undefined {
  const { levels } = memory.measure(bot, rules);
  if (price === undefined) return undefined;
  if (!levels || !beyondStop(closingSide(bot.position), levels.stopPrice, price)) {
    memory.beyondSinceMs = undefined;
    return undefined;
  }
  memory.beyondSinceMs ??= nowMs;
  return nowMs - memory.beyondSinceMs;
}
