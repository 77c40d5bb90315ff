import { messageOf } from "../../domain/errors.ts";
import type { QuietHours } from "../../domain/quiet.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Platform } from "../../ports/platform.ts";
import type { Store } from "../../ports/store.ts";
import { type Backlog, backlogOf } from "./backlog.ts";
import { Bell } from "./bell.ts";
import { type Entry, entryOf, newEntry } from "./entry.ts";
import { Folding, type Parcel } from "./folding.ts";
import { type Adopter, type HandoverParts, handOver, makeRoom } from "./handover.ts";
import { Intake, type IntakeParts } from "./intake.ts";
import { Ledger } from "./ledger.ts";
import { CURSORS_EVERY_MS, LOOK_AGAIN_MS } from "./limits.ts";
import { Pace } from "./pace.ts";
import { pick } from "./picking.ts";
import { QuietNow } from "./quiet-now.ts";
import { type Outcome, trySend } from "./sending.ts";

export interface LaneParts extends IntakeParts {
  readonly place: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** When ordinary alerts wait, if ever. */
  readonly quiet: () => QuietHours | undefined;
  /** Undefined when that platform is not set up in this process. */
  readonly platform: Platform | undefined;
  readonly other: HandoverParts["other"];
  readonly onIdle: () => void;
}

/**
 * Delivery to one channel: one message at a time, with its ledger rows `attempting` before the send and `delivered` after it. What the next process
 * finds in `attempting` it repeats with a mark.
 */
export class Lane implements Adopter {
  readonly place: string;
  readonly #parts: LaneParts;
  readonly #bell: Bell;
  readonly #ledger: Ledger;
  readonly #folding: Folding;
  readonly #pace = new Pace();
  readonly #quiet: QuietNow;
  #intake: Intake | undefined;
  #isClosed = false;
  #isResting = false;
  #cursorsMs = 0;

  constructor(parts: LaneParts) {
    this.place = parts.place;
    this.#parts = parts;
    this.#folding = new Folding(parts.platform?.edits ?? true);
    this.#bell = new Bell(parts.clock);
    this.#ledger = new Ledger(parts.store, parts.place);
    this.#quiet = new QuietNow(parts.clock, parts.quiet);
  }

  /** Nothing is left to do now; what quiet hours hold is for later. */
  get isIdle(): boolean {
    const intake = this.#intake;
    if (!this.#isResting || intake === undefined || this.#ledger.hasRows) return false;
    return this.#quiet.is ? intake.isDoneForNow : intake.size === 0 && intake.isDone;
  }

  get isReachable(): boolean {
    return this.#parts.platform?.reachable === true;
  }

  /** Whether critical alerts of other channels can be taken over. */
  get canAdopt(): boolean {
    return this.isReachable && this.#intake !== undefined && !this.#isClosed;
  }

  get backlog(): Backlog {
    return backlogOf(this.#intake, this.#quiet.is, this.#parts.clock.wall());
  }

  wake(): void {
    this.#bell.ring();
  }

  /** Ends `run` soon. What was sent is written first; a send without an answer is not waited for. */
  close(): void {
    this.#isClosed = true;
    this.#bell.ring();
  }

  /** Delivers until closed, beginning at the cursors that `begin` finds. Never rejects: while the store fails it waits and tries again. */
  async run(begin: () => Promise<ReadonlyMap<string, number>>): Promise<void> {
    const { store, logger } = this.#parts;
    while (!this.#isClosed) {
      try {
        this.#intake ??= new Intake(this.#parts, await begin(), (await store.undelivered(this.place)).map(entryOf));
        if (!(await this.#round(this.#intake))) await this.#rest(this.#intake);
      } catch (error) {
        logger.error({ channel: this.place, problem: messageOf(error) }, "the ledger of deliveries failed; trying again");
        if (!this.#isClosed) await this.#bell.wait(LOOK_AGAIN_MS);
      }
    }
    await this.#commit().catch((error: unknown) =>
      logger.error({ channel: this.place, problem: messageOf(error) }, "the last deliveries were not noted"),
    );
  }

  async adopt(entry: Entry, from: string, isRepeat: boolean): Promise<void> {
    const { stream, sequence, alert } = entry;
    const standing = { stream, sequence, lane: `${from} ${stream}`, afterSequence: 0, failoverFor: from };
    const adopted = newEntry(standing, alert, this.#parts.clock.wall());
    if (this.#intake?.critical.some(({ key }) => key === adopted.key)) return;
    adopted.mayHaveArrived = isRepeat;
    if (isRepeat) adopted.status = "attempting";
    const ledger = new Ledger(this.#parts.store, this.place);
    ledger.changed([adopted]);
    await ledger.commit(new Map());
    this.#intake?.critical.push(adopted);
    this.#bell.ring();
  }

  /** Takes what is new and sends what may go out. False when there is nothing to do until something happens. */
  async #round(intake: Intake): Promise<boolean> {
    const { clock, platform } = this.#parts;
    const isQuiet = this.#quiet.is;
    intake.drop();
    this.#ledger.changed(await intake.fill(isQuiet));
    this.#pace.note(this.isReachable, clock.monotonicMs());
    await this.#failOver(intake);
    const nowMs = clock.monotonicMs();
    const maySend = this.isReachable && this.#pace.waitMs(nowMs, intake.critical.length > 0) === 0;
    const batch = maySend ? pick(intake, this.#folding, isQuiet, nowMs, this.#pace.messages) : [];
    for (const entry of batch) {
      entry.status = "attempting";
      entry.attempts += 1;
    }
    this.#ledger.changed(batch);
    if (this.#ledger.hasRows) await this.#commit();
    if (batch.length === 0 || platform === undefined) return intake.canTake(isQuiet);
    await this.#sendAll(batch, platform);
    return true;
  }

  async #rest(intake: Intake): Promise<void> {
    const nowMs = this.#parts.clock.monotonicMs();
    const cursorsInMs = this.#cursorsMs + CURSORS_EVERY_MS - nowMs;
    this.#isResting = true;
    try {
      if (this.isIdle) this.#parts.onIdle();
      if (intake.size > 0 || !intake.isDone) {
        const isHeld = this.#quiet.is && intake.isDoneForNow;
        const waitMs = this.isReachable && !isHeld ? this.#pace.waitMs(nowMs, intake.critical.length > 0) : LOOK_AGAIN_MS;
        await this.#bell.wait(Math.max(1, Math.min(LOOK_AGAIN_MS, waitMs)));
      } else if (intake.moved.size === 0) await this.#bell.wait();
      else if (cursorsInMs > 0) await this.#bell.wait(cursorsInMs);
      else await this.#commit();
    } finally {
      this.#isResting = false;
    }
  }

  async #commit(): Promise<void> {
    if (this.#intake === undefined) return;
    this.#cursorsMs = this.#parts.clock.monotonicMs();
    await this.#ledger.commit(this.#intake.moved);
  }

  async #sendAll(batch: readonly Entry[], platform: Platform): Promise<void> {
    const { clock, place } = this.#parts;
    let left = batch;
    while (left.length > 0) {
      const startedMs = clock.monotonicMs();
      const parcel = this.#isClosed ? undefined : this.#folding.next(left, startedMs);
      if (parcel === undefined) return this.#notSent(left);
      const onWaiting = () => this.#whileWaiting(startedMs);
      const outcome = await trySend({ platform, clock, place, parcel, onWaiting });
      if (!(await this.#settle(parcel, outcome, startedMs))) return this.#notSent(left.filter((entry) => !parcel.entries.includes(entry)));
      left = left.filter(({ status }) => status === "attempting");
    }
  }

  /** Takes note of how a try ended. False when nothing more can be sent now. */
  async #settle(parcel: Parcel, outcome: Outcome, startedMs: number): Promise<boolean> {
    const { clock, logger } = this.#parts;
    const nowMs = clock.monotonicMs();
    if (outcome.kind === "sent") {
      this.#pace.sent(nowMs - startedMs);
      this.#folding.sent(parcel, outcome.messageId, nowMs);
      this.#delivered(parcel.entries, outcome.messageId);
      return true;
    }
    if (outcome.kind === "refused" && parcel.editOf !== undefined) {
      this.#folding.lost(parcel);
      return true;
    }
    if (outcome.kind === "refused" && (await this.#giveUp(parcel, outcome.error))) return true;
    const retryAfterMs = outcome.kind === "not-sent" ? (outcome.retryAfterMs ?? 0) : 0;
    this.#pace.failed(nowMs, startedMs, retryAfterMs);
    this.#folding.failed(parcel);
    if (outcome.kind === "lost") for (const entry of parcel.entries) entry.mayHaveArrived = true;
    else this.#notSent(parcel.entries);
    logger.warn(
      { channel: this.place, outcome: outcome.kind, problem: messageOf(outcome.error) },
      "an alert was not delivered; it is tried again",
    );
    return false;
  }

  /** That place is gone. False when something critical has to wait for another platform. */
  async #giveUp(parcel: Parcel, error: Error): Promise<boolean> {
    for (const entry of parcel.entries) {
      if (entry.alert.critical && !(await handOver(entry, this.#handover()))) return false;
      this.#parts.logger.error(
        { channel: this.place, alert: entry.key, problem: error.message },
        "an alert was given up: its channel is gone",
      );
    }
    this.#folding.forget();
    this.#delivered(parcel.entries, undefined);
    return true;
  }

  #delivered(entries: readonly Entry[], messageId: string | undefined): void {
    for (const entry of entries) {
      entry.status = "delivered";
      entry.messageId = messageId;
    }
    this.#ledger.changed(entries);
  }

  /** Their next try needs no mark, unless an earlier one may have arrived. */
  #notSent(entries: readonly Entry[]): void {
    for (const entry of entries) if (!entry.mayHaveArrived) entry.status = "waiting";
    this.#ledger.changed(entries);
  }

  /** While the platform does not answer, critical alerts go on to be found and handed over. True when it is time to go. */
  async #whileWaiting(startedMs: number): Promise<boolean> {
    if (this.#intake === undefined || this.#isClosed) return true;
    try {
      this.#ledger.changed(await this.#intake.fillCritical());
      await this.#failOver(this.#intake, startedMs);
    } catch (error) {
      this.#parts.logger.error(
        { channel: this.place, problem: messageOf(error) },
        "alerts could not be read while the platform does not answer",
      );
    }
    return this.#isClosed;
  }

  async #failOver(intake: Intake, tryingSinceMs?: number): Promise<void> {
    if (!this.#pace.isFailing(this.#parts.clock.monotonicMs(), tryingSinceMs)) return;
    for (const entry of intake.critical) {
      if (entry.status !== "delivered" && !(await handOver(entry, this.#handover()))) break;
    }
    const settled = makeRoom(intake.critical);
    this.#delivered(settled, undefined);
    if (settled.length > 0 && tryingSinceMs === undefined) intake.drop();
  }

  #handover(): HandoverParts {
    const { place, logger, other } = this.#parts;
    const write = async (entry: Entry) => {
      this.#ledger.changed([entry]);
      await this.#commit();
    };
    return { place, logger, other, write };
  }
}
