import type { BotState } from "../../domain/books.ts";
import type { AccountEvent } from "../../domain/events.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { type Decimal, decimal } from "../../domain/money.ts";
import type { Order } from "../../domain/order.ts";
import { isFlat } from "../../domain/position.ts";
import { type MarketMs, marketMs } from "../../domain/time.ts";
import type { LiveVenue } from "../../ports/live-venue.ts";
import type { Logger } from "../../ports/logger.ts";
import type { MarketStep } from "../../ports/market.ts";
import { Account, type AccountWriter } from "../account.ts";
import type { Slot } from "../feeds.ts";
import type { AccountServices } from "../services.ts";
import type { Technical } from "../technical.ts";
import type { Ceiling } from "./ceiling.ts";
import { coinsBeside } from "./coins-beside.ts";
import { LiveExecutor } from "./executor.ts";
import { FillRhythm } from "./fill-rhythm.ts";
import { FillSync } from "./fill-sync.ts";
import { Lane } from "./lane.ts";
import type { LaneView } from "./lane-view.ts";
import { PanicTurns } from "./panic-turns.ts";
import { PanicWatch } from "./panic-watch.ts";
import { Preparations } from "./preparations.ts";
import { Reconciler } from "./reconciler.ts";
import { Refusals } from "./refusals.ts";
import { SendingRight } from "./right.ts";
import { forbiddenAtSend } from "./send-gate.ts";
import { concerns, firstStartMs, hasBusiness, symbolsOf } from "./symbols.ts";
import type { LiveTimes } from "./times.ts";
import { isBest, priceSinceEntry, Trails } from "./trails.ts";

/** Fills and balances are asked for from a little before a bot's first start. */
const BEFORE_START_MS = 60_000;

export interface LiveAccountOptions {
  readonly writer: AccountWriter;
  readonly services: AccountServices;
  /** Undefined while the key is not at hand; `locked` then says why. */
  readonly venue: LiveVenue | undefined;
  readonly locked: string | undefined;
  /** Set for accounts whose money is real. */
  readonly ceiling: Ceiling | undefined;
  /** How its exchange answers, measured over all accounts there. */
  readonly health?: Technical | undefined;
  readonly onFatal: (failure: unknown) => void;
}

/** An account at a real exchange. Its bots' lanes do what waits for the network, outside of its queue, so that nothing here waits for a venue. */
export class LiveAccount extends Account {
  readonly executor: LiveExecutor;
  readonly reconciler: Reconciler;
  readonly ceiling: Ceiling | undefined;
  readonly times: LiveTimes;
  readonly fills: FillSync;
  readonly preparations: Preparations;
  venue: LiveVenue | undefined;
  locked: string | undefined;
  readonly unsent = new Map<string, number>();
  readonly #right: SendingRight;
  readonly #lanes = new Map<string, Lane>();
  readonly #refusals = new Refusals();
  readonly #panicWatch = new PanicWatch();
  readonly #onFatal: (failure: unknown) => void;
  #rules: ReadonlyMap<string, Instrument> = new Map();
  /** The last rules of every symbol that was listed since this process began: what is held in one that is halted or delisted is still ours to close. */
  readonly #rulesOnce = new Map<string, Instrument>();
  #symbols: { readonly sequence: number; readonly all: readonly string[] } | undefined;
  #activity = 0;
  /** Positions as they were last written, and when one of them was another one before. */
  readonly #positions = new Map<string, BotState["position"]>();
  #movedMs = Number.NEGATIVE_INFINITY;
  readonly #fillRhythm = new FillRhythm();
  readonly #trails = new Trails();
  readonly #panicTurns = new PanicTurns();

  constructor(options: LiveAccountOptions) {
    super(options.writer, options.services);
    const { clock } = options.services;
    this.venue = options.venue;
    this.locked = options.locked;
    this.ceiling = options.ceiling;
    this.#onFatal = options.onFatal;
    this.times = { monotonicMs: () => clock.monotonicMs(), venueMs: () => clock.wall() + this.#offsetMs() };
    this.#right = new SendingRight(options.writer, this.times.monotonicMs);
    this.executor = new LiveExecutor(this);
    this.fills = new FillSync(this);
    this.preparations = new Preparations(this.times.monotonicMs);
    this.reconciler = new Reconciler(this);
    this.measured.push(this.#refusals.seen(this.times.monotonicMs), ...(options.health ? [options.health] : []));
  }

  override get active(): boolean {
    return !this.state.venue.removed && super.active;
  }

  /** Real time: what happens at an exchange happens now. */
  override now(): MarketMs {
    return marketMs(Math.max(this.position, this.services.now()));
  }

  onStep(step: MarketStep, slots: readonly Slot[]): Promise<void> | undefined {
    this.position = marketMs(Math.max(this.position, step.atMs));
    const begins = this.dayBegins(this.now());
    const wishes = begins ? [] : this.executor.wishes(slots);
    if (!begins && wishes.length === 0 && !this.breakers.stirs(step)) return undefined;
    return this.queue.run(async () => {
      if (begins) await this.#beginDay();
      await this.heed(step);
      await this.executor.act(this.executor.wishes(slots));
    });
  }

  /** A price may concern what the desk watches: the lanes of that symbol look. */
  onPrice(symbol: string, price: number, at: MarketMs): undefined {
    const venueMs = at + this.#offsetMs();
    let seen: Decimal | undefined;
    for (const bot of this.state.bots.values()) {
      if (bot.spec.symbol !== symbol || isFlat(bot.position)) continue;
      seen ??= decimal(price);
      if (isBest(bot, seen, venueMs)) {
        bot.highest = seen;
        this.#trails.moved(bot.spec.id);
        this.bestMoves += 1;
      }
      this.wake(bot.spec.id);
    }
    return undefined;
  }

  tend(): void {
    if (this.state.venue.removed || !this.venue) return;
    this.reconciler.tend(this.#onFatal);
    const nowMs = this.times.monotonicMs();
    for (const symbol of this.#fillRhythm.due(this.state, nowMs, this.services.now(), (each) => this.fills.syncedMs(each)))
      void this.fills.sync(symbol).catch(this.#onFatal);
    for (const bot of this.state.bots.values()) if (hasBusiness(this.state, bot)) this.wake(bot.spec.id);
    // What waits for the store already is enough: each beat would wait beside it with the same.
    if (this.waitsForStore) return;
    this.#endPause();
    if (this.state.panic) void this.executor.finishPanic().catch(this.#onFatal);
    const stalled = this.#panicWatch.look(this.state, nowMs);
    if (stalled) void this.appendEvents([stalled]).catch(this.#onFatal);
    if (this.#trails.isDue(this.state, nowMs))
      void this.appendEvents(() => this.#trails.events(this.state).slice(0, 1)).catch(this.#onFatal);
    this.#keepDay();
  }

  async settled(): Promise<void> {
    await this.queue.idle();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.idle()));
    await this.reconciler.running;
  }

  rulesOf(symbol: string): Instrument | undefined {
    return this.#rules.get(symbol);
  }

  get rules(): ReadonlyMap<string, Instrument> {
    return this.#rules;
  }

  get logger(): Logger {
    return this.services.logger;
  }

  activity(): number {
    return this.#activity;
  }

  movedMs(): number {
    return this.#movedMs;
  }

  closed(): string | undefined {
    return this.venue ? this.#right.closed(this.venue, this.reconciler.complete) : (this.locked ?? "the account's key is not at hand");
  }

  look(bot: BotState): Omit<LaneView, "memory" | "bot" | "orders"> | undefined {
    if (!this.venue || this.#right.missing(this.venue) !== undefined) return undefined;
    const { symbol } = bot.spec;
    const rules = this.#rules.get(symbol) ?? this.#rulesOnce.get(symbol) ?? this.services.market.instruments.get(symbol);
    return {
      rules,
      traits: this.venue.traits,
      ...coinsBeside(this.state, symbol),
      price: priceSinceEntry(this.services, bot, this.#offsetMs()),
      nowMs: this.times.monotonicMs(),
      venueMs: this.times.venueMs(),
      turn: this.#panicTurns.mine(this.state, bot, this.times.monotonicMs()),
      listed: this.lists(symbol),
    };
  }

  #offsetMs(): number {
    return this.venue?.clock()?.offsetMs ?? 0;
  }

  syncFills(symbol: string): Promise<boolean> {
    return this.fills.sync(symbol);
  }

  entryForbidden(order: Order, decidedMs: number): string | undefined {
    return forbiddenAtSend(this, order, this.times.monotonicMs() - decidedMs);
  }

  hasLapsed(botId: string): boolean {
    return (this.#lanes.get(botId)?.memory.lapsed.size ?? 0) > 0;
  }

  refused(order: Order, outcome: Parameters<Refusals["follow"]>[2]): readonly AccountEvent[] {
    if (outcome.cause === "rules" || outcome.cause === "symbol") this.reconciler.rulesChanged();
    if (outcome.cause === "balance" || outcome.cause === "nothing-to-reduce") this.reconciler.soon();
    const now = { wallMs: this.services.clock.wall(), monotonicMs: this.times.monotonicMs() };
    return this.#refusals.follow(this.state, order, outcome, now);
  }

  answered(): void {
    this.#refusals.answered();
  }

  wake(botId: string): void {
    this.#lane(botId)?.wake(this.#onFatal);
  }

  protected override appended(botIds: ReadonlySet<string>): void {
    this.#activity += 1;
    for (const botId of botIds) {
      const position = this.state.bots.get(botId)?.position;
      if (position && this.#positions.get(botId) !== position) this.#movedMs = this.times.monotonicMs();
      if (position) this.#positions.set(botId, position);
    }
    this.#trails.stored(this.state, botIds);
    for (const botId of botIds) this.wake(botId);
  }

  /** Written with the next events, whatever they are. */
  protected override alongside(): AccountEvent[] {
    return this.#trails.alongside(this.state);
  }

  #lane(botId: string): Lane | undefined {
    const bot = this.state.bots.get(botId);
    if (!bot) return undefined;
    const lane = this.#lanes.get(botId) ?? new Lane(this, bot);
    this.#lanes.set(botId, lane);
    return lane;
  }

  /** Limits of the day hold from its first second, also where no candle comes because nothing runs. */
  #keepDay(): void {
    if (!this.reconciler.complete || this.queue.depth > 0 || !this.dayBegins(this.now())) return;
    void this.queue.run(() => this.#beginDay()).catch(this.#onFatal);
  }

  /** By the time of now: after a standstill the steps that come are of yesterday, while today has begun. */
  async #beginDay(): Promise<void> {
    await this.appendEvents(() => this.dayStarted(this.now(), this.priceOf));
  }

  async loadRules(): Promise<void> {
    if (!this.venue) return;
    this.#rules = await this.venue.instruments();
    for (const [symbol, rules] of this.#rules) this.#rulesOnce.set(symbol, rules);
  }

  #endPause(): void {
    const { paused } = this.state.venue;
    if (paused?.untilMs === undefined || paused.untilMs > this.services.clock.wall()) return;
    const over = () =>
      this.state.venue.paused === paused ? [{ type: "account-resumed" as const, reason: "the time of the pause is over" }] : [];
    void this.appendEvents(over).catch(this.#onFatal);
  }

  symbols(): readonly string[] {
    const { sequence } = this.state;
    if (this.#symbols?.sequence !== sequence) this.#symbols = { sequence, all: symbolsOf(this.state) };
    return this.#symbols.all;
  }

  concerns(symbol: string): boolean {
    return concerns(this.state, symbol);
  }

  /** Before the list was read, every symbol counts as listed. */
  lists(symbol: string): boolean {
    return this.#rules.size === 0 || this.#rules.has(symbol);
  }

  fillsSince(symbol: string): number {
    return firstStartMs(this.state, symbol, this.services.now()) - BEFORE_START_MS;
  }
}
