import { ceilToStep, type Decimal, decimal, floorToStep } from "../../../../src/domain/money.ts";
import { priceAt, type Tape } from "../tape.ts";
import { type ExactRules, exactRules, type SpotListing, type TradingMode } from "./listing.ts";
import { isTriggered, type SpotOrder } from "./order.ts";

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const FIRST_ORDER_ID = 1_000;
const FIRST_TRADE_ID = 500_000;

interface Day {
  readonly first: number;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
}

/** One symbol: its rules, its price, and the orders that wait in it. */
export class SpotMarket {
  readonly listing: SpotListing;
  rules: ExactRules;
  mode: TradingMode = "trading";
  /** Orders in the book or waiting for their trigger, in the order in which they came. */
  readonly waiting = new Set<SpotOrder>();
  #shown: SpotListing;
  readonly #tape: Tape;
  #orderId = FIRST_ORDER_ID;
  #tradeId = FIRST_TRADE_ID;
  #below = Number.NEGATIVE_INFINITY;
  #above = Number.POSITIVE_INFINITY;
  #day: (Day & { readonly hour: number }) | undefined;

  constructor(listing: SpotListing, tape: Tape) {
    this.listing = listing;
    this.#shown = listing;
    this.rules = exactRules(listing.rules);
    this.#tape = tape;
  }

  get id(): string {
    return this.listing.id;
  }

  /** The listing with the rules of now. */
  get shown(): SpotListing {
    return this.#shown;
  }

  changeRules(change: Partial<SpotListing["rules"]>): void {
    this.#shown = { ...this.#shown, rules: { ...this.#shown.rules, ...change } };
    this.rules = exactRules(this.#shown.rules);
  }

  nextOrderId(): number {
    this.#orderId += 1;
    return this.#orderId;
  }

  /** The number that the next order will have. */
  get comingOrderId(): number {
    return this.#orderId + 1;
  }

  nextTradeId(): number {
    this.#tradeId += 1;
    return this.#tradeId;
  }

  /** The last price; undefined in a gap of the tape. */
  last(ms: number): number | undefined {
    return priceAt(this.#tape, this.id, ms);
  }

  /** The last 24 hours, to the hour: where they began, their extremes and what was traded. Read hour by hour, for it is asked often. */
  day(ms: number): Day {
    const hour = Math.floor(ms / HOUR_MS);
    if (this.#day?.hour !== hour) this.#day = { hour, ...this.#read(hour, ms) };
    return this.#day;
  }

  /** What a buyer pays at once: half a spread above the last price, on the tick above. */
  ask(last: number): Decimal {
    return ceilToStep(decimal(last).times(decimal(1 + this.listing.halfSpreadBps / 10_000)), this.rules.tick);
  }

  /** What a seller gets at once: half a spread below the last price, on the tick below. */
  bid(last: number): Decimal {
    return floorToStep(decimal(last).times(decimal(1 - this.listing.halfSpreadBps / 10_000)), this.rules.tick);
  }

  wait(order: SpotOrder): void {
    this.waiting.add(order);
    this.measure();
  }

  leave(order: SpotOrder): void {
    if (this.waiting.delete(order)) this.measure();
  }

  /** Whether any waiting order could move at a price: two comparisons, for it is asked every second. */
  moves(last: number): boolean {
    return last <= this.#below || last >= this.#above;
  }

  #read(hour: number, ms: number): Day {
    const now = this.last(ms) ?? 0;
    let day: Day | undefined;
    for (let minute = (hour - DAY_HOURS) * HOUR_MS; minute < hour * HOUR_MS; minute += HOUR_MS / 60) {
      const candle = this.#tape.candleAt(this.id, minute);
      if (!candle) continue;
      const { open, high, low, volume } = candle;
      if (!day) day = { first: open, high, low, volume };
      else day = { first: day.first, high: Math.max(day.high, high), low: Math.min(day.low, low), volume: day.volume + volume };
    }
    return day ?? { first: now, high: now, low: now, volume: 0 };
  }

  /** Has to be called when a waiting order's level changed. */
  measure(): void {
    this.#below = Number.NEGATIVE_INFINITY;
    this.#above = Number.POSITIVE_INFINITY;
    for (const order of this.waiting) {
      const level = levelOf(order);
      if (!level) continue;
      if (level.from === "below") this.#below = Math.max(this.#below, level.price);
      else this.#above = Math.min(this.#above, level.price);
    }
  }
}

/** The price at or beyond which something happens to a waiting order. */
export function levelOf(order: SpotOrder): { readonly from: "below" | "above"; readonly price: number } | undefined {
  const { type, side, stopPrice, price } = order.draft;
  if (order.now.status === "PENDING_NEW") return undefined;
  if (isTriggered(type) && order.now.workingMs < 0) {
    const above = type.startsWith("STOP") === (side === "BUY");
    return { from: above ? "above" : "below", price: stopPrice!.toNumber() };
  }
  return { from: side === "BUY" ? "below" : "above", price: price!.toNumber() };
}
