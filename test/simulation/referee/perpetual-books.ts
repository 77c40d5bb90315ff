import type { Decimal } from "../../../src/domain/money.ts";
import type { PerpetualExchange } from "../../kit/exchange/perpetual/exchange.ts";
import type { AlgoRecord, FillRecord, OrderRecord, TpslRecord } from "../../kit/exchange/perpetual/types.ts";
import type { PerpetualAccount } from "../world/venue-account.ts";
import type { BookedOrder } from "./books.ts";
import { type Exact, exactOf, NOTHING, times } from "./exact.ts";
import type { Facts } from "./law.ts";

/** Orders that carry our prefix. */
const OURS = /^ss[a-z2-7]{20}$/;
const RESTS: ReadonlySet<string> = new Set(["live", "partially_filled"]);

export type PerpetualOrder = OrderRecord | TpslRecord | AlgoRecord;

/** What our orders hold of a contract, in base; negative when short. */
export interface PerpetualHolding {
  readonly account: PerpetualAccount;
  readonly instId: string;
  ours: Exact;
  /** Of whoever uses the account. */
  all: Exact;
}

/** What Blofin's own books say of the desk's orders: its accounts, its fills, and what it told as it happened. */
export class PerpetualBooks {
  readonly accounts: readonly PerpetualAccount[];
  readonly holdings = new Map<string, PerpetualHolding>();
  readonly #facts: Facts;
  readonly #exchange: PerpetualExchange;
  readonly #fresh: { readonly account: PerpetualAccount; readonly order: PerpetualOrder }[] = [];
  readonly #known = new Set<string>();
  readonly #fills = new Map<PerpetualAccount, number>();

  constructor(facts: Facts, exchange: PerpetualExchange, accounts: readonly PerpetualAccount[]) {
    this.#facts = facts;
    this.#exchange = exchange;
    this.accounts = accounts;
    const named = new Map(accounts.map((account) => [account.name, account]));
    exchange.watch((event) => {
      const account = named.get(event.account);
      if (!account) return;
      if (event.kind === "ledger") facts.coverage.mark(`Blofin books ${event.record.kind}`);
      if (event.kind !== "order" && event.kind !== "tpsl" && event.kind !== "algo") return;
      const id = `${event.kind} ${event.record.id}`;
      if (!OURS.test(event.record.clientOrderId) || this.#known.has(id)) return;
      this.#known.add(id);
      this.#fresh.push({ account, order: event.record });
    });
  }

  /** Orders with our prefix that the exchange has accepted since this was asked last. */
  accepted(): { readonly account: PerpetualAccount; readonly order: PerpetualOrder }[] {
    return this.#fresh.splice(0);
  }

  attemptOf({ clientOrderId }: PerpetualOrder): BookedOrder | undefined {
    return this.#facts.books.orders.get(clientOrderId);
  }

  /** All that the exchange has under one of our ids. */
  under({ book }: PerpetualAccount, id: string): PerpetualOrder[] {
    return [...book.orders.withClientId(id), ...book.tpsl.withClientId(id), ...book.algo.withClientId(id)];
  }

  rests({ state }: PerpetualOrder): boolean {
    return RESTS.has(state);
  }

  /** What was traded under one of our ids, in base: by the order itself, or by the one that a protective order became. */
  executed(account: PerpetualAccount, id: string): Exact {
    const orders = account.book.orders
      .all()
      .filter(({ clientOrderId, algoClientOrderId }) => clientOrderId === id || algoClientOrderId === id);
    return orders.reduce((sum, { instId, filled }) => sum + this.inBase(instId, filled), NOTHING);
  }

  /** Protective orders with our prefix that rest on one side of a contract, in base. */
  covered({ book }: PerpetualAccount, instId: string, side: string): Exact {
    const stops = book.tpsl.live().filter((stop) => stop.instId === instId && stop.side === side && stop.slTriggerPrice !== undefined);
    return stops.reduce((sum, { size, clientOrderId }) => (OURS.test(clientOrderId) ? sum + this.inBase(instId, size) : sum), NOTHING);
  }

  /** What the exchange says that an account holds of a contract, in base. */
  position({ book }: PerpetualAccount, instId: string): Exact {
    const held = book.positions().filter((position) => position.instId === instId);
    return held.reduce((sum, { contracts }) => sum + this.inBase(instId, contracts), NOTHING);
  }

  /** Follows the exchange's fills up to now. What strangers or the exchange itself close of ours is ours no more. */
  follow(account: PerpetualAccount): void {
    const { fills, orders } = account.book;
    for (let index = this.#fills.get(account) ?? 0; index < fills.length; index += 1) {
      const fill = fills[index]!;
      const order = orders.latest(fill.orderId);
      const isOurs = order !== undefined && (OURS.test(order.clientOrderId) || OURS.test(order.algoClientOrderId));
      this.#hold(account, fill, isOurs);
    }
    this.#fills.set(account, fills.length);
  }

  inBase(instId: string, contracts: Decimal): Exact {
    const value = this.#exchange.contract(instId)?.contractValue;
    return value ? times(exactOf(contracts), exactOf(value)) : NOTHING;
  }

  #hold(account: PerpetualAccount, { instId, side, size }: FillRecord, isOurs: boolean): void {
    const id = `${account.name} ${instId}`;
    const held = this.holdings.get(id) ?? { account, instId, ours: NOTHING, all: NOTHING };
    const moved = this.inBase(instId, size);
    const signed = side === "buy" ? moved : -moved;
    held.all += signed;
    if (isOurs) held.ours += signed;
    const sameSide = held.all !== NOTHING && held.all > NOTHING === held.ours > NOTHING;
    if (!sameSide) held.ours = NOTHING;
    else if (absolute(held.ours) > absolute(held.all)) held.ours = held.all;
    this.holdings.set(id, held);
  }
}

export function absolute(value: Exact): Exact {
  return value < NOTHING ? -value : value;
}
