import type { AccountEvent, DeskEvent, Recorded } from "../../domain/events.ts";
import { DESK_STREAM } from "../../engine/streams.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Streams } from "../../ports/streams.ts";
import type { AccountNames } from "../account-names.ts";
import { alertOf } from "../alerts.ts";
import type { Alert, BotNames } from "../alerts-shape.ts";
import { Denials } from "./denials.ts";
import { type Entry, newEntry } from "./entry.ts";
import { CRITICAL_MAX, EARLY_MAX, ORDINARY_MAX, PAGE } from "./limits.ts";

/** Cursor of the critical alerts that were taken ahead of the ordinary ones. */
const AHEAD = "critical of ";
/** Digests wait for nothing, so they have a lane of their own. */
const DIGESTS = "digests";

/** Cursor of a lane whose alerts were taken ahead of the others. */
function laneCursor(stream: string, lane: string): string {
  return `lane ${lane} of ${stream}`;
}

export interface IntakeParts {
  readonly streams: Streams;
  readonly clock: Clock;
  readonly names: BotNames;
  readonly accounts: AccountNames;
  readonly wants: (alert: Alert) => boolean;
}

/**
 * Takes alerts for one channel out of the streams, as far as there is room. Critical ones have room of their own and are taken first, however long
 * the ordinary backlog is; that is why each stream has two cursors. The one of the ordinary alerts never passes the other. In quiet hours it stands
 * still: what may not wait is taken ahead lane by lane, each with a cursor of its own.
 */
export class Intake {
  readonly critical: Entry[] = [];
  readonly ordinary: Entry[] = [];
  /** Cursors that are not written yet. */
  readonly moved = new Map<string, number>();
  readonly #parts: IntakeParts;
  readonly #cursors: Map<string, number>;
  /** How far each stream was searched for critical alerts. */
  readonly #searched = new Map<string, number>();
  readonly #denials = new Denials();
  /** The newest ordinary alert seen of each lane, so that a critical one does not overtake its own. */
  readonly #newestOrdinary = new Map<string, number>();

  constructor(parts: IntakeParts, cursors: ReadonlyMap<string, number>, entries: readonly Entry[]) {
    this.#parts = parts;
    this.#cursors = new Map(cursors);
    const inOrder = [...entries].sort((a, b) => (a.stream === b.stream ? a.sequence - b.sequence : a.stream < b.stream ? -1 : 1));
    for (const entry of inOrder) (entry.alert.critical ? this.critical : this.ordinary).push(entry);
  }

  /** Whether everything in the streams was taken. Asked often, so it only compares. */
  get isDone(): boolean {
    return this.#parts.streams.names().every((stream) => this.#cursor(stream) >= this.#parts.streams.lastSequence(stream));
  }

  /** Whether nothing is in memory or the streams but what waits for the end of quiet hours. */
  get isDoneForNow(): boolean {
    const { streams } = this.#parts;
    const isSearched = streams.names().every((stream) => (this.#searched.get(stream) ?? 0) >= streams.lastSequence(stream));
    return isSearched && this.critical.length === 0 && this.#early().size === 0 && !this.ordinary.some((entry) => this.isEarly(entry));
  }

  /** Whether there is something to take and room for it. */
  canTake(isQuiet: boolean): boolean {
    if (isQuiet && this.#early().size > 0 && this.#hasEarlyRoom) return true;
    return this.#parts.streams.names().some((stream) => {
      const searched = this.#searched.get(stream) ?? this.#cursor(stream);
      const isNew = searched < this.#parts.streams.lastSequence(stream) && this.critical.length < CRITICAL_MAX;
      return isNew || (!isQuiet && this.#cursor(stream) < searched && this.ordinary.length < ORDINARY_MAX);
    });
  }

  get size(): number {
    return this.critical.length + this.ordinary.length;
  }

  /** True while an ordinary alert that must come first was not taken yet. */
  isAhead(entry: Entry): boolean {
    return this.#takenOf(entry.stream, entry.lane) < entry.afterSequence;
  }

  /** Whether quiet hours do not hold an ordinary alert: a digest, for a person chose its time, and what a critical alert of its lane must follow. */
  isEarly({ alert, stream, lane, sequence }: Entry): boolean {
    return (
      alert.digestFor !== undefined ||
      this.critical.some((each) => each.lane === lane && each.stream === stream && each.sequence > sequence)
    );
  }

  /** Whether what quiet hours hold leaves no room for what they do not: some of it must go, or something critical would wait for it. */
  get isFullOfHeld(): boolean {
    return !this.#hasEarlyRoom && this.#early().size > 0 && !this.ordinary.some((entry) => this.isEarly(entry));
  }

  /** Takes what there is room for. Resolves with the new entries. */
  async fill(isQuiet: boolean): Promise<Entry[]> {
    const critical = await this.fillCritical();
    return [...critical, ...(isQuiet ? await this.#fillEarly() : await this.#fillOrdinary())];
  }

  /** Searches ahead for critical alerts only. */
  async fillCritical(): Promise<Entry[]> {
    const taken: Entry[] = [];
    for (const stream of this.#names()) {
      let at = this.#searched.get(stream) ?? this.#cursor(stream);
      if (!this.#searched.has(stream)) await this.#denials.lookBack(this.#parts.streams, stream, at);
      this.#searched.set(stream, at);
      while (at < this.#parts.streams.lastSequence(stream) && this.critical.length < CRITICAL_MAX) {
        const page = await this.#page(stream, at);
        for (const recorded of page) {
          if (this.critical.length >= CRITICAL_MAX) break;
          at = recorded.sequence;
          this.#denials.see(stream, recorded);
          const entry = this.#search(stream, recorded);
          if (entry) taken.push(entry);
        }
        this.#searched.set(stream, at);
        if (page.length < PAGE) break;
        await this.#parts.clock.breathe();
      }
    }
    return taken;
  }

  /** Forgets what was delivered. */
  drop(): void {
    for (const queue of [this.critical, this.ordinary]) {
      const left = queue.filter(({ status }) => status !== "delivered");
      queue.splice(0, queue.length, ...left);
    }
  }

  #search(stream: string, recorded: Recorded<AccountEvent | DeskEvent>): Entry | undefined {
    const alert = this.#alertOf(stream, recorded);
    if (!alert) return undefined;
    const entry = this.#entry(stream, recorded, alert);
    if (!alert.critical) {
      this.#newestOrdinary.set(entry.lane, recorded.sequence);
      return undefined;
    }
    if (recorded.sequence <= (this.#cursors.get(AHEAD + stream) ?? 0)) return undefined;
    this.#move(AHEAD + stream, recorded.sequence);
    this.critical.push(entry);
    return entry;
  }

  async #fillOrdinary(): Promise<Entry[]> {
    const taken: Entry[] = [];
    const pages: { stream: string; rows: Recorded<AccountEvent | DeskEvent>[] }[] = [];
    for (const stream of this.#names()) {
      const searched = this.#searched.get(stream) ?? 0;
      if (this.#cursor(stream) >= searched || this.ordinary.length >= ORDINARY_MAX) continue;
      const rows = await this.#page(stream, this.#cursor(stream));
      pages.push({ stream, rows: rows.filter(({ sequence }) => sequence <= searched) });
    }
    // Merged by wall time, so that what happened first on another stream is told first.
    while (this.ordinary.length < ORDINARY_MAX) {
      const heads = pages.filter(({ rows }) => rows.length > 0);
      const first = heads.reduce<(typeof pages)[number] | undefined>(
        (a, b) => (a && a.rows[0]!.wallMs <= b.rows[0]!.wallMs ? a : b),
        undefined,
      );
      const recorded = first?.rows.shift();
      if (first === undefined || recorded === undefined) break;
      this.#move(first.stream, recorded.sequence);
      const entry = this.#takeOrdinary(first.stream, recorded);
      this.#denials.passed(first.stream, recorded);
      if (entry) taken.push(entry);
    }
    return taken;
  }

  /** Takes what quiet hours do not hold, lane by lane, ahead of the cursor that stands still. */
  async #fillEarly(): Promise<Entry[]> {
    const taken: Entry[] = [];
    for (const [stream, lanes] of this.#early()) {
      let at = Math.min(...[...lanes.keys()].map((lane) => this.#takenOf(stream, lane)));
      const until = Math.max(...lanes.values());
      while (at < until && this.#hasEarlyRoom) {
        const page = await this.#page(stream, at);
        for (const recorded of page) {
          if (recorded.sequence > until || !this.#hasEarlyRoom) break;
          const entry = this.#takeOrdinary(stream, recorded, lanes);
          if (entry) taken.push(entry);
          at = recorded.sequence;
        }
        if (page.length < PAGE) break;
        await this.#parts.clock.breathe();
      }
      for (const [lane, upTo] of lanes) {
        const reached = Math.min(at, upTo);
        if (reached > this.#takenOf(stream, lane)) this.#move(laneCursor(stream, lane), reached);
      }
    }
    return taken;
  }

  /** By stream, the lanes with alerts that quiet hours do not hold, and up to where. */
  #early(): Map<string, Map<string, number>> {
    const early = new Map<string, Map<string, number>>();
    const need = (stream: string, lane: string, upTo: number) => {
      if (upTo <= this.#takenOf(stream, lane)) return;
      const lanes = early.get(stream) ?? new Map<string, number>();
      early.set(stream, lanes.set(lane, Math.max(upTo, lanes.get(lane) ?? 0)));
    };
    for (const { stream, lane, afterSequence } of this.critical) need(stream, lane, afterSequence);
    need(DESK_STREAM, DIGESTS, this.#newestOrdinary.get(DIGESTS) ?? 0);
    return early;
  }

  get #hasEarlyRoom(): boolean {
    return this.ordinary.length < ORDINARY_MAX + EARLY_MAX;
  }

  /** Takes an ordinary alert that was not taken before, of one of these lanes if they are named. */
  #takeOrdinary(stream: string, recorded: Recorded<AccountEvent | DeskEvent>, lanes?: ReadonlyMap<string, number>): Entry | undefined {
    const alert = this.#alertOf(stream, recorded);
    if (!alert || alert.critical) return undefined;
    const entry = this.#entry(stream, recorded, alert);
    if (recorded.sequence <= (this.#cursors.get(laneCursor(stream, entry.lane)) ?? 0)) return undefined;
    if (lanes !== undefined && recorded.sequence > (lanes.get(entry.lane) ?? 0)) return undefined;
    this.ordinary.push(entry);
    return entry;
  }

  #alertOf(stream: string, recorded: Recorded<AccountEvent | DeskEvent>): Alert | undefined {
    if (this.#denials.isRepeat(stream, recorded)) return undefined;
    const alert = alertOf(stream, recorded, this.#parts.names, this.#parts.accounts);
    return alert && this.#parts.wants(alert) ? alert : undefined;
  }

  #entry(stream: string, { sequence }: Recorded<AccountEvent | DeskEvent>, alert: Alert): Entry {
    const lane = alert.digestFor === undefined ? (alert.botId ?? stream) : DIGESTS;
    const afterSequence = alert.critical ? (this.#newestOrdinary.get(lane) ?? 0) : 0;
    return newEntry({ stream, sequence, lane, afterSequence }, alert, this.#parts.clock.wall());
  }

  async #page(stream: string, after: number): Promise<Recorded<AccountEvent | DeskEvent>[]> {
    return [...(await this.#parts.streams.since(stream, after, PAGE))];
  }

  /** The desk first: of equal times its start comes before what the start found out. */
  #names(): string[] {
    return [...this.#parts.streams.names()].sort((a, b) => Number(b === DESK_STREAM) - Number(a === DESK_STREAM));
  }

  #cursor(stream: string): number {
    return this.#cursors.get(stream) ?? 0;
  }

  /** Up to where the ordinary alerts of a lane were taken. */
  #takenOf(stream: string, lane: string): number {
    return Math.max(this.#cursor(stream), this.#cursors.get(laneCursor(stream, lane)) ?? 0);
  }

  #move(cursor: string, sequence: number): void {
    this.#cursors.set(cursor, sequence);
    this.moved.set(cursor, sequence);
  }
}
