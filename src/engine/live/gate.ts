import type { AccountState, BotState } from "../../domain/books.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { type Decimal, floorToStep, lessBps } from "../../domain/money.ts";
import { isProtective, type Side } from "../../domain/order.ts";
import { isFlat } from "../../domain/position.ts";
import type { EntryAnswer } from "../../risk/entry.ts";
import { aboveLeverageLimit } from "../../risk/leverage.ts";
import { stopBeyondLiquidation } from "../../risk/liquidation.ts";
import { beyondStop, protectiveLevels } from "./levels.ts";
import { STOP_LIMIT_SLACK_PCT } from "./limits.ts";

/** What an entry at a real exchange is asked beyond what every entry is. */
export interface GateQuestion {
  readonly state: AccountState;
  readonly bot: BotState;
  /** Why this account cannot trade at all now. */
  readonly closed: string | undefined;
  /** Age of the price that would be entered on. */
  readonly priceAgeMs: number | undefined;
  readonly priceAgeMaxMs: number;
}

type Denied = Extract<EntryAnswer, { allowed: false }>;

/** Why an entry may not even be sized; undefined when it may. */
export function gate({ state, bot, closed, priceAgeMs, priceAgeMaxMs }: GateQuestion): Denied | undefined {
  const { paused } = state.venue;
  if (closed !== undefined) return { allowed: false, code: "paused", because: closed };
  if (paused) return { allowed: false, code: "paused", because: `the account is paused: ${paused.reason}` };
  const leveraged = aboveLeverageLimit(state, bot.spec.leverage);
  if (leveraged !== undefined) return { allowed: false, code: "leverage", because: leveraged };
  if (priceAgeMs === undefined || priceAgeMs > priceAgeMaxMs)
    return { allowed: false, code: "stale-price", because: `the newest price of ${bot.spec.symbol} is too old to enter on` };
  for (const order of state.orders.values()) {
    if (order.symbol !== bot.spec.symbol) continue;
    if (order.status === "unknown" || (order.status === "in-flight" && !isProtective(order)))
      return { allowed: false, code: "unanswered", because: `an order in ${order.symbol} is unanswered; it is being looked for` };
    if (order.botId === bot.spec.id)
      return { allowed: false, code: "unanswered", because: `an earlier order of ${bot.spec.name} still works and is being ended` };
  }
  const naked = nakedBot(state);
  if (naked) return { allowed: false, code: "naked", because: `the position of ${naked.spec.name} has no confirmed stop` };
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
}

/** Whether what an entry would open can be protected and closed again; undefined when it can. */
export function feasible(bot: BotState, entry: WishedEntry, rules: Instrument): Denied | undefined {
  const { side, quantity, bound, stopDistance } = entry;
  const signed = side === "buy" ? quantity : quantity.negated();
  const levels = protectiveLevels(
    { ...bot, stopDistance, position: { ...bot.position, quantity: signed, cost: signed.times(bound) } },
    rules,
  );
  if (!levels) return { allowed: false, code: "naked", because: "a real position needs a stop: set one first" };
  const closing = side === "buy" ? "sell" : "buy";
  if (beyondStop(closing, levels.stopPrice, bound.toNumber()))
    return { allowed: false, code: "market-rules", because: "the stop is so near that it would trigger at once" };
  const { contract } = rules;
  const terms = contract && { side, leverage: bot.spec.leverage ?? 1, leverageMax: contract.leverageMax };
  const liquidated = terms && stopBeyondLiquidation(bound, levels.stopPrice, terms);
  if (liquidated) return { allowed: false, code: "leverage", because: liquidated };
  return exitFeasible(quantity, levels.stopPrice, rules);
}

/** Whether what an entry would buy could be sold again at its stop, after the fee of buying it. */
function exitFeasible(quantity: Decimal, stopPrice: Decimal, rules: Instrument): Denied | undefined {
  if (rules.contract) return undefined;
  const left = floorToStep(lessBps(quantity, rules.takerFeeBps), rules.lotSize);
  const notional = left.times(stopPrice).times(1 - STOP_LIMIT_SLACK_PCT / 100);
  if (notional.isGreaterThanOrEqualTo(rules.notionalMin) && left.isGreaterThan(0)) return undefined;
  const because = `at its stop the position would be worth ${notional.toFixed(2)} ${rules.quote}, and ${rules.notionalMin.toFixed()} is the least that can be sold: make the orders larger`;
  return { allowed: false, code: "exit-infeasible", because };
}
