import type { AccountState, BotState } from "../domain/books.ts";
import { followsPrice, holdMaxMs, movedStop } from "../domain/exits.ts";
import type { Instrument } from "../domain/instrument.ts";
import { type Decimal, toDouble } from "../domain/money.ts";
import { isProtective, type Order } from "../domain/order.ts";
import { entryPrice, isFlat } from "../domain/position.ts";

/** Price levels at which something of one bot happens, as doubles, for a first look that costs nothing. */
interface Levels {
  readonly bot: BotState;
  /** Place of the bot in the order of creation. */
  readonly rank: number;
  /** Orders that may fill at any price. */
  readonly working: boolean;
  stop: number;
  readonly take: number;
  readonly trails: boolean;
  /** When it has held its position long enough. */
  readonly dueMs: number;
}

/** What the bots on one symbol wait for, with the outermost of their levels. */
interface Book {
  readonly bots: Levels[];
  stopMax: number;
  takeMin: number;
  working: boolean;
  trails: boolean;
}

/**
 * The trigger book of one account: by symbol, the nearest stop, the nearest target and whether anything works at market. A candle or price
 * that touches nothing costs one comparison, however many bots there are. Doubles only pre-select; the matching room decides exactly.
 */
export class Exposure {
  #bySymbol = new Map<string, Book>();
  /** Whether the symbols stand in the order in which their first bots were created. */
  #inOrder = true;
  readonly #ranks = new Map<string, number>();
  readonly #working = new Set<string>();
  readonly #trailing = new Set<string>();
  /** The earliest time at which a position was held long enough. */
  #dueMs = Number.POSITIVE_INFINITY;
  readonly #dues = new Map<string, number>();

  /** Reads all bots of an account. */
  rebuild(state: AccountState, instruments: ReadonlyMap<string, Instrument>): void {
    this.update(state, instruments, state.bots.keys());
  }

  /** Reads those bots again whose orders or positions have changed; new ones in the order of their creation. */
  update(state: AccountState, instruments: ReadonlyMap<string, Instrument>, botIds: Iterable<string>): void {
    const orders = new Map<string, Order[]>(Array.from(botIds, (botId) => [botId, []]));
    for (const order of state.orders.values()) orders.get(order.botId)?.push(order);
    for (const [botId, own] of orders) {
      const bot = state.bots.get(botId);
      if (!bot) continue;
      const instrument = instruments.get(bot.spec.symbol);
      this.#put(bot, instrument && this.#levelsOf(bot, own, instrument));
      if (own.some((order) => !isProtective(order))) this.#working.add(botId);
      else this.#working.delete(botId);
    }
  }

  #levelsOf(bot: BotState, own: readonly Order[], instrument: Instrument): Levels | undefined {
    if (own.length === 0 && isFlat(bot.position)) return undefined;
    const { protection, timeframe } = bot.spec;
    const stop = own.find(({ purpose }) => purpose === "stop")?.price;
    const takes = own.flatMap(({ purpose, price }) => (purpose === "take" && price ? [toDouble(price)] : []));
    const held = holdMaxMs(protection, timeframe);
    return {
      bot,
      rank: this.#rankOf(bot),
      working: own.some((order) => !isProtective(order) || order.status === "partially-filled"),
      stop: stop ? toDouble(stopNow(bot, instrument, stop)) : 0,
      take: Math.min(Number.POSITIVE_INFINITY, ...takes),
      trails: followsPrice(protection) && !isFlat(bot.position),
      dueMs: held === undefined || bot.position.openedMs === undefined ? Number.POSITIVE_INFINITY : bot.position.openedMs + held,
    };
  }

  #rankOf(bot: BotState): number {
    const rank = this.#ranks.get(bot.spec.id) ?? this.#ranks.size;
    this.#ranks.set(bot.spec.id, rank);
    return rank;
  }

  #put(bot: BotState, levels: Levels | undefined): void {
    this.#rankOf(bot);
    const { id, symbol } = bot.spec;
    const others = this.#bySymbol.get(symbol)?.bots.filter((each) => each.bot.spec.id !== id) ?? [];
    const bots = levels ? [...others, levels].sort((a, b) => a.rank - b.rank) : others;
    if (levels?.trails) this.#trailing.add(id);
    else this.#trailing.delete(id);
    const firstBefore = this.#bySymbol.get(symbol)?.bots[0]?.rank;
    this.#keepDue(id, levels?.dueMs ?? Number.POSITIVE_INFINITY);
    if (bots.length === 0) this.#bySymbol.delete(symbol);
    else this.#bySymbol.set(symbol, bookOf(bots));
    this.#inOrder &&= bots.length === 0 || bots[0]?.rank === firstBefore;
  }

  #keepDue(botId: string, dueMs: number): void {
    if (dueMs === (this.#dues.get(botId) ?? Number.POSITIVE_INFINITY)) return;
    if (dueMs === Number.POSITIVE_INFINITY) this.#dues.delete(botId);
    else this.#dues.set(botId, dueMs);
    this.#dueMs = Math.min(Number.POSITIVE_INFINITY, ...this.#dues.values());
  }

  /** Whether an order of this bot opens or closes something right now. */
  works(botId: string): boolean {
    return this.#working.size > 0 && this.#working.has(botId);
  }

  /** Symbols with something to wait for, in the order in which their first bots were created. */
  get symbols(): Iterable<string> {
    if (!this.#inOrder) {
      const first = ({ bots }: Book) => bots[0]?.rank ?? 0;
      this.#bySymbol = new Map([...this.#bySymbol].sort(([, a], [, b]) => first(a) - first(b)));
      this.#inOrder = true;
    }
    return this.#bySymbol.keys();
  }

  /** Whether any stop follows the price. */
  get trails(): boolean {
    return this.#trailing.size > 0;
  }

  /** Whether a range of prices may fill or move something. */
  touches(symbol: string, low: number, high: number): boolean {
    const book = this.#bySymbol.get(symbol);
    return book !== undefined && (book.working || book.trails || low <= book.stopMax || high >= book.takeMin);
  }

  /** The bots that a range of prices concerns, in the order of their creation. */
  touched(symbol: string, low: number, high: number): BotState[] {
    const bots = this.#bySymbol.get(symbol)?.bots ?? [];
    return bots.filter(({ working, stop, take }) => working || low <= stop || high >= take).map(({ bot }) => bot);
  }

  /** The bots whose trailing stop follows this symbol. */
  trailing(symbol: string): BotState[] {
    const bots = this.#bySymbol.get(symbol)?.bots ?? [];
    return bots.filter(({ trails }) => trails).map(({ bot }) => bot);
  }

  /** The bots that have held their positions as long as they may, in the order of their creation. */
  due(atMs: number): BotState[] {
    if (atMs < this.#dueMs) return [];
    const due = [...this.#bySymbol.values()].flatMap(({ bots }) => bots.filter(({ dueMs }) => dueMs <= atMs));
    return due.sort((a, b) => a.rank - b.rank).map(({ bot }) => bot);
  }

  /** A stop has risen. */
  raiseStop(symbol: string, bot: BotState, stop: number): void {
    const book = this.#bySymbol.get(symbol);
    const levels = book?.bots.find((each) => each.bot === bot);
    if (!book || !levels) return;
    levels.stop = Math.max(levels.stop, stop);
    book.stopMax = Math.max(book.stopMax, stop);
  }
}

/** Where the stop of a bot that began at a price stands now. */
export function stopNow(bot: BotState, instrument: Instrument, from: Decimal): Decimal {
  const entry = entryPrice(bot.position);
  const side = bot.position.quantity.isNegative() ? "buy" : "sell";
  return entry ? movedStop(instrument, bot.spec.protection, { side, entry, best: bot.highest }, from) : from;
}

function bookOf(bots: Levels[]): Book {
  const book = { bots, stopMax: 0, takeMin: Number.POSITIVE_INFINITY, working: false, trails: false };
  for (const levels of bots) {
    book.stopMax = Math.max(book.stopMax, levels.stop);
    book.takeMin = Math.min(book.takeMin, levels.take);
    book.working ||= levels.working;
    book.trails ||= levels.trails;
  }
  return book;
}
