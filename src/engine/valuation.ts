import { type AccountState, isAtWork } from "../domain/books.ts";
import { type Decimal, decimal, ZERO } from "../domain/money.ts";
import { remainingOf } from "../domain/order.ts";
import { isFlat, isPerpetual, unrealizedAt } from "../domain/position.ts";
import { marginOf } from "../risk/leverage.ts";

export type PriceOf = (symbol: string) => number | undefined;

/** Cash and coins at the given prices, in the account's currency; undefined while a held coin has no price. */
export function equityOf(state: AccountState, priceOf: PriceOf): Decimal | undefined {
  let equity = state.balances.get(state.currency) ?? ZERO;
  if (state.mode !== "paper") return withPositions(state, equity, priceOf);
  const paid = unrealizedOfContracts(state, priceOf);
  if (paid === undefined) return undefined;
  equity = equity.plus(paid);
  for (const [coin, quantity] of state.balances) {
    if (coin === state.currency || quantity.isZero()) continue;
    const price = priceOf(`${coin}/${state.currency}`);
    if (price === undefined) return undefined;
    equity = equity.plus(quantity.times(decimal(price)));
  }
  return equity;
}

/** What perpetual positions have gained and not paid out yet; undefined while a price is missing. */
function unrealizedOfContracts({ bots }: AccountState, priceOf: PriceOf): Decimal | undefined {
  let sum = ZERO;
  for (const { position, spec } of bots.values()) {
    if (isFlat(position) || !isPerpetual(spec.symbol)) continue;
    const price = priceOf(spec.symbol);
    if (price === undefined) return undefined;
    sum = sum.plus(unrealizedAt(position, decimal(price)));
  }
  return sum;
}

/** Cash that backs perpetual positions. */
function marginsOf({ bots }: AccountState): Decimal {
  let margin = ZERO;
  for (const { position, spec } of bots.values()) {
    if (!isFlat(position) && isPerpetual(spec.symbol)) margin = margin.plus(marginOf(position, spec.leverage));
  }
  return margin;
}

/** At an exchange only what bots hold counts beside the cash: other coins there are the person's own. */
function withPositions(state: AccountState, cash: Decimal, priceOf: PriceOf): Decimal | undefined {
  let equity = cash;
  for (const { position, spec } of state.bots.values()) {
    if (isFlat(position)) continue;
    const price = priceOf(spec.symbol);
    if (price === undefined) return undefined;
    const worth = position.quantity.times(decimal(price));
    equity = equity.plus(isPerpetual(spec.symbol) ? worth.minus(position.cost) : worth);
  }
  return equity;
}

/** Quote that working entries may still spend, at their limit price or the last one. */
export function reservedOf(state: AccountState, priceOf: PriceOf): Decimal {
  let reserved = ZERO;
  for (const order of state.orders.values()) {
    if (order.purpose !== "entry") continue;
    const price = order.price ?? decimal(priceOf(order.symbol) ?? 0);
    reserved = reserved.plus(remainingOf(order).times(price));
  }
  return reserved;
}

/** What an account can put in while its books stand still, worked out when the first entry asks. */
export class Funds {
  readonly #state: AccountState;
  readonly #priceOf: PriceOf;
  #known: { readonly equity: Decimal | undefined; readonly free: Decimal } | undefined;

  constructor({ state, priceOf }: { readonly state: AccountState; readonly priceOf: PriceOf }) {
    this.#state = state;
    this.#priceOf = priceOf;
  }

  /** Undefined while a held coin has no price. */
  get equity(): Decimal | undefined {
    return this.#read().equity;
  }

  /** Cash less what working entries may still spend. */
  get free(): Decimal {
    return this.#read().free;
  }

  #read() {
    if (!this.#known) {
      const cash = this.#state.balances.get(this.#state.currency) ?? ZERO;
      this.#known = {
        equity: equityOf(this.#state, this.#priceOf),
        free: cash.minus(reservedOf(this.#state, this.#priceOf)).minus(marginsOf(this.#state)),
      };
    }
    return this.#known;
  }
}

/** Whether the market must reach this account: something runs, is held or works. */
export function isActive(state: AccountState): boolean {
  if (state.orders.size > 0) return true;
  for (const bot of state.bots.values()) if (isAtWork(bot)) return true;
  return false;
}
