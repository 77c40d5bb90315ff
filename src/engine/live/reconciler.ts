import { messageOf, TransientError, UserError } from "../../domain/errors.ts";
import type { AccountEvent } from "../../domain/events.ts";
import { decimal } from "../../domain/money.ts";
import { isProtective } from "../../domain/order.ts";
import type { LiveVenue, OpenPositions, VenueOrder } from "../../ports/live-venue.ts";
import type { Logger } from "../../ports/logger.ts";
import type { ReconcileFacts } from "../../ports/venue-facts.ts";
import { Balances } from "./balances.ts";
import type { FillSync } from "./fill-sync.ts";
import { ledgerEvents } from "./ledger.ts";
import { BALANCE_LAG_MS, BALANCE_SETTLE_MS, IDLE_SYMBOL_MS, RECONCILE_MS } from "./limits.ts";
import { Orphans } from "./orphans.ts";
import type { Preparations } from "./preparations.ts";
import { Upkeep, type UpkeepHost } from "./upkeep.ts";

/** Between tries after a round that failed, doubling. */
const RETRY_MS = 2_000;
const RETRY_MAX_MS = 60_000;
const SOON_PER_SYMBOL_MS = 4_000;
/** How far back changes of the balance are asked for: an outage is not longer, and what is booked is known by its id. */
const LEDGER_BACK_MS = 2 * 86_400_000;
const NOTHING_OPEN: OpenPositions = { held: [], unreadable: new Set() };

export interface ReconcilerHost extends UpkeepHost {
  readonly venue: LiveVenue | undefined;
  readonly logger: Logger;
  readonly fills: Pick<FillSync, "sync" | "foreign">;
  readonly preparations: Preparations;
  /** Symbols whose orders and fills may be ours. */
  symbols(): readonly string[];
  /** Whether something of ours runs, works or is held in a symbol. */
  concerns(symbol: string): boolean;
  /** Whether the venue lists a symbol now. */
  lists(symbol: string): boolean;
  /** Counts what was written: while it stands still, nothing of ours has moved. */
  activity(): number;
  /** When a position last changed, in monotonic time: balances may lag behind that. */
  movedMs(): number;
  priceOf(symbol: string): number | undefined;
}

/** Reads orders, fills, balances, positions, rules, clock and key rights again and again, and books what differs from the books. */
export class Reconciler {
  readonly #host: ReconcilerHost;
  readonly #balances: Balances;
  readonly #orphans: Orphans;
  readonly #upkeep: Upkeep;
  /** When each symbol was last read whole. */
  readonly #wholeMs = new Map<string, number>();
  #dueMs = 0;
  #failures = 0;
  #running: Promise<ReconcileFacts> | undefined;
  #complete = false;
  /** Whether the last round found nothing of ours on its way, so that balances could be compared. */
  #settled = true;

  constructor(host: ReconcilerHost) {
    this.#host = host;
    this.#balances = new Balances(host.state);
    this.#orphans = new Orphans(host);
    this.#upkeep = new Upkeep(host);
  }

  /** Whether everything was read whole at least once since this process began: before that nothing may enter. */
  get complete(): boolean {
    return this.#complete;
  }

  get running(): Promise<unknown> | undefined {
    return this.#running;
  }

  /** Rules have changed at the venue: they are read again at once. */
  rulesChanged(): void {
    this.#dueMs = Math.min(this.#dueMs, this.#upkeep.rulesChanged());
  }

  /** The venue does not know a symbol that we hold something in: whether it still lists it is read before the round that would come anyway. */
  unlisted(): void {
    this.#dueMs = Math.min(this.#dueMs, this.#upkeep.rulesAwaited(false));
  }

  /** What had paused the account is said to be cured. */
  recheck(): void {
    this.#upkeep.recheck();
    this.soon();
  }

  /** The next beat reconciles. */
  soon(): void {
    this.#dueMs = 0;
  }

  /** Begins a reconciliation when one is due. */
  tend(onFatal: (failure: unknown) => void): void {
    const { venue, times } = this.#host;
    if (this.#running || !venue) return;
    if (this.#upkeep.clockTurned(venue)) this.soon();
    // A round that fails has a pause of its own: trying again on every beat would use up the budget that it failed for.
    if (this.#failures === 0) {
      const gone = this.#host.symbols().filter((symbol) => !this.#host.lists(symbol) && this.#host.concerns(symbol));
      if (gone.length > 0) this.#dueMs = Math.min(this.#dueMs, this.#upkeep.rulesAwaited(this.#isNakedIn(gone)));
    }
    if (times.monotonicMs() >= this.#dueMs) void this.run().catch(onFatal);
  }

  #isNakedIn(symbols: readonly string[]): boolean {
    return [...this.#host.state.bots.values()].some(({ naked, spec }) => naked !== undefined && symbols.includes(spec.symbol));
  }

  /** Reconciles now; while one is under way, its result. */
  run(): Promise<ReconcileFacts> {
    this.#running ??= this.#reconcile().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #reconcile(): Promise<ReconcileFacts> {
    const { venue, times, logger } = this.#host;
    if (!venue) return { findings: ["the key is not at hand, so nothing could be read"], complete: false };
    try {
      await this.#upkeep.run(venue);
      const found = await this.#compare(venue);
      this.#complete = true;
      this.#failures = 0;
      const soon = this.#balances.suspicious || !this.#settled;
      this.#dueMs = times.monotonicMs() + (soon ? this.#soonMs() : RECONCILE_MS);
      return { findings: found.map(({ type }) => type), complete: true };
    } catch (failure) {
      if (!(failure instanceof TransientError) && !(failure instanceof UserError)) throw failure;
      logger.warn(
        { account: this.#host.state.account, problem: messageOf(failure) },
        "the account could not be reconciled; it is tried again",
      );
      this.#upkeep.readsFail();
      this.#dueMs = times.monotonicMs() + Math.min(RETRY_MS * 2 ** this.#failures, RETRY_MAX_MS);
      this.#failures += 1;
      return { findings: [messageOf(failure)], complete: false };
    }
  }

  /** Until the next round where one should come early: a round of many symbols would take the request budget from entries. */
  #soonMs(): number {
    const symbols = this.#host.symbols().filter((symbol) => this.#host.concerns(symbol)).length;
    return Math.min(RECONCILE_MS, Math.max(BALANCE_SETTLE_MS, symbols * SOON_PER_SYMBOL_MS));
  }

  /** One round: what is due of every symbol, then the balances. */
  async #compare(venue: LiveVenue): Promise<AccountEvent[]> {
    const { times } = this.#host;
    const activity = this.#host.activity();
    const found = await this.#symbols(venue);
    const balances = await venue.balances();
    const perpetual = venue.traits.kind === "perpetual";
    const positions = perpetual ? await venue.positions() : NOTHING_OPEN;
    if (perpetual) found.push(...(await this.#bookLedger(venue)), ...(await this.#compareLeverage(venue)));
    const strangersMs = (symbol: string) => this.#host.fills.foreign(symbol)?.venueMs;
    const reading = { balances, positions, nowMs: times.monotonicMs(), priceOf: this.#priceOf, strangersMs };
    let differences: AccountEvent[] = [];
    await this.#host.appendEvents(() => {
      this.#settled = this.#atRest(activity);
      differences = this.#settled ? this.#balances.compare(reading) : [];
      if (this.#settled) this.#host.preparations.noteHeld(positions.held, this.#host.state);
      return differences;
    });
    return [...found, ...differences];
  }

  /** Symbols in which something of ours runs, works or is held are read in every round, the others now and then. */
  #isDue(symbol: string): boolean {
    const wholeMs = this.#wholeMs.get(symbol);
    return wholeMs === undefined || this.#host.concerns(symbol) || this.#host.times.monotonicMs() - wholeMs >= IDLE_SYMBOL_MS;
  }

  /** Fills, then open orders, of every symbol that is due. One that the venue does not list holds up no other. */
  async #symbols(venue: LiveVenue): Promise<AccountEvent[]> {
    const due = this.#host.symbols().filter((symbol) => this.#isDue(symbol));
    const found: AccountEvent[] = [];
    let failure: Error | undefined;
    const each = async (act: (symbol: string) => Promise<void>) => {
      for (const symbol of due) {
        try {
          await act(symbol);
        } catch (thrown) {
          if (!(thrown instanceof TransientError || thrown instanceof UserError)) throw thrown;
          this.#upkeep.rulesChanged();
          if (this.#host.lists(symbol)) failure ??= thrown;
        }
      }
    };
    const whole = new Set<string>();
    await each(async (symbol) => {
      if (await this.#host.fills.sync(symbol)) whole.add(symbol);
      else throw new TransientError(`the exchange did not answer all fills of ${symbol}`);
    });
    const all = due.length > 1 ? await venue.allOpenOrders?.() : undefined;
    await each(async (symbol) => {
      const open = all ? all.filter((order) => order.symbol === symbol) : await venue.openOrders(symbol);
      found.push(...(await this.#orders(venue, symbol, open)));
      if (whole.has(symbol)) this.#wholeMs.set(symbol, this.#host.times.monotonicMs());
    });
    if (failure) throw failure;
    return found;
  }

  /** Books what a whole list of a symbol's open orders says. */
  async #orders(venue: LiveVenue, symbol: string, open: readonly VenueOrder[]): Promise<readonly AccountEvent[]> {
    const { times } = this.#host;
    const found = await this.#orphans.compare(venue, symbol, open, times.monotonicMs(), times.venueMs());
    await this.#host.appendEvents(found);
    return found;
  }

  /** Funding, transfers and what the venue closed by itself: each is booked once, under its own id. */
  async #bookLedger(venue: LiveVenue): Promise<AccountEvent[]> {
    const { state, times } = this.#host;
    const entries = await venue.ledger(Math.max(state.venue.openedMs, times.venueMs() - LEDGER_BACK_MS));
    let news: AccountEvent[] = [];
    await this.#host.appendEvents(() => {
      news = ledgerEvents(state, entries);
      return news;
    });
    return news;
  }

  /** What was set up for the bots is still so. */
  async #compareLeverage(venue: LiveVenue): Promise<AccountEvent[]> {
    const { preparations, state } = this.#host;
    const found = await preparations.compare(venue, state);
    await this.#host.appendEvents(found);
    return found;
  }

  #priceOf = (symbol: string) => {
    const price = this.#host.fills.foreign(symbol)?.price ?? this.#host.priceOf(symbol);
    return price === undefined ? undefined : decimal(price);
  };

  /** Nothing of ours is on its way, nothing has been since, and nothing so lately that balances may not show it. */
  #atRest(activity: number): boolean {
    if (this.#host.activity() !== activity || this.#host.times.monotonicMs() - this.#host.movedMs() < BALANCE_LAG_MS) return false;
    return [...this.#host.state.orders.values()].every((order) => isProtective(order) && order.status === "open");
  }
}
