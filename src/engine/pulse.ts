import type { Clock } from "../ports/clock.ts";
import type { HealthFacts } from "../ports/health-facts.ts";
import type { Logger } from "../ports/logger.ts";
import type { Store } from "../ports/store.ts";
import type { Account } from "./account.ts";
import type { Accounts } from "./accounts.ts";
import type { AlertWatch } from "./alert-watch.ts";
import type { Blindness } from "./blindness.ts";
import type { Desk } from "./desk.ts";
import type { FeedHub } from "./feeds.ts";
import type { Floors } from "./floors.ts";
import { endHandBots } from "./hand-bots.ts";
import { BEAT_STALE_MS, SNAPSHOT_EVERY_MS, STORE_STALE_MS, WATCH_STALE_MS } from "./limits.ts";
import { startPanic } from "./panic.ts";
import type { DeskRates } from "./rates.ts";
import { saveAlive } from "./recovery.ts";
import type { StrayNames } from "./stray-names.ts";

export interface PulseServices {
  readonly store: Store;
  /** The market that the process names, for the marks of where the desk stands. */
  readonly hub: FeedHub;
  readonly floors: Floors;
  readonly blindness: Blindness;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly desk: Desk;
  readonly accounts: Accounts;
  readonly alerts: AlertWatch;
  readonly names: StrayNames;
  readonly rates: DeskRates;
  readonly residentBytes: () => number;
  readonly onFatal: (failure: unknown) => void;
}

/** What happens on each beat: the market is woken, prices are watched, halts end, marks are kept. A beat never waits for an account. */
export class Pulse {
  readonly #services: PulseServices;
  readonly #startedMs: number;
  readonly fatal: (failure: unknown) => void;
  #beatMs: number | undefined;
  #storeMs: number | undefined;
  #keeping = false;
  #keptMs: number;

  constructor(services: PulseServices) {
    this.#services = services;
    this.fatal = services.onFatal;
    this.#startedMs = services.clock.monotonicMs();
    this.#keptMs = this.#startedMs;
  }

  async beat(): Promise<void> {
    const { clock, desk, floors, accounts, blindness } = this.#services;
    this.#beatMs = clock.monotonicMs();
    for (const { market, pump, watch } of floors.all()) {
      if (!accounts.starting(market.key)) void pump.wake().catch(this.fatal);
      void watch.beat().catch(this.fatal);
    }
    void blindness.tell().catch(this.fatal);
    void accounts.retry(this.#beatMs).catch(this.fatal);
    const held = accounts.held();
    for (const account of held) {
      account.tend();
      void endHandBots(account)?.catch(this.fatal);
      void account.tendBreakers()?.catch(this.fatal);
    }
    this.#services.rates.tend(this.fatal);
    void this.#services.names.tend(this.#beatMs).catch(this.fatal);
    if (desk.isHeld) {
      void this.#services.alerts.tend().catch(this.fatal);
      void desk.writeHalt().catch(this.fatal);
      await desk.endTimedHalt();
    }
    const { halt } = desk.state;
    // Where the market is not back yet where it stood at a panic, its pump tells the accounts at that place.
    const isThere = ({ services }: Account) => services.now() >= (halt?.marketMs ?? 0);
    if (halt?.panic) for (const account of held) if (isThere(account)) void startPanic(account, halt.reason)?.catch(this.fatal);
    if (this.#beatMs - this.#keptMs >= SNAPSHOT_EVERY_MS || this.#storeMs === undefined) void this.#keep();
  }

  ages(): Pick<HealthFacts, "beatAgeMs" | "storeAgeMs" | "watchAgeMs" | "uptimeMs" | "residentBytes"> {
    const nowMs = this.#services.clock.monotonicMs();
    const age = (since: number | undefined) => (since === undefined ? undefined : nowMs - since);
    return {
      beatAgeMs: age(this.#beatMs),
      storeAgeMs: age(this.#storeMs),
      watchAgeMs: age(this.#watchMs()),
      uptimeMs: nowMs - this.#startedMs,
      residentBytes: this.#services.residentBytes(),
    };
  }

  /** The oldest of the markets' watches. */
  #watchMs(): number | undefined {
    const seen = this.#services.floors.all().flatMap(({ watch }) => watch.seenMs ?? []);
    return seen.length > 0 ? Math.min(...seen) : undefined;
  }

  problems(): string[] {
    const { beatAgeMs, storeAgeMs, watchAgeMs } = this.ages();
    const problems = this.#services.accounts.all().flatMap(({ state, waitsForStore }) => {
      return waitsForStore ? [`${state.account} waits for the store, which cannot write: its bots stand still`] : [];
    });
    for (const { market } of this.#services.floors.all()) if (market.problem) problems.push(`${market.label}: ${market.problem}`);
    if (beatAgeMs !== undefined && beatAgeMs > BEAT_STALE_MS) problems.push(`the last beat was ${Math.round(beatAgeMs / 1000)} s ago`);
    if (storeAgeMs !== undefined && storeAgeMs > STORE_STALE_MS)
      problems.push(`the store has not written for ${Math.round(storeAgeMs / 1000)} s`);
    if (watchAgeMs !== undefined && watchAgeMs > WATCH_STALE_MS)
      problems.push(`prices are ${Math.round(watchAgeMs / 1000)} s old: stops that the desk holds are blind`);
    return problems;
  }

  /** Marks where everything stands. Losing a mark costs time at the next start, nothing else. */
  async keep(always = true): Promise<void> {
    const { store, clock, hub, accounts, desk } = this.#services;
    if (desk.isHeld) await saveAlive(store, { wallMs: clock.wall(), marketMs: hub.atMs });
    for (const account of accounts.active()) await accounts.snapshot(account, always);
    if (desk.isHeld) await desk.snapshot(store);
    this.#storeMs = clock.monotonicMs();
  }

  async #keep(): Promise<void> {
    if (this.#keeping) return;
    this.#keeping = true;
    this.#keptMs = this.#services.clock.monotonicMs();
    try {
      await this.keep(false);
    } catch (failure) {
      this.#services.logger.error({ failure }, "the store did not take the marks of where the desk stands");
    } finally {
      this.#keeping = false;
    }
  }
}
