import type { AccountState } from "../../domain/books.ts";
import { messageOf, TransientError, UserError } from "../../domain/errors.ts";
import { exchangeName } from "../../domain/exchange-names.ts";
import type { LiveVenue } from "../../ports/live-venue.ts";
import type { Facts } from "../account.ts";
import { CLOCK_EVERY_MS, CLOCK_OFF_MAX_MS, KEY_EVERY_MS, KEY_REFUSALS_MAX, RECONCILE_MS, RULES_EVERY_MS } from "./limits.ts";
import { pauseEvents } from "./refusals.ts";
import type { LiveTimes } from "./times.ts";

/** Rules are not read again sooner, however often something asks for it. */
const RULES_AGAIN_MS = 10_000;
/** Between readings of them while a symbol that concerns us is not listed, and while a position waits there for its stop. */
const RULES_AWAITED_MS = 60_000;
const RULES_NAKED_MS = 15_000;
const CLOCK_AGAIN_MS = 5_000;

export interface UpkeepHost {
  readonly state: AccountState;
  readonly times: LiveTimes;
  loadRules(): Promise<void>;
  appendEvents(facts: Facts): Promise<void>;
}

/** What an account needs beside its orders: the venue's clock and rules, and what its key may do. Each is read when it is due. */
export class Upkeep {
  readonly #host: UpkeepHost;
  readonly #due = { rules: 0, clock: 0, key: 0 };
  #clockMs = Number.NEGATIVE_INFINITY;
  #rulesMs = Number.NEGATIVE_INFINITY;
  #keyRefusals = 0;

  constructor(host: UpkeepHost) {
    this.#host = host;
  }

  /** Rules have changed at the venue, or a symbol has gone. Answers when they may be read again. */
  rulesChanged(): number {
    this.#due.rules = Math.min(this.#due.rules, this.#rulesMs + RULES_AGAIN_MS);
    return this.#due.rules;
  }

  /** Something is held or works in a symbol that is not listed: whether it is back is looked for. Answers when. */
  rulesAwaited(isNaked: boolean): number {
    this.#due.rules = Math.min(this.#due.rules, this.#rulesMs + (isNaked ? RULES_NAKED_MS : RULES_AWAITED_MS));
    return this.#due.rules;
  }

  /** Somebody says that what paused the account is cured: all of it is looked at again. */
  recheck(): void {
    this.#due.key = 0;
    this.#due.clock = 0;
  }

  /** The venue does not answer as it should: it may be the key. */
  readsFail(): void {
    this.#due.key = 0;
  }

  /** Whether this machine's clock has gone wrong, or right, since it was judged: seen without asking anybody, because spans do not step. */
  clockTurned(venue: LiveVenue): boolean {
    const { paused } = this.#host.state.venue;
    if (paused && paused.code !== "clock") return false;
    if (venue.clock() === undefined || isOff(venue) === (paused !== undefined)) return false;
    if (this.#host.times.monotonicMs() - this.#clockMs < CLOCK_AGAIN_MS) return false;
    this.#due.clock = 0;
    return true;
  }

  /** Throws TransientError when something that is due could not be read. */
  async run(venue: LiveVenue): Promise<void> {
    const now = this.#host.times.monotonicMs();
    if (now >= this.#due.clock) {
      this.#clockMs = now;
      await venue.syncClock();
      this.#due.clock = now + CLOCK_EVERY_MS;
      await this.#judgeClock(venue);
    }
    if (now >= this.#due.key) {
      await this.#judgeKey(venue);
      this.#due.key = now + KEY_EVERY_MS;
    }
    if (now >= this.#due.rules) {
      this.#rulesMs = now;
      await this.#host.loadRules();
      this.#due.rules = now + RULES_EVERY_MS;
    }
  }

  /** A clock far off shifts candles and windows, however well it is corrected for: entries wait until it is set. */
  async #judgeClock(venue: LiveVenue): Promise<void> {
    const { state } = this.#host;
    const offsetMs = venue.clock()?.offsetMs ?? 0;
    if (!isOff(venue)) {
      await this.#host.appendEvents(() =>
        state.venue.paused?.code === "clock" ? [{ type: "account-resumed", reason: "the clock is right again" }] : [],
      );
      return;
    }
    const seconds = Math.round(Math.abs(offsetMs) / 100) / 10;
    const reason = `this machine's clock is ${seconds} s ${offsetMs < 0 ? "ahead of" : "behind"} ${exchangeName(venue.exchangeId)}'s: set it by NTP; entries wait for that`;
    await this.#host.appendEvents(() => pauseEvents(state, "clock", reason));
    this.#due.clock = this.#host.times.monotonicMs() + RECONCILE_MS;
  }

  /** A key whose rights have grown is no longer the one that was agreed to; one that is refused again and again is dead. */
  async #judgeKey(venue: LiveVenue): Promise<void> {
    const { state } = this.#host;
    try {
      const rights = await venue.checkKey();
      this.#keyRefusals = 0;
      const grown = [rights.withdraw === true ? "withdraw" : "", rights.transfer === true ? "transfer" : ""].filter(
        (right) => right !== "",
      );
      if (grown.length === 0) return;
      const reason = `the key may ${grown.join(" and ")} now: take that right away at the exchange, then resume the account`;
      await this.#host.appendEvents(() => pauseEvents(state, "key", reason));
    } catch (failure) {
      if (!(failure instanceof UserError)) throw failure;
      this.#keyRefusals += 1;
      const text = messageOf(failure);
      if (this.#keyRefusals >= KEY_REFUSALS_MAX)
        await this.#host.appendEvents(() => pauseEvents(state, "key", `${text} (${this.#keyRefusals} times in a row)`));
      throw new TransientError(text, { cause: failure });
    }
  }
}

/** Whether this machine's clock is further from the venue's than entries may be made with. */
export function isOff(venue: LiveVenue): boolean {
  return Math.abs(venue.clock()?.offsetMs ?? 0) > CLOCK_OFF_MAX_MS;
}
