import type { AccountState, BotState } from "../domain/books.ts";
import { type BreakerName, breakerKey } from "../domain/breaker.ts";
import type { RiskScope } from "../domain/limits.ts";
import { type Decimal, max, shown, ZERO } from "../domain/money.ts";
import type { Reading } from "../risk/breaker-machine.ts";
import { type Counter, commonCurrency, conversionsText } from "../risk/counter.ts";
import { type LimitedAccount, shareOf, unrealizedOf } from "./level-facts.ts";
import { equityOf } from "./valuation.ts";

/** What is lost at one level, in money and as a share of the equity; undefined while a price is missing. */
export interface Loss {
  readonly lost: Decimal;
  readonly of: Decimal;
}

/** What a day has cost an account, or one bot in it, beyond what was cleared; below zero where it gained. */
export function dayLoss({ state, priceOf }: LimitedAccount, scope: RiskScope, bot: BotState | undefined): Loss | undefined {
  const equity = equityOf(state, priceOf);
  if (!equity) return undefined;
  const of = state.day?.equity ?? equity;
  const open = bot && unrealizedOf(bot, priceOf);
  if (bot && !open) return undefined;
  const today = bot?.risk.resultDay === state.day?.day ? (bot?.risk.dayResult ?? ZERO) : ZERO;
  const lost = open ? open.plus(today).negated() : of.minus(equity);
  return { lost: lost.minus(clearedLoss(state, scope)), of };
}

/** What was lost already when the daily loss of this level was reset today. */
export function clearedLoss({ breakers, day }: AccountState, scope: RiskScope): Decimal {
  const cleared = breakers.cleared.get(breakerKey({ breaker: "daily-loss", scope }));
  return cleared && cleared.day === day?.day ? cleared.lost : ZERO;
}

/** How far the results of an account, or of one bot in it, are below their highest. */
export function drawdown(account: LimitedAccount, bot: BotState | undefined): Loss | undefined {
  const { state, priceOf } = account;
  const equity = equityOf(state, priceOf);
  const result = resultNow(account, bot);
  if (!equity || !result) return undefined;
  const lost = max(ZERO, (bot?.risk ?? state.risk).resultPeak.minus(result));
  return { lost, of: equity.plus(lost) };
}

/** Closed and open results together, after fees. */
export function resultNow({ state, priceOf }: LimitedAccount, bot: BotState | undefined): Decimal | undefined {
  let { result } = bot?.risk ?? state.risk;
  for (const each of bot ? [bot] : state.bots.values()) {
    const open = unrealizedOf(each, priceOf);
    if (!open) return undefined;
    result = result.plus(open);
  }
  return result;
}

/** The loss or drawdown of one level: of a bot, of an account, or over all accounts of one mode; undefined while a price is missing. */
export function resultReading(
  breaker: "daily-loss" | "drawdown",
  scope: RiskScope,
  accounts: readonly LimitedAccount[],
  bot: BotState | undefined,
  counter: Counter,
): Reading | undefined {
  const currency = commonCurrency(
    accounts.map(({ state }) => state.currency),
    counter.currency,
  );
  let [lost, of] = [ZERO, ZERO];
  for (const account of accounts) {
    const loss = breaker === "daily-loss" ? dayLoss(account, scope, bot) : drawdown(account, bot);
    if (!loss) return undefined;
    const lostThere = counter.convert(loss.lost, account.state.currency, currency);
    const ofThere = counter.convert(loss.of, account.state.currency, currency);
    if (!lostThere || !ofThere) return undefined;
    lost = lost.plus(lostThere);
    of = of.plus(ofThere);
  }
  const value = shareOf(lost, of);
  const used = accounts.some(({ state }) => state.currency !== currency) ? counter.used : [];
  const by = used.length > 0 ? ` (${conversionsText(used)})` : "";
  const what = breaker === "daily-loss" ? "lost today" : "below the highest result";
  const because = `${shown(max(ZERO, lost), 2)} ${currency} are ${what}, ${value.toFixed(2)}% of ${shown(of, 2)}${by}`;
  return { value, because, ...(used.length > 0 ? { conversions: used } : {}) };
}

/** What the closes and fills of one bot say. */
export function botReading(breaker: BreakerName, { risk }: BotState, fillsLeast: number): Reading | undefined {
  if (breaker === "losses") return { value: risk.losses, because: `${risk.losses} positions in a row lost` };
  if (breaker !== "slippage" || risk.slippages.length < fillsLeast) return undefined;
  const value = risk.slippages.reduce((sum, bps) => sum + bps, 0) / risk.slippages.length;
  return { value, because: `the last ${risk.slippages.length} fills were ${value.toFixed(1)} bps worse than decided on average` };
}
