import { spanText } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import { COUNTED, forHowLong, ordersBarredMs, SAME_BAN_MS, SILENCE_MS, SILENCED, type Silences } from "./governor/answers.ts";
import { Bars } from "./governor/bars.ts";
import { type Refusal, SharedGate, type SharedShare } from "./governor/shared-gate.ts";
import { type Limit, Window } from "./governor/window.ts";
import type { Wire, WireAnswer, WireCall, WirePriority } from "./wire.ts";

/** What a call uses up: request weight of the address, and orders of the account. */
export interface Cost {
  readonly weight: number;
  readonly orders: number;
}

export interface GovernorOptions {
  readonly clock: Clock;
  /** Of the address, shared by all accounts. */
  readonly weightLimits: readonly Limit[];
  /** Of each account. */
  readonly orderLimits: readonly Limit[];
  /**
   * What an earlier process may have used of an account just before this one began, as share of each of its limits: for exchanges whose answers do not
   * tell. A desk that is started anew then does not draw the silence of somebody who asks too much. The address has longer limits, and candles to read.
   */
  readonly usedShareAtStart?: number;
  /** How long the exchange sends an address away, where its answers do not say. */
  readonly silences?: Silences | undefined;
  /** It says "too many" of an account's orders and of an address in one way: refused orders are at first the account's. */
  readonly oneRefusalForBoth?: boolean;
  /** Wall time until which an earlier process was banned. */
  readonly bannedUntilMs?: number;
  /** Told whenever the exchange asks for silence, so that a restart keeps it. Wall time. */
  readonly onBan?: (untilMs: number, reason: string) => void;
  /** The count of all processes behind the address, where there are several. */
  readonly shared?: SharedShare | undefined;
}

interface Waiter {
  readonly account: string;
  readonly cost: Cost;
  readonly priority: WirePriority;
  readonly untilMs: number;
  readonly settle: (refusal: Refusal | undefined) => void;
}

/** We stay below the exchange's limit by a fifth; of what is left, reads and entries leave a reserve to what cancels, protects and exits. */
const USED_SHARE_MAX = 0.8;
const SHARE: Readonly<Record<WirePriority, number>> = { exit: 1, read: 0.8, entry: 0.6 };
const RANK: Readonly<Record<WirePriority, number>> = { exit: 0, read: 1, entry: 2 };
/** How long a call may wait for its turn. An old entry is worth nothing. */
const WAIT_MAX_MS: Readonly<Record<WirePriority, number>> = { exit: 10_000, read: 10_000, entry: 2_000 };
const QUEUE_MAX = 128;
/**
 * Keeps all accounts behind one address within an exchange's limits, and silent while it asks for silence. Calls that do not fit wait in a bounded queue,
 * what cancels or exits before reads before entries; what must go is the newest entry.
 */
export class Governor {
  readonly #clock: Clock;
  readonly #onBan: GovernorOptions["onBan"];
  readonly #weights: readonly Window[];
  readonly #orderLimits: readonly Limit[];
  readonly #orders = new Map<string, readonly Window[]>();
  readonly #usedShareAtStart: number;
  readonly #startMs: number;
  readonly #silences: Silences;
  readonly #oneRefusalForBoth: boolean;
  #waiting: Waiter[] = [];
  /** Monotonic: no correction of the wall clock shortens a silence, or keeps exits waiting after it. */
  #silentUntilMs: number;
  readonly #bars = new Bars();
  #sleep: AbortController | undefined;
  readonly #gate: SharedGate | undefined;

  constructor(options: GovernorOptions) {
    const { clock, weightLimits, orderLimits, usedShareAtStart = 0, bannedUntilMs = 0, onBan, shared } = options;
    this.#clock = clock;
    this.#silences = options.silences ?? SILENCE_MS;
    this.#oneRefusalForBoth = options.oneRefusalForBoth ?? false;
    this.#onBan = onBan;
    this.#usedShareAtStart = usedShareAtStart;
    this.#startMs = clock.monotonicMs();
    this.#weights = weightLimits.map((limit) => new Window(limit));
    this.#orderLimits = orderLimits;
    this.#silentUntilMs = clock.monotonicMs() + bannedUntilMs - clock.wall();
    const silence = (forMs: number) => this.#silence(forMs);
    this.#gate = shared && new SharedGate({ clock, limits: weightLimits, shared, banned: () => this.#banned(), silence });
  }

  /** Wall time until which nothing is sent; in the past when nothing forbids it. */
  get bannedUntilMs(): number {
    return this.#clock.wall() + this.#leftMs();
  }

  /** Weight of the last span as share of the exchange's own limit: the fullest of its spans. */
  get usedShare(): number {
    return Math.max(0, ...this.#weights.map((window) => window.used(this.#clock.monotonicMs()) / window.limit));
  }

  get queued(): number {
    return this.#waiting.length + (this.#gate?.waiting ?? 0);
  }

  /** Resolves when the call may be sent (undefined), or with why it may not. */
  admit(account: string, cost: Cost, priority: WirePriority): Promise<Refusal | undefined> {
    const refusal = this.#banned() ?? (cost.orders > 0 ? this.#bars.refusal(account, this.#clock.monotonicMs()) : undefined);
    if (refusal) return Promise.resolve(refusal);
    const untilMs = this.#clock.monotonicMs() + WAIT_MAX_MS[priority];
    const admitted = this.#admitted(account, cost, priority, untilMs);
    const gate = this.#gate;
    if (!gate) return admitted;
    const passing = { account, weight: cost.weight, part: USED_SHARE_MAX * SHARE[priority], untilMs };
    return admitted.then((refused) => refused ?? gate.pass(passing));
  }

  /** Whether it fits what this process knows of. */
  #admitted(account: string, cost: Cost, priority: WirePriority, untilMs: number): Promise<Refusal | undefined> {
    return new Promise((settle) => {
      this.#waiting.push({ account, cost, priority, untilMs, settle });
      this.#waiting.sort((a, b) => RANK[a.priority] - RANK[b.priority]);
      this.#grant();
      if (this.#waiting.length > QUEUE_MAX) this.#waiting.pop()?.settle({ reason: "too many requests are waiting for their turn" });
      this.#rouse();
    });
  }

  /** Learns what an answer says about limits; of a call that used up so many orders. */
  observe(account: string, answer: WireAnswer, orders = 0): void {
    if (answer.phase !== "answered") return;
    const nowMs = this.#clock.monotonicMs();
    for (const window of this.#weights) {
      const used = learn(window, answer.headers.get(COUNTED.get(window.spanMs)?.weight ?? ""), nowMs);
      if (used !== undefined) this.#gate?.learn(window.spanMs, used);
    }
    for (const window of this.#ordersOf(account)) learn(window, answer.headers.get(COUNTED.get(window.spanMs)?.orders ?? ""), nowMs);
    const mayBeOrders = this.#oneRefusalForBoth && orders > 0 && !this.#bars.hasJustEnded(account, nowMs);
    const barredMs = ordersBarredMs(answer, mayBeOrders);
    if (barredMs !== undefined) return this.#bar(account, nowMs + barredMs);
    const forMs = forHowLong(answer, this.#silences);
    if (forMs === undefined) return;
    if (forMs - this.#leftMs() > SAME_BAN_MS)
      this.#onBan?.(this.#clock.wall() + forMs, SILENCED.get(answer.status) ?? `HTTP ${answer.status}`);
    this.#silence(forMs);
    this.#gate?.silence(forMs);
  }

  /** One account sends no order until an instant; everything else goes on. */
  #bar(account: string, untilMs: number): void {
    this.#bars.bar(account, untilMs);
    const isBarred = (waiter: Waiter) => waiter.account === account && waiter.cost.orders > 0;
    const refused = this.#waiting.filter(isBarred);
    this.#waiting = this.#waiting.filter((waiter) => !isBarred(waiter));
    this.#rouse();
    for (const { settle } of refused) settle(this.#bars.refusal(account, this.#clock.monotonicMs()));
  }

  /** Sends nothing until a wall time, as an earlier process was told. */
  keepSilent(untilMs: number): void {
    this.#silence(untilMs - this.#clock.wall());
  }

  /** Refuses whatever waits. */
  close(): void {
    this.#refuseAll({ reason: "the desk is closing" });
    this.#gate?.leave();
  }

  /** Refuses what an account has waiting: it closes, and the others go on. */
  leave(account: string): void {
    const leaving = this.#waiting.filter((waiter) => waiter.account === account);
    this.#waiting = this.#waiting.filter((waiter) => waiter.account !== account);
    this.#rouse();
    for (const { settle } of leaving) settle({ reason: "the desk is closing" });
    this.#gate?.leave(account);
  }

  /** Never shorter than the silence in force. */
  #silence(forMs: number): void {
    if (forMs <= this.#leftMs()) return;
    this.#silentUntilMs = this.#clock.monotonicMs() + forMs;
    this.#refuseAll(this.#banned());
    this.#gate?.leave();
  }

  #leftMs(): number {
    return this.#silentUntilMs - this.#clock.monotonicMs();
  }

  #banned(): Refusal | undefined {
    const leftMs = this.#leftMs();
    if (leftMs <= 0) return undefined;
    return { reason: `the exchange asked for silence for another ${spanText(leftMs)}`, retryAfterMs: leftMs };
  }

  /** Lets everything go whose turn it is. What does not fit holds back whatever comes after it for the same budget. */
  #grant(): void {
    const nowMs = this.#clock.monotonicMs();
    const held = new Set<Window>();
    this.#waiting = this.#waiting.filter((waiter) => {
      const windows = this.#needs(waiter);
      const tight = windows.filter(({ window, amount, bound }) => held.has(window) || window.used(nowMs) + amount > bound);
      if (tight.length === 0) {
        for (const { window, amount } of windows) window.add(amount, nowMs);
        waiter.settle(undefined);
        return false;
      }
      const never = tight.some(({ window, amount, bound }) => window.fitsAtMs(amount, bound, nowMs) === undefined);
      if (never || nowMs >= waiter.untilMs) {
        waiter.settle({ reason: "the request budget is used up", retryAfterMs: Math.max(0, this.#fitsAtMs(waiter, nowMs) - nowMs) });
        return false;
      }
      for (const { window } of tight) held.add(window);
      return true;
    });
  }

  #needs({ account, cost, priority }: Waiter): { readonly window: Window; readonly amount: number; readonly bound: number }[] {
    const part = USED_SHARE_MAX * SHARE[priority];
    const need = (window: Window, amount: number) => ({ window, amount, bound: window.limit * part });
    const orders = cost.orders > 0 ? this.#ordersOf(account).map((window) => need(window, cost.orders)) : [];
    return [...this.#weights.map((window) => need(window, cost.weight)), ...orders];
  }

  #fitsAtMs(waiter: Waiter, nowMs: number): number {
    return Math.max(
      ...this.#needs(waiter).map(({ window, amount, bound }) => window.fitsAtMs(amount, bound, nowMs) ?? nowMs + window.spanMs),
    );
  }

  #ordersOf(account: string): readonly Window[] {
    const known = this.#orders.get(account);
    if (known) return known;
    const made = this.#orderLimits.map((limit) => {
      const window = new Window(limit);
      if (this.#usedShareAtStart > 0) window.add(limit.limit * this.#usedShareAtStart, this.#startMs);
      return window;
    });
    this.#orders.set(account, made);
    return made;
  }

  /** One sleep at a time, until something may fit or has waited too long. */
  #rouse(): void {
    this.#sleep?.abort();
    this.#sleep = undefined;
    if (this.#waiting.length === 0) return;
    const sleep = new AbortController();
    this.#sleep = sleep;
    const nowMs = this.#clock.monotonicMs();
    const nextMs = Math.min(...this.#waiting.map((waiter) => Math.min(waiter.untilMs, Math.max(nowMs + 1, this.#fitsAtMs(waiter, nowMs)))));
    this.#clock.sleep(nextMs - nowMs, sleep.signal).then(
      () => {
        if (sleep.signal.aborted) return;
        this.#grant();
        this.#rouse();
      },
      () => this.#refuseAll({ reason: "the clock failed" }),
    );
  }

  #refuseAll(refusal: Refusal | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#rouse();
    for (const waiter of waiting) waiter.settle(refusal);
  }
}

export interface GovernedOptions {
  readonly wire: Wire;
  readonly governor: Governor;
  /** Any name that is one account's: never its key. */
  readonly account: string;
  readonly costOf: (call: WireCall) => Cost;
}

/** A wire whose calls wait for their turn; refused ones are `not-sent`. */
export function governed({ wire, governor, account, costOf }: GovernedOptions): Wire {
  return {
    async send(call) {
      const cost = costOf(call);
      const refusal = await governor.admit(account, cost, call.priority ?? "read");
      if (refusal) return { phase: "not-sent", ...refusal };
      const answer = await wire.send(call);
      governor.observe(account, answer, cost.orders);
      return answer;
    },
    setOffset: (offsetMs) => wire.setOffset(offsetMs),
    close() {
      governor.leave(account);
      return wire.close();
    },
  };
}

function learn(window: Window, header: string | undefined, nowMs: number): number | undefined {
  const used = Number(header ?? Number.NaN);
  if (!Number.isSafeInteger(used) || used <= 0) return undefined;
  window.correct(used, nowMs);
  return used;
}
