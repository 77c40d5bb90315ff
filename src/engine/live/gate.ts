import type { AccountState, BotState } from "../../domain/books.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { type Decimal, floorToStep, lessBps, ZERO } from "../../domain/money.ts";
import { isProtective, type Side } from "../../domain/order.ts";
import { splitIntoParts } from "../../domain/parts.ts";
import { entryPrice, isFlat } from "../../domain/position.ts";
import type { EntryAnswer } from "../../risk/entry.ts";
import { aboveLeverageLimit } from "../../risk/leverage.ts";
import { stopBeyondLiquidation } from "../../risk/liquidation.ts";
import { addDenial } from "./adding.ts";
import { beyondStop, protectiveLevels } from "./levels.ts";
import { STOP_LIMIT_SLACK_PCT } from "./limits.ts";

/** What an entry at a real exchange is asked beyond what every entry is. */
export interface GateQuestion {
  readonly state: AccountState;
  readonly bot: BotState;
  /** Undefined for who adds to nothing, and where the exchange lists no such symbol. */
  readonly lotSize?: Decimal | undefined;
  /** Why this account cannot trade at all now. */
  readonly closed: string | undefined;
  /** Age of the price that would be entered on. */
  readonly priceAgeMs: number | undefined;
  readonly priceAgeMaxMs: number;
}

type Denied = Extract<EntryAnswer, { allowed: false }>;

/** Why an entry may not even be sized; undefined when it may. */
export function gate({ state, bot, lotSize, closed, priceAgeMs, priceAgeMaxMs }: GateQuestion): Denied | undefined {
  const { paused } = state.venue;
  if (closed !== undefined) return { allowed: false, code: "paused", because: closed };
  if (paused) return { allowed: false, code: "paused", because: `the account is paused: ${paused.reason}` };
  const leveraged = aboveLeverageLimit(state, bot.spec.leverage);
  if (leveraged !== undefined) return { allowed: false, code: "leverage", because: leveraged };
  if (priceAgeMs === undefined || priceAgeMs > priceAgeMaxMs)
    return { allowed: false, code: "stale-price", because: `the newest price of ${bot.spec.symbol} is too old to enter on` };
  const adds = bot.whole !== undefined && !isFlat(bot.position);
  for (const order of state.orders.values()) {
    if (order.symbol !== bot.spec.symbol) continue;
    if (order.status === "unknown" || (order.status === "in-flight" && !isProtective(order)))
      return { allowed: false, code: "unanswered", because: `an order in ${order.symbol} is unanswered; it is being looked for` };
    if (order.botId === bot.spec.id && !adds)
      return { allowed: false, code: "unanswered", because: `an earlier order of ${bot.spec.name} still works and is being ended` };
  }
  const naked = nakedBot(state);
  if (naked) return { allowed: false, code: "naked", because: `the position of ${naked.spec.name} has no confirmed stop` };
  const uncovered = adds && lotSize ? addDenial(state, bot, lotSize) : undefined;
  if (uncovered !== undefined) return { allowed: false, code: "naked", because: `${uncovered}: nothing is added meanwhile` };
  for (const other of state.bots.values()) {
    if (other !== bot && other.spec.symbol === bot.spec.symbol && !isFlat(other.position))
      return { allowed: false, code: "symbol-taken", because: `${other.spec.name} holds ${bot.spec.symbol} on this account` };
  }
  return undefined;
}

/** A bot whose position is said to have no confirmed stop: while there is one, its account enters nothing. */
export function nakedBot({ bots }: AccountState): BotState | undefined {
  for (const bot of bots.values()) if (bot.naked) return bot;
  return undefined;
}

/** An entry as it would be sent: its bound, and how far from it a stop by ATR would stand. */
export interface WishedEntry {
  readonly side: Side;
  readonly quantity: Decimal;
  readonly bound: Decimal;
  readonly stopDistance?: Decimal | undefined;
  /** How many parts of a position it buys that may be sold one by one. */
  readonly parts?: readonly number[] | undefined;
}

/** Whether what an entry would open can be protected and closed again; undefined when it can. */
export function feasible(bot: BotState, entry: WishedEntry, rules: Instrument): Denied | undefined {
  if (rules.entriesBarred !== undefined) return { allowed: false, code: "exit-infeasible", because: rules.entriesBarred };
  const { side, quantity, bound, stopDistance, parts } = entry;
  const signed = side === "buy" ? quantity : quantity.negated();
  // What is held already counts, for there is one stop over all of it.
  const position = {
    ...bot.position,
    quantity: bot.position.quantity.plus(signed),
    cost: bot.position.cost.plus(signed.times(bound)),
  };
  const levels = protectiveLevels({ ...bot, stopDistance, position }, rules);
  if (!levels) return { allowed: false, code: "naked", because: "a real position needs a stop: set one first" };
  const closing = side === "buy" ? "sell" : "buy";
  if (beyondStop(closing, levels.stopPrice, bound.toNumber()))
    return { allowed: false, code: "market-rules", because: "the stop is so near that it would trigger at once" };
  const { contract } = rules;
  const terms = contract && { side, leverage: bot.spec.leverage ?? 1, leverageMax: contract.leverageMax };
  const liquidated = terms && stopBeyondLiquidation(entryPrice(position) ?? bound, levels.stopPrice, terms);
  if (liquidated) return { allowed: false, code: "leverage", because: liquidated };
  const smallest = parts && splitIntoParts(parts, quantity, rules.lotSize)[0]?.quantity;
  return (
    exitFeasible(bot.position.quantity, quantity, levels.stopPrice, rules) ??
    (smallest && !rules.contract ? exitFeasible(ZERO, smallest, levels.stopPrice, rules) : undefined)
  );
}

/** Whether what is held and what an entry would buy could be sold again at its stop, after the fee of buying it. */
function exitFeasible(held: Decimal, quantity: Decimal, stopPrice: Decimal, rules: Instrument): Denied | undefined {
  if (rules.contract) return undefined;
  const left = floorToStep(held.plus(lessBps(quantity, rules.takerFeeBps)), rules.lotSize);
  const { quantityMin } = rules;
  if (quantityMin && left.isLessThan(quantityMin)) {
    const because = `after the fee of buying it ${left.toFixed()} ${rules.base} would be left, and ${quantityMin.toFixed()} ${rules.base} is the least that can be sold: make the orders larger`;
    return { allowed: false, code: "exit-infeasible", because };
  }
  const notional = left.times(stopPrice).times(1 - STOP_LIMIT_SLACK_PCT / 100);
  if (notional.isGreaterThanOrEqualTo(rules.notionalMin) && left.isGreaterThan(0)) return undefined;
  const because = `at its stop the position would be worth ${notional.toFixed(2)} ${rules.quote}, and ${rules.notionalMin.toFixed()} is the least that can be sold: make the orders larger`;
  return { allowed: false, code: "exit-infeasible", because };
}
