import type { AccountState, BotState } from "../domain/books.ts";
import { type Decimal, decimal, max, ZERO } from "../domain/money.ts";
import { isFlat, unrealizedAt } from "../domain/position.ts";
import type { RiskRecord } from "../domain/risk-record.ts";
import { type MarketMs, MINUTE_MS } from "../domain/time.ts";
import { type Counter, commonCurrency } from "../risk/counter.ts";
import type { LevelFacts } from "../risk/limit-rules.ts";
import { type AccountSums, isIn, type Part } from "./account-sums.ts";
import { once } from "./once.ts";

/** An account as limits look at it. */
export interface LimitedAccount {
  readonly state: AccountState;
  readonly priceOf: (symbol: string) => number | undefined;
  now(): MarketMs;
}

/** An entry that is allowed and not yet in the books: written down at this moment, or decided on just before in the same batch. */
export interface HeldEntry {
  readonly state: AccountState;
  readonly clientOrderId: string;
  readonly botId: string;
  readonly symbol: string;
  readonly notional: Decimal;
}

/** What concerns one level: accounts, and which of their bots. */
export interface LevelScope {
  readonly accounts: readonly LimitedAccount[];
  readonly part: Part;
  readonly sumsOf: (account: LimitedAccount) => AccountSums;
  /** The books whose past is asked for: of one bot or of one account; none for what is summed over several. */
  readonly record: RiskRecord | undefined;
  readonly bot: BotState | undefined;
  readonly held: readonly HeldEntry[];
  readonly counter: Counter;
}

/** Counts what a level has used, when it is asked and not before. Everything comes from folds, so that a restart counts the same. */
export class CountedFacts implements LevelFacts {
  readonly #scope: LevelScope;
  readonly #exposure = once(() => this.#sumOfExposure());
  /** Their own where all accounts have the same one, which needs no prices. */
  readonly currency: string;

  constructor(scope: LevelScope) {
    this.currency = commonCurrency(
      scope.accounts.map(({ state }) => state.currency),
      scope.counter.currency,
    );
    const accounts = new Set(scope.accounts.map(({ state }) => state));
    const held = scope.held.filter(
      ({ state, clientOrderId, botId, symbol }) =>
        accounts.has(state) && !state.orders.has(clientOrderId) && isIn(scope.part, { id: botId, symbol }),
    );
    this.#scope = { ...scope, held };
  }

  /** Asked for by several rules of one judgement, in which nothing moves. */
  get exposure(): Decimal | undefined {
    return this.#exposure();
  }

  #sumOfExposure(): Decimal | undefined {
    const { accounts, counter, held, part, sumsOf } = this.#scope;
    let total = ZERO;
    for (const account of accounts) {
      let sum = sumsOf(account).exposure(part);
      for (const entry of held) if (entry.state === account.state) sum = sum.plus(entry.notional);
      const counted = sum.isZero() ? ZERO : counter.convert(sum, account.state.currency, this.currency);
      if (!counted) return undefined;
      total = total.plus(counted);
    }
    return total;
  }

  get positions(): number {
    const { accounts, held, part, sumsOf } = this.#scope;
    let count = 0;
    for (const account of accounts) {
      const open = sumsOf(account).open(part);
      const entering = new Set(held.flatMap(({ state, botId }) => (state === account.state && !open.has(botId) ? [botId] : [])));
      count += open.size + entering.size;
    }
    return count;
  }

  get orders(): number {
    let count = this.#scope.held.length;
    for (const account of this.#scope.accounts) {
      const sinceMs = account.now() - MINUTE_MS;
      for (const { atMs, botId, symbol } of account.state.recentOrders)
        if (atMs > sinceMs && isIn(this.#scope.part, { id: botId, symbol })) count += 1;
    }
    return count;
  }

  get entries(): number {
    const { accounts, held, part, sumsOf } = this.#scope;
    return accounts.reduce((sum, account) => sum + sumsOf(account).entries(part), held.length);
  }

  get dailyLossPct(): number | undefined {
    const { bot, accounts, counter, sumsOf } = this.#scope;
    let lost = ZERO;
    let base = ZERO;
    for (const account of accounts) {
      const { state, priceOf } = account;
      const equity = sumsOf(account).equity();
      if (!equity) return undefined;
      const opening = state.day?.equity ?? equity;
      const counted = [opening, opening.minus(equity)].map((value) => counter.convert(value, state.currency, this.currency));
      const [of, less] = counted;
      if (!of || !less) return undefined;
      base = base.plus(of);
      if (!bot) lost = lost.plus(less);
      else {
        const open = unrealizedOf(bot, priceOf);
        if (!open) return undefined;
        lost = open.plus(bot.risk.resultDay === state.day?.day ? bot.risk.dayResult : ZERO).negated();
      }
    }
    return shareOf(lost, base);
  }

  get drawdownPct(): number | undefined {
    const { bot, record, accounts, sumsOf } = this.#scope;
    const [account] = accounts;
    const equity = account && sumsOf(account).equity();
    if (!record || !account || !equity) return undefined;
    let open = ZERO;
    for (const each of bot ? [bot] : account.state.bots.values()) {
      const unrealized = unrealizedOf(each, account.priceOf);
      if (!unrealized) return undefined;
      open = open.plus(unrealized);
    }
    const drop = max(ZERO, record.resultPeak.minus(record.result.plus(open)));
    return shareOf(drop, equity.plus(drop));
  }

  get losses(): number {
    return this.#scope.record?.losses ?? 0;
  }

  get lostToday(): boolean {
    const { record, accounts } = this.#scope;
    return record?.lastLossDay !== undefined && record.lastLossDay === accounts[0]?.state.day?.day;
  }

  get sinceLossMs(): number | undefined {
    const { record, accounts } = this.#scope;
    const lastMs = record?.lastLossMs;
    return lastMs === undefined || !accounts[0] ? undefined : Math.max(0, accounts[0].now() - lastMs);
  }
}

/** Result of the open position at the price of now, in quote and before the fee of closing; zero when flat, undefined without a price. */
export function unrealizedOf({ position, spec }: BotState, priceOf: LimitedAccount["priceOf"]): Decimal | undefined {
  if (isFlat(position)) return ZERO;
  const price = priceOf(spec.symbol);
  return price === undefined ? undefined : unrealizedAt(position, decimal(price));
}

/** In percent, never below zero. */
export function shareOf(part: Decimal, whole: Decimal): number {
  if (!part.isGreaterThan(0)) return 0;
  return whole.isGreaterThan(0) ? part.times(100).dividedBy(whole).toNumber() : 100;
}
