import type { Types } from "mongoose";
import type { ProcessRole } from "../../ports/cluster.ts";

/**
 * One link of a stream's chain: a batch of events (`count` > 0), an acquisition (a higher epoch, no events), or an append that was undone.
 * Whoever writes must name the next link, and one document has it: the insert of one document is the point where two writers are told apart.
 */
export interface LinkDocument {
  readonly _id: Types.ObjectId;
  readonly stream: string;
  /** From 1, without holes. */
  readonly link: number;
  readonly epoch: number;
  /** Sequence of the stream's last event, this link included. */
  readonly last: number;
  readonly count: number;
  readonly bodies: readonly string[];
  /** A process that does not hold the stream was given these events: they stay. */
  readonly isSeen?: boolean;
}

export interface SnapshotDocument {
  readonly _id: string;
  readonly sequence: number;
  readonly body: string;
}

export interface RequestDocument {
  readonly _id: string;
  readonly arrival: Types.ObjectId;
  readonly wallMs: number;
  readonly settled: boolean;
  readonly body: string;
}

/** All of one channel in one document, so that cursors and rows change together without a transaction. Keys are those of src/stores/mongodb/keys.ts. */
export interface ChannelDocument {
  readonly _id: string;
  readonly cursors?: Readonly<Record<string, number>>;
  readonly rows?: Readonly<Record<string, RowDocument>>;
}

export interface RowDocument {
  readonly arrival: Types.ObjectId;
  readonly wallMs: number;
  readonly status: "waiting" | "attempting";
  readonly attempts: number;
  readonly messageId: string | null;
  readonly body: string;
}

/**
 * `schema`: whose database this is and of which version. `lease`: the process of a build before version 2 that has the whole of it. `key`: what the processes
 * of the desk sign with where others write, too.
 */
export interface MetaDocument {
  readonly _id: "schema" | "lease" | "key";
  readonly application?: string;
  readonly version?: number;
  readonly holder?: string;
  readonly host?: string;
  readonly pid?: number;
  readonly epoch?: number;
  readonly expiresAt?: Date;
  readonly key?: string;
}

/** A process, from its joining until it has ended, or is gone and holds nothing any more. Its id is its name. */
export interface MemberDocument {
  readonly _id: string;
  readonly role: ProcessRole;
  readonly pid: number;
  readonly host: string;
  readonly version: string;
  readonly startedMs: number;
  /** Nobody else may be about. */
  readonly isAlone: boolean;
  /** Both by the server's clock. */
  readonly renewedAt: Date;
  readonly expiresAt: Date;
  /** Declared by another process after that time, for ever. */
  readonly isGone: boolean;
}

/** Who holds a stream, whose name is its id. It stays when nobody does. */
export interface HoldDocument {
  readonly _id: string;
  readonly holder: string | null;
  /** Grows with each change. */
  readonly turn: number;
  /** When it was last taken from a process that was gone, by the server's clock. */
  readonly leftAt: Date | null;
}

/** What one process asks of the holder of a stream. */
export interface AskDocument {
  readonly _id: string;
  readonly stream: string;
  readonly arrival: Types.ObjectId;
  readonly wallMs: number;
  readonly body: string;
  readonly state: "open" | "begun" | "answered" | "withdrawn";
  /** Who has begun it last. */
  readonly by: string | null;
  readonly answer: string | null;
}
