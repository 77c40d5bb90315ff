import { type Decimal, decimal, min, ZERO } from "../../../../src/domain/money.ts";

/** What the fee is taken in: the coin received (the exchange's own way), always the quote, or a third coin while there is enough of it. */
export type FeeMode = "received" | "quote" | { readonly coin: string; readonly priceInQuote: number };

interface BalanceState {
  readonly ms: number;
  readonly free: Decimal;
  readonly locked: Decimal;
}

/** A change of the balance that no order made. */
export interface Transfer {
  readonly ms: number;
  readonly coin: string;
  readonly amount: Decimal;
}

/** Money set aside for open orders. The two legs of an OCO share one. */
export interface Lock {
  readonly coin: string;
  amount: Decimal;
  users: number;
}

export interface PurseOptions {
  readonly balances?: Readonly<Record<string, string>>;
  readonly feeMode?: FeeMode;
  readonly makerBps?: number;
  readonly takerBps?: number;
}

/** The money of one account, with everything that was ever true of it. */
export class Purse {
  feeMode: FeeMode;
  makerBps: number;
  takerBps: number;
  readonly transfers: Transfer[] = [];
  readonly #balances = new Map<string, BalanceState[]>();

  constructor(options: PurseOptions) {
    this.feeMode = options.feeMode ?? "received";
    this.makerBps = options.makerBps ?? 10;
    this.takerBps = options.takerBps ?? 10;
    for (const [coin, amount] of Object.entries(options.balances ?? {}))
      this.#balances.set(coin, [{ ms: 0, free: decimal(amount), locked: ZERO }]);
  }

  get coins(): readonly string[] {
    return [...this.#balances.keys()].sort();
  }

  free(coin: string): Decimal {
    return this.#now(coin).free;
  }

  locked(coin: string): Decimal {
    return this.#now(coin).locked;
  }

  total(coin: string): Decimal {
    const { free, locked } = this.#now(coin);
    return free.plus(locked);
  }

  /** What a replica knew at an instant. */
  balanceAt(coin: string, seenMs: number): { readonly free: Decimal; readonly locked: Decimal } {
    return this.#balances.get(coin)?.findLast(({ ms }) => ms <= seenMs) ?? { free: ZERO, locked: ZERO };
  }

  /** Adds to what is free; takes away when negative. */
  credit(coin: string, amount: Decimal, ms: number): void {
    const { free, locked } = this.#now(coin);
    this.#set(coin, { ms, free: free.plus(amount), locked });
  }

  /** Sets money aside for an order; undefined when there is too little. */
  lock(coin: string, amount: Decimal, ms: number): Lock | undefined {
    const lock: Lock = { coin, amount: ZERO, users: 1 };
    return this.addToLock(lock, amount, ms) ? lock : undefined;
  }

  addToLock(lock: Lock, amount: Decimal, ms: number): boolean {
    const { free, locked } = this.#now(lock.coin);
    if (amount.isGreaterThan(free)) return false;
    lock.amount = lock.amount.plus(amount);
    this.#set(lock.coin, { ms, free: free.minus(amount), locked: locked.plus(amount) });
    return true;
  }

  /** Gives back so much of what was set aside. */
  release(lock: Lock, amount: Decimal, ms: number): void {
    const part = min(amount, lock.amount);
    const { free, locked } = this.#now(lock.coin);
    lock.amount = lock.amount.minus(part);
    this.#set(lock.coin, { ms, free: free.plus(part), locked: locked.minus(part) });
  }

  /** Pays from what was set aside, and from what is free for the rest. */
  pay(lock: Lock | undefined, coin: string, amount: Decimal, ms: number): void {
    const part = lock ? min(amount, lock.amount) : ZERO;
    const { free, locked } = this.#now(coin);
    if (lock) lock.amount = lock.amount.minus(part);
    this.#set(coin, { ms, free: free.minus(amount.minus(part)), locked: locked.minus(part) });
  }

  /** A person moved money in, or out when negative; dust conversions, rewards and the like are the same. */
  transfer(coin: string, amount: Decimal, ms: number): void {
    this.credit(coin, amount, ms);
    this.transfers.push({ ms, coin, amount });
  }

  #now(coin: string): BalanceState {
    return this.#balances.get(coin)?.at(-1) ?? { ms: 0, free: ZERO, locked: ZERO };
  }

  #set(coin: string, state: BalanceState): void {
    const states = this.#balances.get(coin);
    if (!states) this.#balances.set(coin, [state]);
    else if (states.at(-1)!.ms === state.ms) states[states.length - 1] = state;
    else states.push(state);
  }
}
