import { isOpen, type SpotOrder, type SpotTrade } from "./order.ts";
import { Purse, type PurseOptions } from "./purse.ts";

export interface KeyRights {
  readonly trade: boolean;
  readonly withdraw: boolean;
  readonly transfer: boolean;
  readonly ipRestrict: boolean;
}

export interface AccountOptions extends PurseOptions {
  readonly key: string;
  readonly secret: string;
  readonly rights?: Partial<KeyRights>;
}

/** No replica is further behind. */
const LAG_MAX_MS = 120_000;

/** The exchange's own book of one account and its key: the referee reads it, nobody else's. */
export class SpotAccount extends Purse {
  readonly key: string;
  readonly secret: string;
  rights: KeyRights;
  /** The key was deleted at the exchange, or the caller's address is not on its list. */
  revoked = false;
  /** The exchange has switched trading off for this account. */
  mayTrade = true;
  /** Reads before then show empty lists and zero balances. */
  blankUntilMs = 0;
  /** Every order ever accepted, oldest first. */
  readonly orders: SpotOrder[] = [];
  /** Every execution ever, oldest first. */
  readonly trades: SpotTrade[] = [];
  readonly #byId = new Map<string, SpotOrder>();
  readonly #byClientId = new Map<string, SpotOrder[]>();
  readonly #tradesOf = new Map<string, SpotTrade[]>();
  /** Open now, or closed so recently that a replica may still show them open. */
  #live: SpotOrder[] = [];

  constructor(options: AccountOptions) {
    super(options);
    this.key = options.key;
    this.secret = options.secret;
    this.rights = { trade: true, withdraw: false, transfer: false, ipRestrict: true, ...options.rights };
  }

  remember(order: SpotOrder): void {
    this.orders.push(order);
    this.#live.push(order);
    this.#byId.set(`${order.symbol}:${order.orderId}`, order);
    const alike = `${order.symbol}:${order.clientOrderId}`;
    this.#byClientId.set(alike, [...(this.#byClientId.get(alike) ?? []), order]);
  }

  rememberTrade(trade: SpotTrade): void {
    this.trades.push(trade);
    const list = this.#tradesOf.get(trade.order.symbol);
    if (list) list.push(trade);
    else this.#tradesOf.set(trade.order.symbol, [trade]);
  }

  tradesOf(symbol: string): readonly SpotTrade[] {
    return this.#tradesOf.get(symbol) ?? [];
  }

  byOrderId(symbol: string, orderId: number): SpotOrder | undefined {
    return this.#byId.get(`${symbol}:${orderId}`);
  }

  /** Every order that ever had this client order id, oldest first: it is unique among open orders only. */
  byClientOrderId(symbol: string, clientOrderId: string): readonly SpotOrder[] {
    return this.#byClientId.get(`${symbol}:${clientOrderId}`) ?? [];
  }

  /** Orders that were open at an instant not more than two minutes ago. */
  openAt(seenMs: number): readonly SpotOrder[] {
    const isShown = (order: SpotOrder): boolean => order.open || order.now.ms > seenMs - LAG_MAX_MS;
    if (!this.#live.every(isShown)) this.#live = this.#live.filter(isShown);
    return this.#live.filter((order) => {
      const seen = order.seenAt(seenMs);
      return seen !== undefined && isOpen(seen.status);
    });
  }
}
