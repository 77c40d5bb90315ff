import { type Decimal, decimal, floorToStep, ONE } from "../../../src/domain/money.ts";
import { type AccountOptions, SpotAccount } from "./spot/account.ts";
import { type FillPlan, WHOLE_FILLS } from "./spot/fill-plan.ts";
import { checkFilters } from "./spot/filters.ts";
import { ListKeeper } from "./spot/list-keeper.ts";
import type { SpotListing, SpotRules, TradingMode } from "./spot/listing.ts";
import { SpotMarket } from "./spot/market.ts";
import { Matcher } from "./spot/matcher.ts";
import { type OrderDraft, SpotOrder } from "./spot/order.ts";
import { checkDuplicate, checkOpen, checkSide } from "./spot/placing.ts";
import type { Lock } from "./spot/purse.ts";
import { INSUFFICIENT_BALANCE, MARKET_CLOSED, Refusal, rejected, TRADING_OFF } from "./spot/refusal.ts";
import type { Tape } from "./tape.ts";

const STEP_MS = 1_000;

/** Gets the rows of an answer and gives those that are sent instead. */
export type CandleFault = (symbol: string, rows: unknown[][], nowMs: number) => unknown[][];

export interface SpotCoreOptions {
  readonly tape: Tape;
  readonly listings: readonly SpotListing[];
  /** Where its time begins. */
  readonly startMs: number;
  readonly fills?: FillPlan;
  /** What a stop on the wrong side is told: the texts of the exchanges differ. */
  readonly wouldTrigger?: string;
}

/**
 * The matching core of a simulated Binance: markets, accounts, orders, lists, executions, fees. It has no clock: whoever uses it moves it with `advanceTo`.
 * Its books (`accounts`, their orders and trades) are the truth that a referee compares with.
 */
export class SpotCore {
  readonly markets = new Map<string, SpotMarket>();
  /** By api key. */
  readonly accounts = new Map<string, SpotAccount>();
  /** `trading`: no order and no cancel passes, reads do. `closed`: nothing passes. */
  maintenance: "off" | "trading" | "closed" = "off";
  /** Spoils the candles that are answered: late, revised, missing, doubled, from the future. */
  candleFault: CandleFault | undefined;
  readonly tape: Tape;
  readonly matcher: Matcher;
  readonly lists: ListKeeper;
  readonly wouldTrigger: string;
  #nowMs: number;
  #unnamed = 0;

  constructor(options: SpotCoreOptions) {
    this.tape = options.tape;
    for (const listing of options.listings) this.markets.set(listing.id, new SpotMarket(listing, options.tape));
    this.#nowMs = options.startMs;
    this.wouldTrigger = options.wouldTrigger ?? "Order would trigger immediately.";
    this.lists = new ListKeeper((symbol) => this.market(symbol));
    this.matcher = new Matcher(options.fills ?? WHOLE_FILLS, this.lists);
    this.lists.use(this.matcher);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  openAccount(options: AccountOptions): SpotAccount {
    const account = new SpotAccount(options);
    this.accounts.set(account.key, account);
    return account;
  }

  /** Throws the exchange's refusal for a symbol that it does not have. */
  market(symbol: string): SpotMarket {
    const market = this.markets.get(symbol);
    if (!market || market.mode === "delisted") throw new Refusal(-1121, "Invalid symbol.");
    return market;
  }

  /** Lets time pass: at each whole second every market executes what its price reaches. Never goes back. */
  advanceTo(nowMs: number): void {
    if (nowMs <= this.#nowMs) return;
    let ms = Math.floor(this.#nowMs / STEP_MS) * STEP_MS + STEP_MS;
    const busy = [...this.markets.values()].filter(({ waiting }) => waiting.size > 0);
    if (busy.length > 0) for (; ms <= nowMs; ms += STEP_MS) for (const market of busy) this.matcher.step(market, ms);
    this.#nowMs = nowMs;
  }

  /** Takes an order in, or throws the refusal. Also how a person places one by hand. */
  place(account: SpotAccount, draft: OrderDraft): SpotOrder {
    const market = this.market(draft.symbol);
    const last = this.check(account, draft, 1);
    const lock = this.#lockFor(market, account, draft, last);
    const order = this.accept(account, this.#sized(market, draft, last));
    order.lock = lock;
    this.matcher.enter(market, order, this.#nowMs);
    return order;
  }

  /** Everything that can refuse an order but the balance. Answers the last price. */
  check(account: SpotAccount, draft: OrderDraft, newOrders: number): number {
    const market = this.market(draft.symbol);
    if (this.maintenance !== "off") throw rejected(TRADING_OFF);
    const last = checkOpen(market, account, draft.type, this.#nowMs);
    checkFilters(market, account, draft, last, newOrders);
    checkDuplicate(account, draft.symbol, draft.clientOrderId);
    checkSide(market, draft, last, this.wouldTrigger);
    return last;
  }

  /** Writes a checked order into the books. It works once it enters the matcher; a pending one waits for another. */
  accept(account: SpotAccount, draft: OrderDraft, pending = false): SpotOrder {
    const market = this.market(draft.symbol);
    const orderId = market.nextOrderId();
    const clientOrderId = draft.clientOrderId ?? this.name("web");
    const pieces = this.matcher.piecesOf(market, orderId);
    const order = new SpotOrder({ orderId, account, draft, clientOrderId, ms: this.#nowMs, pieces, pending });
    account.remember(order);
    return order;
  }

  /** Takes an open order out, its whole list with it. Throws when nothing of that name is open. Answers it as the caller is told. */
  cancel(account: SpotAccount, order: SpotOrder): void {
    const market = this.market(order.symbol);
    if (!account.mayTrade || this.maintenance !== "off") throw new Refusal(-2011, TRADING_OFF);
    if (market.mode === "halted") throw new Refusal(-2011, MARKET_CLOSED);
    if (!order.open) throw new Refusal(-2011, "Unknown order sent.");
    if (order.fillOnCancel > 0 && order.canRace()) this.#loseRace(market, order);
    this.matcher.end(market, order, "CANCELED", this.#nowMs);
  }

  /**
   * The next cancel of an order comes too late for a share of it (1 is all), and neither its answer nor reads up to `contradictMs` later know; unless, by
   * then, it can not race.
   */
  loseNextCancel(order: SpotOrder, share: number, contradictMs: number, canRace: () => boolean = () => true): void {
    order.canRace = canRace;
    order.fillOnCancel = share;
    order.contradictedUntilMs = -contradictMs;
  }

  /** Reads of an order say "canceled, nothing executed" up to an instant, whatever is true. */
  contradict(order: SpotOrder, untilMs: number): void {
    order.contradictedUntilMs = untilMs;
  }

  /** Stops or resumes a symbol. Delisting cancels its open orders first. */
  setMode(symbol: string, mode: TradingMode): void {
    const market = this.markets.get(symbol);
    if (!market) return;
    if (mode === "delisted") for (const order of [...market.waiting]) this.matcher.end(market, order, "CANCELED", this.#nowMs);
    market.mode = mode;
  }

  changeRules(symbol: string, change: Partial<SpotRules>): void {
    this.market(symbol).changeRules(change);
  }

  /** A client order id as the exchange's own pages make them. */
  name(prefix: string): string {
    this.#unnamed += 1;
    return `${prefix}_${this.#unnamed.toString(36).padStart(8, "0")}`;
  }

  /** Sets aside what an order needs; market orders pay from what is free. Throws when there is too little. */
  lockNeeded(account: SpotAccount, coin: string, amount: Decimal): Lock {
    const lock = account.lock(coin, amount, this.#nowMs);
    if (!lock) throw rejected(INSUFFICIENT_BALANCE);
    return lock;
  }

  #lockFor(market: SpotMarket, account: SpotAccount, draft: OrderDraft, last: number): Lock | undefined {
    const { base, quote } = market.listing;
    if (draft.type === "MARKET") {
      const money = draft.quoteOrderQty;
      const quantity = draft.quantity ?? this.matcher.quantityFor(market, draft.side, money!, last);
      if (!quantity.isGreaterThan(0)) throw rejected("Order book liquidity is less than `LOT_SIZE` filter minimum quantity.");
      const pieces = this.matcher.piecesOf(market, market.comingOrderId);
      const need = draft.side === "SELL" ? quantity : this.matcher.worstCost(market, quantity, last, pieces);
      if (need.isGreaterThan(account.free(draft.side === "SELL" ? base : quote))) throw rejected(INSUFFICIENT_BALANCE);
      return undefined;
    }
    const quantity = draft.quantity!;
    if (draft.side === "SELL") return this.lockNeeded(account, base, quantity);
    return this.lockNeeded(account, quote, quantity.times(draft.price ?? draft.stopPrice!));
  }

  #sized(market: SpotMarket, draft: OrderDraft, last: number): OrderDraft {
    if (draft.quantity) return draft;
    return { ...draft, quantity: this.matcher.quantityFor(market, draft.side, draft.quoteOrderQty!, last) };
  }

  #loseRace(market: SpotMarket, order: SpotOrder): void {
    const share = order.remaining.times(decimal(order.fillOnCancel));
    const quantity = order.fillOnCancel >= 1 ? order.remaining : floorToStep(share, market.rules.lot);
    order.contradictedUntilMs = this.#nowMs - order.contradictedUntilMs;
    this.matcher.fill(market, order, quantity, order.draft.price ?? order.draft.stopPrice ?? ONE, true, this.#nowMs);
  }
}
