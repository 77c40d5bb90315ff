import { Refusal } from "./refusal.ts";

const MINUTE_MS = 60_000;
const TEN_SECONDS_MS = 10_000;
const DAY_MS = 86_400_000;
const BAN_FIRST_MS = 2 * MINUTE_MS;
const BAN_LONGEST_MS = 3 * DAY_MS;
/** So many requests after a 429, within its minute, bring the ban. */
const KNOCKS_UNTIL_BAN = 5;

export interface LimitOptions {
  readonly weightPerMinute: number;
  readonly ordersPerTenSeconds: number;
  readonly ordersPerDay: number;
}

interface Visitor {
  minute: number;
  weight: number;
  knocks: number;
  bans: number;
  bannedUntilMs: number;
}

/** Weights per minute and address, orders per account, and the ban of who does not listen. */
export class SpotLimits {
  /** Requests that came although their address was banned: a well-behaved caller has none. */
  knocksWhileBanned = 0;
  /** Requests that were refused with 429. */
  refusals = 0;
  readonly options: LimitOptions;
  readonly #visitors = new Map<string, Visitor>();
  readonly #orders = new Map<string, number[]>();

  constructor(options: LimitOptions) {
    this.options = options;
  }

  /** Bans an address by hand. */
  ban(address: string, untilMs: number): void {
    this.#visitor(address, untilMs).bannedUntilMs = untilMs;
  }

  /** Counts a request. Throws 418 while banned and 429 above the limit. Answers the weight that the address has used in this minute. */
  visit(address: string, weight: number, nowMs: number): number {
    const visitor = this.#visitor(address, nowMs);
    if (nowMs < visitor.bannedUntilMs) {
      this.knocksWhileBanned += 1;
      throw banned(visitor.bannedUntilMs, nowMs);
    }
    visitor.weight += weight;
    if (visitor.weight <= this.options.weightPerMinute) return visitor.weight;
    visitor.knocks += 1;
    if (visitor.knocks > KNOCKS_UNTIL_BAN) {
      visitor.bannedUntilMs = nowMs + Math.min(BAN_LONGEST_MS, BAN_FIRST_MS * 2 ** visitor.bans);
      visitor.bans += 1;
      throw banned(visitor.bannedUntilMs, nowMs);
    }
    this.refusals += 1;
    const text = `Too much request weight used; current limit is ${this.options.weightPerMinute} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`;
    throw new Refusal(-1003, text, 429, Math.ceil((MINUTE_MS - (nowMs % MINUTE_MS)) / 1_000));
  }

  /** Throws when an account may place no more orders now. */
  checkOrders(account: string, count: number, nowMs: number): void {
    const { ten, day } = this.orderCounts(account, nowMs);
    const { ordersPerTenSeconds, ordersPerDay } = this.options;
    if (ten + count > ordersPerTenSeconds) throw tooMany(ordersPerTenSeconds, "10 SECOND", TEN_SECONDS_MS - (nowMs % TEN_SECONDS_MS));
    if (day + count > ordersPerDay) throw tooMany(ordersPerDay, "1 DAY", DAY_MS - (nowMs % DAY_MS));
  }

  /** Counts orders that were accepted and have not executed at once. */
  countOrders(account: string, count: number, nowMs: number): void {
    const times = this.#orders.get(account) ?? [];
    for (let index = 0; index < count; index += 1) times.push(nowMs);
    while (times.length > this.options.ordersPerDay) times.shift();
    this.#orders.set(account, times);
  }

  orderCounts(account: string, nowMs: number): { readonly ten: number; readonly day: number } {
    const times = this.#orders.get(account) ?? [];
    const tenFrom = nowMs - (nowMs % TEN_SECONDS_MS);
    const dayFrom = nowMs - (nowMs % DAY_MS);
    let [ten, day] = [0, 0];
    for (let index = times.length - 1; index >= 0 && times[index]! >= dayFrom; index -= 1) {
      day += 1;
      if (times[index]! >= tenFrom) ten += 1;
    }
    return { ten, day };
  }

  #visitor(address: string, nowMs: number): Visitor {
    const minute = Math.floor(nowMs / MINUTE_MS);
    const visitor = this.#visitors.get(address) ?? { minute, weight: 0, knocks: 0, bans: 0, bannedUntilMs: 0 };
    if (visitor.minute !== minute) Object.assign(visitor, { minute, weight: 0, knocks: 0 });
    this.#visitors.set(address, visitor);
    return visitor;
  }
}

function banned(untilMs: number, nowMs: number): Refusal {
  const text = `Way too much request weight used; IP banned until ${untilMs}. Please use WebSocket Streams for live updates to avoid bans.`;
  return new Refusal(-1003, text, 418, Math.ceil((untilMs - nowMs) / 1_000));
}

function tooMany(limit: number, span: string, waitMs: number): Refusal {
  return new Refusal(-1015, `Too many new orders; current limit is ${limit} orders per ${span}.`, 429, Math.ceil(waitMs / 1_000));
}
