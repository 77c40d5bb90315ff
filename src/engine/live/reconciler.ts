import type { AccountState } from "../../domain/books.ts";
import { messageOf, TransientError, UserError } from "../../domain/errors.ts";
import type { AccountEvent } from "../../domain/events.ts";
import { decimal } from "../../domain/money.ts";
import { isProtective } from "../../domain/order.ts";
import type { ReconcileFacts } from "../../ports/engine.ts";
import type { LiveVenue } from "../../ports/live-venue.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Facts } from "../account.ts";
import { Balances } from "./balances.ts";
import type { FillSync } from "./fill-sync.ts";
import { ledgerEvents } from "./ledger.ts";
import { BALANCE_SETTLE_MS, CLOCK_EVERY_MS, CLOCK_OFF_MAX_MS, KEY_EVERY_MS, RECONCILE_MS, RULES_EVERY_MS } from "./limits.ts";
import { Orphans } from "./orphans.ts";
import { pauseOf } from "./refusals.ts";
import type { LiveTimes } from "./times.ts";

const RETRY_MS = 2_000;
/** How far back changes of the balance are asked for: an outage is not longer, and what is booked is known by its id. */
const LEDGER_BACK_MS = 2 * 86_400_000;

export interface ReconcilerHost {
  readonly state: AccountState;
  readonly venue: LiveVenue | undefined;
  readonly times: LiveTimes;
  readonly logger: Logger;
  readonly fills: FillSync;
  /** Symbols whose orders and fills may be ours. */
  symbols(): readonly string[];
  /** Counts what our own orders did. */
  activity(): number;
  priceOf(symbol: string): number | undefined;
  loadRules(): Promise<void>;
  appendEvents(facts: Facts): Promise<void>;
}

/** Reads orders, fills, balances, positions, rules, clock and key rights again and again, and books what differs from the books. */
export class Reconciler {
  readonly #host: ReconcilerHost;
  readonly #balances: Balances;
  readonly #orphans: Orphans;
  readonly #due = { all: 0, rules: 0, clock: 0, key: 0 };
  #running: Promise<ReconcileFacts> | undefined;
  #complete = false;

  constructor(host: ReconcilerHost) {
    this.#host = host;
    this.#balances = new Balances(host.state);
    this.#orphans = new Orphans(host);
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
    this.#due.rules = 0;
    this.soon();
  }

  /** The next beat reconciles. */
  soon(): void {
    this.#due.all = 0;
  }

  /** Begins a reconciliation when one is due. */
  tend(onFatal: (failure: unknown) => void): void {
    if (this.#running || this.#host.times.monotonicMs() < this.#due.all) return;
    void this.run().catch(onFatal);
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
    const findings: string[] = [];
    try {
      await this.#upkeep(venue);
      const found = await this.#compare(venue);
      findings.push(...found.map(({ type }) => type));
      this.#complete = true;
      this.#due.all = times.monotonicMs() + (this.#balances.suspicious ? BALANCE_SETTLE_MS : RECONCILE_MS);
      return { findings, complete: true };
    } catch (failure) {
      if (!(failure instanceof TransientError) && !(failure instanceof UserError)) throw failure;
      logger.warn(
        { account: this.#host.state.account, problem: messageOf(failure) },
        "the account could not be reconciled; it is tried again",
      );
      this.#due.all = times.monotonicMs() + RETRY_MS;
      return { findings: [...findings, messageOf(failure)], complete: false };
    }
  }

  async #upkeep(venue: LiveVenue): Promise<void> {
    const { times } = this.#host;
    const now = times.monotonicMs();
    if (now >= this.#due.clock) {
      await venue.syncClock();
      this.#due.clock = now + CLOCK_EVERY_MS;
      await this.#judgeClock(venue);
    }
    if (now >= this.#due.rules) {
      await this.#host.loadRules();
      this.#due.rules = now + RULES_EVERY_MS;
    }
    if (now >= this.#due.key) {
      await this.#judgeKey(venue);
      this.#due.key = now + KEY_EVERY_MS;
    }
  }

  /** A clock far off shifts candles and windows, however well it is corrected for: entries wait until it is set. */
  async #judgeClock(venue: LiveVenue): Promise<void> {
    const { state } = this.#host;
    const offsetMs = venue.clock()?.offsetMs ?? 0;
    const off = Math.abs(offsetMs) > CLOCK_OFF_MAX_MS;
    const { paused } = state.venue;
    if (off && !paused) {
      const seconds = Math.round(Math.abs(offsetMs) / 100) / 10;
      const reason = `this machine's clock is ${seconds} s ${offsetMs < 0 ? "ahead of" : "behind"} ${venue.exchangeId}'s: set it by NTP; entries wait for that`;
      await this.#host.appendEvents([pauseOf(state, "clock", reason)]);
    }
    if (!off && paused?.code === "clock") await this.#host.appendEvents([{ type: "account-resumed", reason: "the clock is right again" }]);
    if (off) this.#due.clock = this.#host.times.monotonicMs() + RECONCILE_MS;
  }

  /** A key whose rights have grown since it was taken is no longer the one that was agreed to. */
  async #judgeKey(venue: LiveVenue): Promise<void> {
    const { state } = this.#host;
    const rights = await venue.checkKey();
    const grown = [rights.withdraw === true ? "withdraw" : "", rights.transfer === true ? "transfer" : ""].filter((right) => right !== "");
    if (grown.length === 0 || state.venue.paused?.code === "key") return;
    const reason = `the key may ${grown.join(" and ")} now: take that right away at the exchange, then resume the account`;
    await this.#host.appendEvents([pauseOf(state, "key", reason)]);
  }

  async #compare(venue: LiveVenue): Promise<AccountEvent[]> {
    const { times, fills } = this.#host;
    const activity = this.#host.activity();
    const found: AccountEvent[] = [];
    let whole = true;
    for (const symbol of this.#host.symbols()) {
      whole = (await fills.sync(symbol)) && whole;
      const open = await venue.openOrders(symbol);
      found.push(...(await this.#orphans.compare(venue, symbol, open, times.monotonicMs(), times.venueMs())));
    }
    await this.#host.appendEvents(found);
    if (!whole) throw new TransientError("the exchange did not answer all fills");
    const balances = await venue.balances();
    const perpetual = venue.traits.kind === "perpetual";
    const positions = perpetual ? await venue.positions() : [];
    if (perpetual) found.push(...(await this.#bookLedger(venue)));
    if (!this.#atRest(activity)) return found;
    const reading = { balances, positions, activity, nowMs: times.monotonicMs(), priceOf: this.#priceOf };
    let differences: AccountEvent[] = [];
    await this.#host.appendEvents(() => {
      differences = this.#atRest(activity) ? this.#balances.compare(reading) : [];
      return differences;
    });
    return [...found, ...differences];
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

  #priceOf = (symbol: string) => {
    const price = this.#host.fills.foreign(symbol)?.price ?? this.#host.priceOf(symbol);
    return price === undefined ? undefined : decimal(price);
  };

  /** Nothing of ours is on its way, and nothing has been since. */
  #atRest(activity: number): boolean {
    if (this.#host.activity() !== activity) return false;
    return [...this.#host.state.orders.values()].every((order) => isProtective(order) && order.status === "open");
  }
}
