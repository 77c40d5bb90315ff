import type { BotState } from "../domain/books.ts";
import type { Candle } from "../domain/candle.ts";
import type { AccountEvent } from "../domain/events.ts";
import { followsPrice, holdReason } from "../domain/exits.ts";
import { type Decimal, decimal, max, toDouble, ZERO } from "../domain/money.ts";
import { isFlat } from "../domain/position.ts";
import { type MarketMs, MINUTE_MS, marketMs } from "../domain/time.ts";
import type { MarketStep } from "../ports/market.ts";
import type { PaperVenue } from "../ports/venue.ts";
import { Account, type AccountWriter } from "./account.ts";
import type { BotWish } from "./decide.ts";
import { bookOf, executionEvents } from "./executions.ts";
import { Exposure, stopNow } from "./exposure.ts";
import type { Slot } from "./feeds.ts";
import { beingSold, PaperExecutor, type PaperHost } from "./paper-executor.ts";
import type { AccountServices } from "./services.ts";

/** After a pause of the watch, prices wait so long for the candles of the pause: what they move would be held against what came before. */
const CANDLES_WAIT_MS = 15_000;

/** A paper account: everything that happens to it (market steps, prices, commands) passes through its serial queue, and the matching room fills its orders. */
export class PaperAccount extends Account implements PaperHost {
  readonly venue: PaperVenue;
  readonly exposure = new Exposure();
  readonly executor: PaperExecutor;
  /** What the stream says of trailing stops. Empty at start: a snapshot knows more than the stream, and may be lost. */
  readonly #highestStored = new Map<string, BotState["highest"]>();
  /** Steps up to here are in the books already; the step at this instant is only decided again. */
  readonly #resumeMs: MarketMs;
  /** On a live market, candles up to here came while this process had not the account, so that no price of theirs was watched for it. */
  readonly #openedMs: number;
  #levelsKnown: boolean;

  constructor(writer: AccountWriter, venue: PaperVenue, services: AccountServices) {
    super(writer, services);
    this.venue = venue;
    this.#resumeMs = writer.state.marketMs;
    this.#openedMs = services.market.pace === "live" ? services.clock.wall() : Number.NEGATIVE_INFINITY;
    this.executor = new PaperExecutor(this);
    this.#levelsKnown = this.#readLevels();
  }

  /** One step of the market with the slots it closed. Returns nothing when nothing had to be waited for, which is the usual case. */
  onStep(step: MarketStep, slots: readonly Slot[]): Promise<void> | undefined {
    if (this.queue.depth > 0 || this.#moves(step)) return this.queue.run(() => this.#process(step, slots));
    const wishes = step.atMs < this.#resumeMs ? [] : this.executor.wishes(slots);
    const { sequence } = this.state;
    if (wishes.length > 0) return this.queue.run(() => this.#process(step, slots, { wishes, sequence }));
    this.position = marketMs(Math.max(this.position, step.atMs));
    return undefined;
  }

  /** One price seen on a live market. */
  onPrice(symbol: string, price: number, at: MarketMs): Promise<void> | undefined {
    if (!this.exposure.touches(symbol, price, price) || this.#isAhead(symbol, at)) return undefined;
    return this.queue.run(async () => {
      const events = this.#matched(symbol, price, price, this.#purse(), (bot, cash) => {
        const book = bookOf(this.state, bot, this.#instrument(symbol), cash);
        return executionEvents(book, bot, this.venue.onPrice(book, price, at), at);
      });
      this.#trail(symbol, price);
      await this.appendEvents(events);
      await this.heed();
      await this.executor.finishPanic();
    });
  }

  /** Whether candles are still to come of a pause in which nobody watched this symbol. */
  #isAhead(symbol: string, at: MarketMs): boolean {
    const { hub } = this.services;
    const sinceMs = hub.watched.since(symbol);
    return sinceMs !== undefined && hub.atMs <= sinceMs - MINUTE_MS && at - sinceMs < CANDLES_WAIT_MS;
  }

  /** Whether the watch has seen the prices of a candle, which comes late: they are not matched a second time, after newer ones. */
  #wasWatched(symbol: string, { openTimeMs }: Candle): boolean {
    return openTimeMs >= Math.max(this.services.hub.watched.since(symbol) ?? Number.POSITIVE_INFINITY, this.#openedMs);
  }

  /** Levels need the market's rules, and a live market that did not answer at the start, or lists a symbol again, tells them later. */
  tend(): void {
    if (!this.#levelsKnown) this.#levelsKnown = this.#readLevels();
  }

  override closes(bot: BotState): boolean {
    const selling = beingSold(this.state, bot);
    return selling.isGreaterThan(0) && selling.isGreaterThanOrEqualTo(bot.position.quantity);
  }

  /** What its market declares: it is modeled, also where the prices are real. */
  override spreadBpsOf(symbol: string): number | undefined {
    const instrument = this.services.market.instruments.get(symbol);
    return instrument && instrument.halfSpreadBps * 2;
  }

  /** Whether the rules of every bot's symbol are known. */
  #readLevels(): boolean {
    const { instruments } = this.services.market;
    this.exposure.rebuild(this.state, instruments);
    return [...this.state.bots.values()].every(({ spec }) => instruments.has(spec.symbol));
  }

  async settled(): Promise<void> {
    await this.queue.idle();
  }

  /** Whether a step may change the books before anyone decides. */
  #moves(step: MarketStep): boolean {
    if (step.atMs < this.#resumeMs) return false;
    if (this.dayBegins(step.atMs) || this.breakers.stirs(step) || this.exposure.due(step.atMs).length > 0) return true;
    for (const symbol of this.exposure.symbols) {
      const candle = step.candles.get(symbol);
      if (candle && this.exposure.touches(symbol, candle.low, candle.high)) return true;
    }
    return false;
  }

  /** `asked` are the wishes of these slots where they were asked for already, and how far the stream was then: something urgent may have overtaken. */
  async #process(step: MarketStep, slots: readonly Slot[], asked?: { wishes: readonly BotWish[]; sequence: number }): Promise<void> {
    if (step.atMs < this.#resumeMs) return;
    const matched = step.atMs > this.#resumeMs ? this.#matchStep(step) : [];
    this.position = marketMs(Math.max(this.position, step.atMs));
    await this.appendEvents(matched);
    await this.#endHolds();
    await this.heed(step);
    const wishes = asked?.sequence === this.state.sequence ? asked.wishes : this.executor.wishes(slots);
    await this.executor.act(wishes);
    await this.executor.finishPanic();
  }

  /** Positions that were held as long as they may be are closed at market, whether their bots run or not. */
  async #endHolds(): Promise<void> {
    const events = this.exposure.due(this.position).flatMap((bot) => {
      const reason = holdReason(bot.spec.protection);
      return this.executor.closing(bot, "close", { decision: `held-${this.position}`, slotMs: this.position, reason, values: {} });
    });
    if (events.length > 0) await this.executor.send(events);
  }

  #matchStep(step: MarketStep): AccountEvent[] {
    const events: AccountEvent[] = [];
    if (this.dayBegins(step.atMs)) events.push(...this.dayStarted(step.atMs, this.#priceBefore(step)));
    if (step.atMs > Math.max(this.services.matchUntil(), this.#openedMs)) return events;
    const purse = this.#purse();
    for (const symbol of [...this.exposure.symbols]) {
      const candle = step.candles.get(symbol);
      if (!candle || this.#wasWatched(symbol, candle)) continue;
      const found = this.#matched(symbol, candle.low, candle.high, purse, (bot, cash) => {
        const book = bookOf(this.state, bot, this.#instrument(symbol), cash);
        return executionEvents(book, bot, this.venue.onCandle(book, candle), step.atMs);
      });
      events.push(...found);
      this.#trail(symbol, candle.high);
    }
    return events;
  }

  /** The price of a symbol before a step: the step's own open, else the last one seen. */
  #priceBefore(step: MarketStep): (symbol: string) => number | undefined {
    return (symbol) => step.candles.get(symbol)?.open ?? this.priceOf(symbol);
  }

  /** Cash that the entries of one matching share, over all symbols. */
  #purse(): { cash: Decimal } {
    return { cash: this.state.balances.get(this.state.currency) ?? ZERO };
  }

  /** Matches each touched bot in turn; what one entry spends the next one no longer has. */
  #matched(
    symbol: string,
    low: number,
    high: number,
    purse: { cash: Decimal },
    match: (bot: BotState, cash: Decimal) => AccountEvent[],
  ): AccountEvent[] {
    const events: AccountEvent[] = [];
    // What was asked before the exchange delisted the symbol may be answered after it.
    if (!this.services.market.instruments.has(symbol)) return events;
    for (const bot of this.exposure.touched(symbol, low, high)) {
      const found = match(bot, purse.cash);
      for (const event of found) {
        if (event.type !== "order-filled" || event.fill.side !== "buy") continue;
        purse.cash = purse.cash.minus(event.fill.price.times(event.fill.quantity)).minus(event.fill.fee);
      }
      events.push(...found);
    }
    return events;
  }

  /** Raises what trailing stops follow. Between events this is memory only: it is found again from the same candles after a restart. */
  #trail(symbol: string, high: number): void {
    if (!this.services.market.instruments.has(symbol)) return;
    for (const bot of this.exposure.trailing(symbol)) {
      const seen = decimal(high);
      if (bot.highest && seen.isLessThanOrEqualTo(bot.highest)) continue;
      bot.highest = max(bot.highest ?? seen, seen);
      this.bestMoves += 1;
      const stop = [...this.state.orders.values()].find(({ botId, purpose }) => botId === bot.spec.id && purpose === "stop");
      if (!stop?.price) continue;
      this.exposure.raiseStop(symbol, bot, toDouble(stopNow(bot, this.#instrument(symbol), stop.price)));
    }
  }

  protected override appended(botIds: ReadonlySet<string>): void {
    const { instruments } = this.services.market;
    this.exposure.update(this.state, instruments, botIds);
    for (const botId of botIds) {
      const bot = this.state.bots.get(botId);
      this.#highestStored.set(botId, bot?.highest);
      // One whose symbol is not listed now has no levels: they are read again when it is.
      if (bot && !instruments.has(bot.spec.symbol)) this.#levelsKnown = false;
    }
  }

  /** Trailing stops that rose since the last event. */
  protected override alongside(): AccountEvent[] {
    const risen: AccountEvent[] = [];
    if (!this.exposure.trails) return risen;
    for (const bot of this.state.bots.values()) {
      if (!bot.highest || !followsPrice(bot.spec.protection) || isFlat(bot.position)) continue;
      if (this.#highestStored.get(bot.spec.id)?.isEqualTo(bot.highest)) continue;
      risen.push({ type: "trail-moved", botId: bot.spec.id, highest: bot.highest });
    }
    return risen;
  }

  #instrument(symbol: string) {
    const instrument = this.services.market.instruments.get(symbol);
    if (!instrument) throw new Error(`the market ${this.services.market.key} has no rules for ${symbol}`);
    return instrument;
  }
}
