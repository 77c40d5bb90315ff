import type { BotState } from "../../domain/books.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Decimal } from "../../domain/money.ts";
import type { Order } from "../../domain/order.ts";
import { type Measured, measured, stopMoved } from "./levels.ts";
import { NEGATIVES_NEEDED, PROBE_AFTER_FENCE_MS, PROBE_BEFORE_FENCE_MAX_MS, RETRY_MS } from "./limits.ts";
import { Readings } from "./readings.ts";
import type { LiveTimes } from "./times.ts";

/** What was seen of one attempt whose fate is not known. Times are monotonic milliseconds of this process. */
interface Evidence {
  readonly sinceMs: number;
  negatives: number;
  nextMs: number;
  waitMs: number;
}

const FIRST_PROBE_MS = 500;
/** So much may be remembered of orders that have ended. */
const SLACK = 32;

/**
 * What a bot's lane remembers between steps. Nothing of it is needed after a restart: an attempt that this process has not sent itself counts as
 * unanswered, and its fence begins anew.
 */
export class LaneMemory {
  readonly #times: LiveTimes;
  readonly bornMs: number;
  /** Attempts that this process makes durable and has not sent yet, of all bots of the account, each with the monotonic time at which it was decided. */
  readonly unsent: Map<string, number>;
  /** Orders about which the venue is being asked something right now: at most one question for each. */
  readonly busy = new Set<string>();
  readonly #evidence = new Map<string, Evidence>();
  readonly readings: Readings;
  /** When a cancel was last asked for. */
  readonly cancels = new Map<string, number>();
  /** Protective orders that this process has seen at rest, and when last. */
  readonly #rested = new Map<string, number>();
  /** Orders that the venue calls ended and whose fills are not known whole yet: what they protected, they protect no more. */
  readonly lapsed = new Map<string, { readonly sinceMs: number; readonly isDoubtful: boolean }>();
  #failed = { protect: 0, exit: 0 };
  /** The code of the last refusal. */
  readonly #refused: { protect: string | undefined; exit: string | undefined } = { protect: undefined, exit: undefined };
  #next = { protect: 0, exit: 0 };
  /** Since when the position has no confirmed protective order. */
  nakedSinceMs: number | undefined;
  /** Since when, by the venue's word, the last stop of this position has ended. */
  #lapsedSinceMs: number | undefined;
  /** Whether the position that is held was seen with its protective order. */
  wasProtected = false;
  /** Since when the price has been beyond the stop while the position is still there. */
  beyondSinceMs: number | undefined;

  #measured: { readonly position: BotState["position"]; readonly rules: Instrument; readonly measured: Measured } | undefined;

  #moved:
    | (Pick<BotState, "position" | "highest"> & { readonly rules: Instrument; readonly stop: ReturnType<typeof stopMoved> })
    | undefined;

  constructor(times: LiveTimes, unsent: Map<string, number>) {
    this.#times = times;
    this.unsent = unsent;
    this.readings = new Readings(times);
    this.bornMs = times.monotonicMs();
  }

  /** A bot's position as its symbol's rules measure it: worked out once for each position. */
  measure(bot: BotState, rules: Instrument): Measured {
    if (this.#measured?.position !== bot.position || this.#measured.rules !== rules)
      this.#measured = { position: bot.position, rules, measured: measured(bot, rules) };
    return this.#measured.measured;
  }

  /** Where the stop of a bot has moved to: worked out once for each best price. */
  movedStop(bot: BotState, from: Decimal, rules: Instrument): ReturnType<typeof stopMoved> {
    const { position, highest } = bot;
    if (this.#moved?.position !== position || this.#moved.highest !== highest || this.#moved.rules !== rules)
      this.#moved = { position, highest, rules, stop: stopMoved(bot, from, rules) };
    return this.#moved.stop;
  }

  /** The answer to an attempt was lost just now, at the latest. */
  lost(clientOrderId: string): void {
    const now = this.#times.monotonicMs();
    this.#evidence.set(clientOrderId, { sinceMs: now, negatives: 0, nextMs: now + FIRST_PROBE_MS, waitMs: FIRST_PROBE_MS });
  }

  /** Whether an unanswered attempt is to be looked for now. */
  probeDue(clientOrderId: string): boolean {
    if (!this.#evidence.has(clientOrderId)) this.lost(clientOrderId);
    return (this.#evidence.get(clientOrderId)?.nextMs ?? 0) <= this.#times.monotonicMs();
  }

  /** A look for an attempt found nothing: `complete` when every place answered whole. Answers whether it is proven absent now. */
  notFound(clientOrderId: string, fenceMs: number, complete: boolean): boolean {
    const seen = this.#evidence.get(clientOrderId);
    if (!seen) return false;
    const now = this.#times.monotonicMs();
    const fenced = now - seen.sinceMs >= fenceMs;
    if (fenced && complete) seen.negatives += 1;
    const doubled = Math.min(seen.waitMs * 2, PROBE_BEFORE_FENCE_MAX_MS, Math.max(PROBE_AFTER_FENCE_MS, seen.sinceMs + fenceMs - now));
    seen.waitMs = fenced ? PROBE_AFTER_FENCE_MS : doubled;
    seen.nextMs = now + seen.waitMs;
    return seen.negatives >= NEGATIVES_NEEDED;
  }

  /** An order was read whole. */
  read(clientOrderId: string): void {
    this.readings.read(clientOrderId);
    this.#evidence.delete(clientOrderId);
  }

  /** An order has ended: nothing of it is remembered. */
  forget(clientOrderId: string): void {
    this.unsent.delete(clientOrderId);
    this.#evidence.delete(clientOrderId);
    this.cancels.delete(clientOrderId);
    this.lapsed.delete(clientOrderId);
    this.#rested.delete(clientOrderId);
    this.readings.forget(clientOrderId);
  }

  /** Forgets orders that have ended without this lane's doing, once there are some. */
  tidy(orders: readonly Order[]): void {
    if (this.readings.size + this.#evidence.size + this.cancels.size < orders.length * 3 + SLACK) return;
    const working = new Set(orders.map(({ clientOrderId }) => clientOrderId));
    this.readings.keep(working);
    for (const map of [this.cancels, this.#evidence, this.#rested, this.lapsed])
      for (const clientOrderId of map.keys()) if (!working.has(clientOrderId)) map.delete(clientOrderId);
  }

  /** A protective order rests at the venue now. */
  rests(clientOrderId: string): void {
    this.#rested.set(clientOrderId, this.#times.monotonicMs());
  }

  /** Whether this process has seen a protective order at rest. */
  hasSeen(clientOrderId: string): boolean {
    return this.#rested.has(clientOrderId);
  }

  /**
   * The venue calls a protective order ended, so long ago where it says so, but not before this process has seen it at rest: two clocks may differ. Whether
   * that is in doubt is asked once, when it is first said.
   */
  lapse(clientOrderId: string, agoMs: number | undefined, isDoubtful: () => boolean): void {
    const nowMs = this.#times.monotonicMs();
    if (!this.lapsed.has(clientOrderId)) this.lapsed.set(clientOrderId, { sinceMs: nowMs, isDoubtful: isDoubtful() });
    const restedMs = this.#rested.get(clientOrderId) ?? Number.NEGATIVE_INFINITY;
    this.#lapsedSinceMs ??= Math.max(nowMs - Math.max(0, agoMs ?? 0), restedMs);
  }

  /** Whether a reading that began then can be told by a lag that nothing of an ended order was filled. */
  isHidden(clientOrderId: string, begunMs: number, readLagMs: number): boolean {
    const lapsed = this.lapsed.get(clientOrderId);
    return lapsed?.isDoubtful === true && begunMs - lapsed.sinceMs < readLagMs;
  }

  get lapsedSinceMs(): number | undefined {
    return this.#lapsedSinceMs;
  }

  /** The position was seen with its stop. */
  covered(): void {
    this.nakedSinceMs = undefined;
    this.#lapsedSinceMs = undefined;
    this.wasProtected = true;
    this.succeeded("protect");
  }

  failed(what: "protect" | "exit", atLeastMs = 0): void {
    this.#failed[what] += 1;
    const wait = RETRY_MS[Math.min(this.#failed[what], RETRY_MS.length - 1)] ?? 0;
    this.#next[what] = this.#times.monotonicMs() + Math.max(wait, atLeastMs);
  }

  /** Nothing is held any more: what failed for the last position says nothing of the next one. */
  positionEnded(): void {
    this.nakedSinceMs = undefined;
    this.#lapsedSinceMs = undefined;
    this.beyondSinceMs = undefined;
    this.wasProtected = false;
    this.succeeded("protect");
    this.succeeded("exit");
  }

  /** Notes why the venue refused to protect or to close. Answers whether it had refused for the same since one succeeded. */
  refused(what: "protect" | "exit", code: string): boolean {
    const again = this.#refused[what] === code;
    this.#refused[what] = code;
    return again;
  }

  succeeded(what: "protect" | "exit"): void {
    this.#refused[what] = undefined;
    this.#failed[what] = 0;
    this.#next[what] = 0;
  }

  /** Whether the next try may be made now. */
  may(what: "protect" | "exit"): boolean {
    return this.#next[what] <= this.#times.monotonicMs();
  }

  failures(what: "protect" | "exit"): number {
    return this.#failed[what];
  }
}
