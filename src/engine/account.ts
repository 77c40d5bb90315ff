import type { AccountState, BotState } from "../domain/books.ts";
import type { AccountEvent } from "../domain/events.ts";
import { spreadBpsOf } from "../domain/quote.ts";
import { type MarketMs, marketMs } from "../domain/time.ts";
import type { MarketStep } from "../ports/market.ts";
import { StoreUnavailable } from "../ports/store.ts";
import { BreakerWatch, type WatchedAccount } from "./breaker-watch.ts";
import { botsOf } from "./concerned.ts";
import type { AccountExecutor } from "./executor.ts";
import type { Slot } from "./feeds.ts";
import { QUOTE_AGE_MAX_MS } from "./limits.ts";
import { SerialQueue } from "./queue.ts";
import { Runners } from "./runner.ts";
import type { Alarm } from "./senses.ts";
import type { AccountServices } from "./services.ts";
import type { StreamFold } from "./stream.ts";
import { StorePace, type Technical, together } from "./technical.ts";
import { equityOf, isActive } from "./valuation.ts";

const STORE_RETRY_MS = 1_000;

export type AccountWriter = StreamFold<AccountState, AccountEvent>;
/** Events, or what says them once everything before is folded. */
export type Facts = readonly AccountEvent[] | (() => readonly AccountEvent[]);

/**
 * One account at work: the only writer of its stream. What is durable is what is folded, so that limits hold over all its bots and a crash loses
 * nothing that was acknowledged. Decisions and commands pass through one serial queue.
 */
export abstract class Account implements WatchedAccount {
  readonly writer: AccountWriter;
  readonly services: AccountServices;
  readonly runners = new Runners();
  readonly queue = new SerialQueue();
  readonly breakers: BreakerWatch;
  readonly #pace = new StorePace();
  /** What is measured for the technical breakers. Where market time is stepped nothing waits for this machine, and equal input gives equal books. */
  protected readonly measured: Technical[] = [];
  readonly technical: Technical = together(this.measured);
  abstract readonly executor: AccountExecutor;
  #waitsForStore = false;
  /** A panic is next in the queue. */
  panicWaits = false;
  /** Grows with every best price that trailing stops follow: all that changes in the books between two events. */
  bestMoves = 0;
  /** Market time of the newest step that this account has seen. */
  position: MarketMs;

  constructor(writer: AccountWriter, services: AccountServices) {
    this.writer = writer;
    this.services = services;
    this.position = writer.state.marketMs;
    if (services.market.pace === "live") this.measured.push(this.#pace);
    this.breakers = new BreakerWatch(this, services.risk.breakers);
  }

  /** One step of the market with the slots it closed. Returns nothing when nothing had to be waited for, which is the usual case. */
  abstract onStep(step: MarketStep, slots: readonly Slot[]): Promise<void> | undefined;
  /** One price seen on a live market. */
  abstract onPrice(symbol: string, price: number, at: MarketMs): Promise<void> | undefined;
  /** Once a second: what does not wait for a candle or a price. */
  abstract tend(): void;
  /** Resolves when everything that was begun has ended. */
  abstract settled(): Promise<void>;

  get state(): AccountState {
    return this.writer.state;
  }

  /** Whether this process has the account; otherwise it only follows its books. */
  get isHeld(): boolean {
    return true;
  }

  get active(): boolean {
    return isActive(this.state);
  }

  /** Market time to stamp on a command's events. */
  now(): MarketMs {
    return this.active || this.queue.depth > 1 ? this.position : marketMs(Math.max(this.position, this.services.now()));
  }

  /** Whether an instant lies in a day that these books have yet to begin. */
  protected dayBegins(atMs: number): boolean {
    return this.services.days.begins(atMs, this.state.day?.day);
  }

  /** The beginning of that day, if it begins, worth what is held at these prices; nothing where a price is not known yet. */
  protected dayStarted(atMs: number, priceOf: (symbol: string) => number | undefined): AccountEvent[] {
    const equity = this.dayBegins(atMs) ? equityOf(this.state, priceOf) : undefined;
    return equity ? [{ type: "day-started", day: this.services.days.of(atMs), equity }] : [];
  }

  priceOf = (symbol: string): number | undefined => this.services.hub.price(symbol)?.price;

  /** Whether what a bot holds is being closed already. */
  closes({ exit }: BotState): boolean {
    return exit !== undefined && exit.keep === undefined;
  }

  /** Of bid and ask in basis points; undefined where nobody says it, or said it too long ago. */
  spreadBpsOf(symbol: string): number | undefined {
    const { hub, now } = this.services;
    const quote = hub.quote(symbol);
    return quote && now() - quote.atMs <= QUOTE_AGE_MAX_MS ? spreadBpsOf(quote) : undefined;
  }

  alarmsOf(step: MarketStep): readonly Alarm[] | undefined {
    return this.services.hub.alarmsOf(step);
  }

  /** Lets breakers open, close and act. Inside the queue, before anybody decides. */
  protected async heed(step?: MarketStep): Promise<void> {
    if (!this.breakers.stirs(step)) return;
    this.breakers.begin();
    await this.appendEvents(() => this.breakers.events(step));
    this.breakers.ended();
    if (this.breakers.wantsClosing) await this.executor.send(await this.breakers.closing());
  }

  /** The same once a second: what needs no step of the market. */
  tendBreakers(): Promise<void> | undefined {
    if (this.services.market.pace !== "live" || this.queue.depth > 0 || !this.breakers.stirs()) return undefined;
    return this.queue.run(() => this.heed());
  }

  /** Whether this account stands still because the store cannot write. */
  get waitsForStore(): boolean {
    return this.#waitsForStore;
  }

  /** Appends what the engine itself found out; while the store cannot write, this account waits and tries again, and the others go on. */
  async appendEvents(facts: Facts): Promise<void> {
    if (facts.length === 0 && typeof facts !== "function") return;
    for (;;) {
      try {
        await this.appendOnce(facts);
        this.#storeTakes(undefined);
        return;
      } catch (failure) {
        if (!(failure instanceof StoreUnavailable)) throw failure;
        this.#storeTakes(failure);
        await this.services.clock.sleep(STORE_RETRY_MS);
      }
    }
  }

  /** Told in the log when it begins and when it ends, for each try would say the same once a second. */
  #storeTakes(failure: StoreUnavailable | undefined): void {
    const { logger } = this.services;
    const { account } = this.state;
    const isAway = failure !== undefined;
    if (isAway && !this.#waitsForStore) logger.error({ account, failure }, "the store cannot write; this account waits and tries again");
    if (!isAway && this.#waitsForStore) logger.info({ account }, "the store writes again, and this account goes on");
    this.#waitsForStore = isAway;
  }

  /** Appends for a command: a store that cannot write is the person's to know. */
  async appendOnce(facts: Facts, requestId?: string): Promise<void> {
    this.position = this.now();
    let concerned: ReadonlySet<string> = new Set();
    const asked = () => {
      const events = typeof facts === "function" ? facts() : facts;
      if (events.length === 0) return events;
      const all = [...this.alongside(), ...events];
      concerned = botsOf(this.state, all);
      return all;
    };
    const begunMs = this.services.clock.monotonicMs();
    await this.writer.append(asked, this.position, requestId);
    this.#pace.wrote(this.services.clock.monotonicMs() - begunMs);
    this.breakers.changed(concerned);
    if (concerned.size > 0) this.appended(concerned);
  }

  /** What is written with the next events, whatever they are. */
  protected alongside(): readonly AccountEvent[] {
    return [];
  }

  /** The books of these bots have changed. */
  protected abstract appended(botIds: ReadonlySet<string>): void;
}
