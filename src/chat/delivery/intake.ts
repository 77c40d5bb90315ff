import type { AccountEvent, DeskEvent, Recorded } from "../../domain/events.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Streams } from "../../ports/engine.ts";
import { alertOf } from "../alerts.ts";
import type { Alert, BotNames } from "../alerts-shape.ts";
import { type Entry, newEntry } from "./entry.ts";
import { CRITICAL_MAX, ORDINARY_MAX, PAGE } from "./limits.ts";

/** Cursor of the critical alerts that were taken ahead of the ordinary ones. */
const AHEAD = "critical of ";
const DESK_STREAM = "desk";

export interface IntakeParts {
  readonly streams: Streams;
  readonly clock: Clock;
  readonly names: BotNames;
  readonly wants: (alert: Alert) => boolean;
}

/**
 * Takes alerts for one channel out of the streams, as far as there is room. Critical ones have room of their own and are taken first, however long
 * the ordinary backlog is; that is why each stream has two cursors. The one of the ordinary alerts never passes the other.
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

  /** Whether there is something to take and room for it. */
  get canTake(): boolean {
    return this.#parts.streams.names().some((stream) => {
      const searched = this.#searched.get(stream) ?? this.#cursor(stream);
      const isNew = searched < this.#parts.streams.lastSequence(stream) && this.critical.length < CRITICAL_MAX;
      return isNew || (this.#cursor(stream) < searched && this.ordinary.length < ORDINARY_MAX);
    });
  }

  get size(): number {
    return this.critical.length + this.ordinary.length;
  }

  /** True while an ordinary alert that must come first was not taken yet. */
  isAhead(entry: Entry): boolean {
    return this.#cursor(entry.stream) < entry.afterSequence;
  }

  /** Takes what there is room for. Resolves with the new entries. */
  async fill(): Promise<Entry[]> {
    const critical = await this.fillCritical();
    return [...critical, ...(await this.#fillOrdinary())];
  }

  /** Searches ahead for critical alerts only. */
  async fillCritical(): Promise<Entry[]> {
    const taken: Entry[] = [];
    for (const stream of this.#names()) {
      let at = this.#searched.get(stream) ?? this.#cursor(stream);
      this.#searched.set(stream, at);
      while (at < this.#parts.streams.lastSequence(stream) && this.critical.length < CRITICAL_MAX) {
        const page = await this.#page(stream, at);
        for (const recorded of page) {
          if (this.critical.length >= CRITICAL_MAX) break;
          at = recorded.sequence;
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
      const alert = this.#alertOf(first.stream, recorded);
      if (!alert || alert.critical) continue;
      const entry = this.#entry(first.stream, recorded, alert);
      this.ordinary.push(entry);
      taken.push(entry);
    }
    return taken;
  }

  #alertOf(stream: string, recorded: Recorded<AccountEvent | DeskEvent>): Alert | undefined {
    const alert = alertOf(stream, recorded, this.#parts.names);
    return alert && this.#parts.wants(alert) ? alert : undefined;
  }

  #entry(stream: string, { sequence }: Recorded<AccountEvent | DeskEvent>, alert: Alert): Entry {
    const lane = alert.botId ?? stream;
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

  #move(cursor: string, sequence: number): void {
    this.#cursors.set(cursor, sequence);
    this.moved.set(cursor, sequence);
  }
}
