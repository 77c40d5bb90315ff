/**
 * The durable truth: append-only streams, with snapshots to start from, an inbox of chat requests and a ledger of deliveries.
 * Bodies are opaque text. Contract (test/contracts/store.contract.ts runs on every store, test/contracts/cluster.contract.ts on those that several
 * processes may share):
 *
 * 1. `append` resolves only when the whole batch is durable (fully synced); it is all or nothing.
 * 2. Sequences of a stream start at 1 and have no holes.
 * 3. An append with a wrong expected sequence or an epoch older than the stream's newest, or to a stream that this process has not acquired or has
 *    given back, is refused and changes nothing.
 * 4. Appends that wait while another one commits share the next commit; there is no timer.
 * 5. A reader sees what was appended before it asked, in order, whether or not its process holds the stream. What it was given stays so.
 * 6. What refuses an append of a stream answers `unheld`, too: nobody may send for a stream that he could not write.
 * 7. A stream has one holder, and of processes that live nobody takes it from another one. Who could not be renewed in its time may be declared gone,
 *    by the store's clock; it then holds nothing under its name for ever, and knows it before anybody else may act.
 */
export interface Store {
  /**
   * Takes a stream for this process: the epoch grows by one, so that appends of any earlier holder are refused from now on. Rejects with `StreamHeld`
   * while another living process has it. One that rejects as unavailable has not taken it, or gives it back by itself.
   */
  acquire(stream: string): Promise<Acquired>;
  /**
   * Gives a stream back, so that another process may take it at once: what was appended before is finished, and appends of this process are refused
   * from the call on. Does nothing for a stream that this process does not hold. One that rejects as unavailable is made up for by itself.
   * `isUnanswered`: what was sent for the stream last may still be on its way, so that whoever takes it soon has taken it over.
   */
  release(stream: string, isUnanswered?: boolean): Promise<void>;
  /**
   * Why nothing that a stream speaks of may leave this process any more: it does not hold it, or another process may have taken it by now. Asked in the
   * moment of sending, so it never waits; undefined while the right to it is beyond doubt.
   */
  unheld(stream: string): string | undefined;
  append(batch: AppendBatch): Promise<void>;
  /** Rows after a sequence, ascending, at most `limit`. */
  read(stream: string, afterSequence: number, limit: number): Promise<StoredEvent[]>;
  /**
   * What is new in many streams, in one question: of each the rows after the sequence that stands beside its name, ascending, at most `limit` in all. One
   * that costs little when nothing is new, however many streams are named. Whoever asks on for what `more` names comes to the end of each.
   */
  news(after: ReadonlyMap<string, number>, limit: number): Promise<News>;
  /** Names of all streams, ascending. */
  streams(): Promise<string[]>;

  /** Replaces the snapshot of a stream. Losing one costs start-up time only. */
  saveSnapshot(snapshot: Snapshot): Promise<void>;
  loadSnapshot(stream: string): Promise<Snapshot | undefined>;

  /** Stores a chat request before it is confirmed to its platform; `seen` when its id was stored before. Durable like an append. */
  accept(request: InboxRow): Promise<"new" | "seen">;
  /** Marks a request as answered. */
  settle(requestId: string): Promise<void>;
  /** Requests that were accepted and never settled, oldest first. */
  unsettled(): Promise<InboxRow[]>;

  /** Cursors of a channel, by stream: everything up to that sequence is delivered, given up, or in the ledger. */
  cursors(channel: string): Promise<Map<string, number>>;
  /** Writes cursors and ledger rows of one channel, atomically and durably. A row with the same key replaces the earlier one. */
  recordDelivery(update: DeliveryUpdate): Promise<void>;
  /** Ledger rows of a channel that are not `delivered` yet, oldest first. */
  undelivered(channel: string): Promise<DeliveryRow[]>;
  /** Forgets a channel: its cursors and ledger rows. */
  forgetChannel(channel: string): Promise<void>;

  /** Deletes settled inbox rows, delivered ledger rows, and asks that are answered, withdrawn or were never begun, older than a wall time. */
  prune(beforeWallMs: number): Promise<void>;
  close(): Promise<void>;
}

/** What a store holds beside its streams: with it a whole store can be copied. */
export interface StoreContents {
  /** Names under which snapshots are kept, ascending. */
  snapshots(): Promise<string[]>;
  /** Every request that is kept, oldest first. */
  requests(): Promise<{ readonly row: InboxRow; readonly settled: boolean }[]>;
  /** Names of channels that have cursors or undelivered rows, ascending. */
  channels(): Promise<string[]>;
}

/** A stream that this process has taken. */
export interface Acquired {
  readonly epoch: number;
  readonly lastSequence: number;
  /** Another process had it a moment ago and did not give it back, or gave it back unanswered: what it sent last may still be on its way. */
  readonly isTakeover?: boolean;
}

export interface AppendBatch {
  readonly stream: string;
  readonly epoch: number;
  /** Sequence of the last event that the writer knows; 0 for an empty stream. */
  readonly expectedSequence: number;
  readonly bodies: readonly string[];
}

export interface StoredEvent {
  readonly sequence: number;
  readonly body: string;
}

/** What one question found in many streams. */
export interface News {
  /** Only streams that have rows are here. */
  readonly rows: ReadonlyMap<string, readonly StoredEvent[]>;
  /** Streams of which there may be more than was found, with rows here or without. Of every other one nothing is missing that was appended before the question (clause 5). */
  readonly more: ReadonlySet<string>;
}

export interface Snapshot {
  readonly stream: string;
  readonly sequence: number;
  readonly body: string;
}

export interface InboxRow {
  readonly requestId: string;
  readonly wallMs: number;
  readonly body: string;
}

/** `attempting` is written before a send and `delivered` after it: a row found in `attempting` at start may have arrived, so its repeat is marked. */
export interface DeliveryRow {
  readonly key: string;
  readonly wallMs: number;
  readonly status: "waiting" | "attempting" | "delivered";
  readonly attempts: number;
  readonly messageId: string | undefined;
  readonly body: string;
}

export interface DeliveryUpdate {
  readonly channel: string;
  readonly cursors: ReadonlyMap<string, number>;
  readonly rows: readonly DeliveryRow[];
}

/** An append that came with a wrong expected sequence or an old epoch: another process writes this stream. */
export class AppendRefused extends Error {
  override readonly name = "AppendRefused";
}

/** Who has a stream, for people. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly role: string;
}

/** A stream that another living process holds. */
export class StreamHeld extends Error {
  override readonly name = "StreamHeld";
  readonly stream: string;
  readonly holder: Holder;
  constructor(stream: string, holder: Holder) {
    const { pid, host, role } = holder;
    super(
      `the stream "${stream}" is in use by process ${pid} on host "${host}" (role ${role}): stop that process first, or wait for its end`,
    );
    this.stream = stream;
    this.holder = holder;
  }
}

/** The store could not write: disk full, read-only or broken. Nothing of the batch was kept. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}
