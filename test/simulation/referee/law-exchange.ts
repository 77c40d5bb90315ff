import type { ExactRules } from "../../kit/exchange/spot/listing.ts";
import type { SpotOrder, SpotTrade } from "../../kit/exchange/spot/order.ts";
import type { SpotCore } from "../../kit/exchange/spot-core.ts";
import type { VenueAccount } from "../world/venue-account.ts";
import { type BookedOrder, isOver } from "./books.ts";
import { type Exact, exact, NOTHING, textOf } from "./exact.ts";
import { Broken, type Facts, type Law } from "./law.ts";
import type { LogRow } from "./log.ts";

/** Orders that carry our prefix. */
const OURS = /^ss[a-z2-7]{20}[st]?$/;

const LEGS: readonly string[] = ["", "s", "t"];
const ENDS: ReadonlySet<string> = new Set(["order-expired", "order-canceled", "order-rejected"]);
/** The desk reads the rules of its symbols once an hour, and after an order that was refused for them: it may know of finer lots only so much later. */
const RULES_KNOWN_MS = 3_900_000;

/** Until what a person did at the exchange is booked: a reconciliation a minute, and several readings that agree. */
const STRANGERS_MS = 130_000;
/** Until what an order of ours that rests near the price has filled is booked: it is read every four seconds, on the next beat. */
export const SEEN_MS = 6_000;

/** Rules of a symbol, and when the exchange showed them last. */
interface Shown {
  readonly rules: ExactRules;
  /** The least that can be ordered by them, in quote and in base. */
  readonly notionalMin: number;
  readonly quantityMin: number;
  lastMs: number;
}

/** What the exchange's own books say of the desk's orders. */
export class VenueBooks {
  readonly accounts: readonly VenueAccount[];
  readonly #facts: Facts;

  readonly #core: SpotCore;
  readonly #shown = new Map<string, Shown[]>();

  constructor(facts: Facts, accounts: readonly VenueAccount[], core: SpotCore) {
    this.#facts = facts;
    this.accounts = accounts;
    this.#core = core;
  }

  /** Notes which rules the exchange shows now. */
  followRules(): void {
    const nowMs = this.#facts.trueMs();
    for (const { id, rules } of this.#core.markets.values()) {
      const shown = this.#shown.get(id) ?? [];
      const newest = shown.at(-1);
      if (newest?.rules === rules) newest.lastMs = nowMs;
      else this.#shown.set(id, [...shown.filter(({ lastMs }) => nowMs - lastMs <= RULES_KNOWN_MS), shownOf(rules, nowMs)]);
    }
  }

  /** The least, in quote, that can be ordered in a symbol at such a price by all rules that the desk may still go by. */
  smallest(symbol: string, price: number): number {
    const nowMs = this.#facts.trueMs();
    let least = 0;
    for (const { notionalMin, quantityMin, lastMs } of this.#shown.get(symbol) ?? [])
      if (nowMs - lastMs <= RULES_KNOWN_MS) least = Math.max(least, notionalMin, quantityMin * price);
    return least;
  }

  /** Whether the exchange takes orders in a symbol now. */
  takesOrders(symbol: string): boolean {
    const market = this.#core.markets.get(symbol);
    return this.#core.maintenance === "off" && market?.mode === "trading" && market.last(this.#facts.trueMs()) !== undefined;
  }

  /** The execution behind a fill that an account's stream books. */
  executionOf(stream: string, symbol: string, fillId: string): SpotTrade | undefined {
    const account = this.accounts.find(({ name }) => stream === `account:${name}`);
    return account?.book.tradesOf(symbol.replace("/", "")).find(({ id }) => String(id) === fillId);
  }

  static isOurs({ clientOrderId }: SpotOrder): boolean {
    return OURS.test(clientOrderId);
  }

  /** The durable attempt behind an order or a leg of one. */
  attemptOf({ clientOrderId }: SpotOrder): BookedOrder | undefined {
    const { orders } = this.#facts.books;
    return orders.get(clientOrderId) ?? orders.get(clientOrderId.slice(0, -1));
  }
}

/** 3, at the exchange: every order with our prefix belongs to an attempt that was durable before, and no intent has two accepted attempts. */
export class AcceptedLaw implements Law {
  readonly id = "3";
  readonly #facts: Facts;
  readonly #venue: VenueBooks;
  readonly #seen = new Map<VenueAccount, number>();
  readonly #accepted = new Map<string, string>();
  /** Attempts that the log calls proven absent. */
  readonly #absent = new Set<string>();
  readonly #hidden = new Map<string, VenueAccount>();

  constructor(facts: Facts, venue: VenueBooks) {
    this.#facts = facts;
    this.#venue = venue;
  }

  /** What was proven absent must not be there, now or later; what the log has ended must have ended, with all its fills booked. */
  durable({ event, stream }: LogRow): void {
    const account = ENDS.has(event.type) ? this.#venue.accounts.find(({ name }) => stream === `account:${name}`) : undefined;
    if (!account) return;
    const id = event.text("clientOrderId");
    const there = this.#legsOf(account, id);
    this.#facts.coverage.mark("antecedent 3: an order ends in the log");
    if (event.flag("absent")) {
      this.#facts.coverage.mark("antecedent 3: an order is proven absent");
      this.#absent.add(id);
      if (there.length > 0) throw new Broken(this.id, `${id} was called proven absent, and the exchange has it`);
    }
    const open = there.find((order) => order.open);
    if (open) throw new Broken(this.id, `${id} ended in the log (${event.text("reason")}), and at the exchange it is ${open.now.status}`);
    if (there.some(({ contradictedUntilMs }) => contradictedUntilMs > 0)) {
      // The exchange called it canceled and hides what it executed: that cannot be known yet, and must be booked in the end.
      this.#facts.coverage.mark("antecedent 3: an order ended whose cancel had lost its race");
      this.#hidden.set(id, account);
      return;
    }
    this.#mustBeBooked(account, id);
  }

  quietEnd(): void {
    for (const [id, account] of this.#hidden) this.#mustBeBooked(account, id);
  }

  #mustBeBooked(account: VenueAccount, id: string): void {
    const there = this.#legsOf(account, id);
    const executed = there.reduce((sum, order) => sum + exact(order.now.executed.toFixed()), NOTHING);
    const booked = this.#facts.books.orders.get(id)?.filled ?? NOTHING;
    if (executed !== booked)
      throw new Broken(this.id, `${id} ended in the log with ${textOf(booked)} filled, and at the exchange it is ${textOf(executed)}`);
  }

  #legsOf({ book }: VenueAccount, id: string): SpotOrder[] {
    const symbol = this.#facts.books.orders.get(id)?.symbol.replace("/", "") ?? "";
    return LEGS.flatMap((leg) => [...book.byClientOrderId(symbol, id + leg)]);
  }

  second(): void {
    for (const account of this.#venue.accounts) {
      const { orders } = account.book;
      for (let index = this.#seen.get(account) ?? 0; index < orders.length; index += 1) this.#look(orders[index]!, account);
      this.#seen.set(account, orders.length);
    }
  }

  #look(order: SpotOrder, { name }: VenueAccount): void {
    if (!VenueBooks.isOurs(order)) return;
    this.#facts.coverage.mark("antecedent 3: the exchange accepts an order");
    const attempt = this.#venue.attemptOf(order);
    if (!attempt || attempt.durableMs > order.acceptedMs)
      throw new Broken(this.id, `${name} has the order ${order.clientOrderId}, and no attempt of it was durable before`);
    const other = this.#accepted.get(attempt.intentId);
    if (other !== undefined && other !== attempt.clientOrderId)
      throw new Broken(this.id, `the exchange accepted ${other} and ${attempt.clientOrderId} of the one intent ${attempt.intentId}`);
    this.#accepted.set(attempt.intentId, attempt.clientOrderId);
    if (this.#absent.has(attempt.clientOrderId))
      throw new Broken(this.id, `${attempt.clientOrderId} was called proven absent, and then the exchange accepted it`);
    const account = this.#facts.books.accounts.get(attempt.account);
    if (account?.mode === "paper") throw new Broken("11", `${order.clientOrderId} of a paper account is at the exchange`);
  }
}

/** 4 and 16, at the exchange: when all is quiet, the books say what the exchange's say, and nothing of ours rests there that they do not know. */
export class VenueQuietLaw implements Law {
  readonly id = "16";
  readonly #facts: Facts;
  readonly #venue: VenueBooks;

  constructor(facts: Facts, venue: VenueBooks) {
    this.#facts = facts;
    this.#venue = venue;
  }

  quietEnd(): void {
    const { books, coverage } = this.#facts;
    for (const { name, book } of this.#venue.accounts) {
      const account = books.accounts.get(`account:${name}`);
      if (!account) continue;
      coverage.mark("antecedent 16: an account is compared with the exchange");
      for (const coin of new Set([...account.balances.keys(), ...book.coins])) {
        const [ours, theirs] = [account.balances.get(coin) ?? NOTHING, exact(book.total(coin).toFixed())];
        if (ours === theirs || this.#notSeenYet(book, coin, theirs).includes(ours)) continue;
        throw new Broken("4", `${name} says ${textOf(ours)} ${coin}, the exchange says ${textOf(theirs)}`);
      }
      for (const order of book.orders) {
        if (!order.open || !VenueBooks.isOurs(order)) continue;
        const attempt = this.#venue.attemptOf(order);
        if (!attempt || isOver(attempt))
          throw new Broken(this.id, `${order.clientOrderId} rests at the exchange, and the log says ${attempt?.status ?? "nothing of it"}`);
        if (books.botOf(attempt.bot).position === NOTHING)
          throw new Broken(this.id, `${order.clientOrderId} rests at the exchange, and its bot holds nothing`);
      }
    }
  }

  /**
   * What an account may say without what need not be known yet: any orders of ours of a moment ago, and the latest of a person's at the exchange, for several
   * readings have to agree on what those made.
   */
  #notSeenYet(book: VenueAccount["book"], coin: string, theirs: Exact): Exact[] {
    const nowMs = this.#facts.trueMs();
    const since = (ms: number, ours: boolean) =>
      book.trades.filter((each) => nowMs - each.ms < ms && VenueBooks.isOurs(each.order) === ours);
    const withoutOwn = since(SEEN_MS, true).reduce(
      (all, execution) => all.flatMap((left) => [left, left - movedBy(execution, coin)]),
      [theirs],
    );
    const strangers = since(STRANGERS_MS, false).toReversed();
    return withoutOwn.flatMap((own) => {
      let left = own;
      const before = strangers.map((execution) => {
        left -= movedBy(execution, coin);
        return left;
      });
      return [own, ...before];
    });
  }
}

/** What one execution made of an account's holding of a coin. */
function movedBy({ order, quantity, price, fee, feeCoin }: SpotTrade, coin: string): Exact {
  const isBuy = order.draft.side === "BUY";
  const base = order.symbol.startsWith(coin) ? quantity : undefined;
  const quote = order.symbol.endsWith(coin) ? quantity.times(price).negated() : undefined;
  const moved = base ?? quote;
  const traded = moved ? exact((isBuy ? moved : moved.negated()).toFixed()) : NOTHING;
  return feeCoin === coin ? traded - exact(fee.toFixed()) : traded;
}

function shownOf(rules: ExactRules, nowMs: number): Shown {
  const quantityMin = Math.max(rules.lot.toNumber(), rules.quantityMin.toNumber());
  return { rules, notionalMin: rules.notionalMin.toNumber(), quantityMin, lastMs: nowMs };
}
