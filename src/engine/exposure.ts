import type { AccountState, BotState } from "../domain/books.ts";
import type { Instrument } from "../domain/instrument.ts";
import { toDouble } from "../domain/money.ts";
import { isProtective } from "../domain/order.ts";
import { isFlat } from "../domain/position.ts";
import { trailedStop } from "../matching/protection.ts";

/** Price levels at which something of one bot happens, as doubles, for a first look that costs nothing. */
interface Levels {
  readonly bot: BotState;
  /** Orders that may fill at any price. */
  readonly working: boolean;
  stop: number;
  readonly take: number;
  readonly trails: boolean;
}

/**
 * The trigger book of one account: by symbol, the nearest stop, the nearest target and whether anything works at market. A candle or price
 * that touches nothing costs one comparison, however many bots there are. Doubles only pre-select; the matching room decides exactly.
 */
export class Exposure {
  readonly #bySymbol = new Map<string, { bots: Levels[]; stopMax: number; takeMin: number; working: boolean; trails: boolean }>();

  readonly #working = new Set<string>();

  rebuild(state: AccountState, instruments: ReadonlyMap<string, Instrument>): void {
    this.#bySymbol.clear();
    this.#working.clear();
    const orders = Map.groupBy(state.orders.values(), ({ botId }) => botId);
    for (const order of state.orders.values()) if (!isProtective(order)) this.#working.add(order.botId);
    for (const bot of state.bots.values()) {
      const own = orders.get(bot.spec.id) ?? [];
      if (own.length === 0 && isFlat(bot.position)) continue;
      const instrument = instruments.get(bot.spec.symbol);
      if (!instrument) continue;
      const { trailingPct } = bot.spec.protection;
      const stop = own.find(({ purpose }) => purpose === "stop")?.price;
      const take = own.find(({ purpose }) => purpose === "take")?.price;
      this.#add(bot.spec.symbol, {
        bot,
        working: own.some((order) => !isProtective(order) || order.status === "partially-filled"),
        stop: stop ? toDouble(trailedStop(instrument, stop, trailingPct, bot.highest)) : 0,
        take: take ? toDouble(take) : Number.POSITIVE_INFINITY,
        trails: trailingPct !== undefined && !isFlat(bot.position),
      });
    }
  }

  #add(symbol: string, levels: Levels): void {
    const book = this.#bySymbol.get(symbol) ?? { bots: [], stopMax: 0, takeMin: Number.POSITIVE_INFINITY, working: false, trails: false };
    book.bots.push(levels);
    book.stopMax = Math.max(book.stopMax, levels.stop);
    book.takeMin = Math.min(book.takeMin, levels.take);
    book.working ||= levels.working;
    book.trails ||= levels.trails;
    this.#bySymbol.set(symbol, book);
  }

  /** Whether an order of this bot opens or closes something right now. */
  works(botId: string): boolean {
    return this.#working.has(botId);
  }

  get symbols(): Iterable<string> {
    return this.#bySymbol.keys();
  }

  get isEmpty(): boolean {
    return this.#bySymbol.size === 0;
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

  /** A trailing stop has risen. */
  raiseStop(symbol: string, bot: BotState, stop: number): void {
    const book = this.#bySymbol.get(symbol);
    const levels = book?.bots.find((each) => each.bot === bot);
    if (!book || !levels) return;
    levels.stop = Math.max(levels.stop, stop);
    book.stopMax = Math.max(book.stopMax, stop);
  }
}
