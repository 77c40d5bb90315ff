import type { AccountState, BotState } from "../domain/books.ts";
import { type Decimal, decimal, max, ZERO } from "../domain/money.ts";
import { isProtective, remainingOf } from "../domain/order.ts";
import { isFlat, unrealizedAt } from "../domain/position.ts";
import type { RiskRecord } from "../domain/risk-record.ts";
import { type MarketMs, MINUTE_MS } from "../domain/time.ts";
import { type Counter, commonCurrency } from "../risk/counter.ts";
import type { LevelFacts } from "../risk/limit-rules.ts";
import { equityOf } from "./valuation.ts";

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
  readonly concerns: (bot: { readonly id: string; readonly symbol: string }) => boolean;
  /** The books whose past is asked for: of one bot or of one account; none for what is summed over several. */
  readonly record: RiskRecord | undefined;
  readonly bot: BotState | undefined;
  readonly held: readonly HeldEntry[];
  readonly counter: Counter;
}

/** Counts what a level has used, when it is asked and not before. Everything comes from folds, so that a restart counts the same. */
export class CountedFacts implements LevelFacts {
  readonly #scope: LevelScope;
  readonly #prices = new Map<number, Decimal>();
  #exposure: { readonly sum: Decimal | undefined } | undefined;
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
        accounts.has(state) && !state.orders.has(clientOrderId) && scope.concerns({ id: botId, symbol }),
    );
    this.#scope = { ...scope, held };
  }

  /** Counted once for a judgement, because over a whole desk it takes longer than all else that is asked. */
  get exposure(): Decimal | undefined {
    this.#exposure ??= { sum: this.#countExposure() };
    return this.#exposure.sum;
  }

  #countExposure(): Decimal | undefined {
    const { accounts, counter } = this.#scope;
    let total = ZERO;
    for (const account of accounts) {
      const sum = this.#exposureOf(account);
      const counted = sum.isZero() ? ZERO : counter.convert(sum, account.state.currency, this.currency);
      if (!counted) return undefined;
      total = total.plus(counted);
    }
    return total;
  }

  #exposureOf({ state, priceOf }: LimitedAccount): Decimal {
    let sum = ZERO;
    for (const entry of this.#scope.held) if (entry.state === state) sum = sum.plus(entry.notional);
    for (const { position, spec } of state.bots.values())
      if (!isFlat(position) && this.#scope.concerns(spec)) sum = sum.plus(worthAt(position, this.#exact(priceOf(spec.symbol))));
    for (const order of state.orders.values()) {
      if (order.purpose !== "entry" || isProtective(order) || !this.#concernsOrder(order)) continue;
      sum = sum.plus(remainingOf(order).times(order.price ?? this.#exact(priceOf(order.symbol)) ?? ZERO));
    }
    return sum;
  }

  /** Many positions have the same price, and reading one is the slow part. */
  #exact(price: number | undefined): Decimal | undefined {
    if (price === undefined) return undefined;
    const known = this.#prices.get(price) ?? decimal(price);
    this.#prices.set(price, known);
    return known;
  }

  get positions(): number {
    const open = new Set(this.#scope.held.map(({ botId }) => botId));
    for (const { state } of this.#scope.accounts) {
      for (const { position, spec } of state.bots.values()) if (!isFlat(position) && this.#scope.concerns(spec)) open.add(spec.id);
      for (const order of state.orders.values())
        if (order.purpose === "entry" && !isProtective(order) && this.#concernsOrder(order)) open.add(order.botId);
    }
    return open.size;
  }

  get orders(): number {
    let count = this.#scope.held.length;
    for (const account of this.#scope.accounts) {
      const sinceMs = account.now() - MINUTE_MS;
      for (const { atMs, botId, symbol } of account.state.recentOrders)
        if (atMs > sinceMs && this.#scope.concerns({ id: botId, symbol })) count += 1;
    }
    return count;
  }

  get entries(): number {
    let count = this.#scope.held.length;
    for (const { state } of this.#scope.accounts)
      for (const { spec, risk } of state.bots.values())
        if (risk.entriesDay === state.day?.day && this.#scope.concerns(spec)) count += risk.entries;
    return count;
  }

  get dailyLossPct(): number | undefined {
    const { bot, accounts, counter } = this.#scope;
    let lost = ZERO;
    let base = ZERO;
    for (const { state, priceOf } of accounts) {
      const equity = equityOf(state, priceOf);
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
    const { bot, record, accounts } = this.#scope;
    const [account] = accounts;
    const equity = account && equityOf(account.state, account.priceOf);
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

  #concernsOrder({ botId, symbol }: { readonly botId: string; readonly symbol: string }): boolean {
    return this.#scope.concerns({ id: botId, symbol });
  }
}

/** A position at the higher of its cost and its worth. */
export function worthOf(position: BotState["position"], price: number | undefined): Decimal {
  return worthAt(position, price === undefined ? undefined : decimal(price));
}

function worthAt({ quantity, cost }: BotState["position"], price: Decimal | undefined): Decimal {
  const paid = cost.abs();
  return price === undefined ? paid : max(paid, quantity.abs().times(price));
}

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
