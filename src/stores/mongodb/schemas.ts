import type { Connection } from "mongoose";
import { Schema, type Types } from "mongoose";

/** Version of what is declared here. A database of a higher one is left alone. */
export const SCHEMA_VERSION = 1;

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

/** `schema`: whose database this is and of which version. `lease`: which process has it. */
export interface MetaDocument {
  readonly _id: "schema" | "lease";
  readonly application?: string;
  readonly version?: number;
  readonly holder?: string;
  readonly host?: string;
  readonly pid?: number;
  readonly epoch?: number;
  readonly expiresAt?: Date;
}

/** Nothing is buffered while disconnected, nothing is created behind the back of `prepare`. */
const COMMON = { versionKey: false, autoIndex: false, autoCreate: false, bufferCommands: false } as const;

const linkSchema = new Schema<LinkDocument>(
  { stream: String, link: Number, epoch: Number, last: Number, count: Number, bodies: [String] },
  { ...COMMON, collection: "links" },
);
linkSchema.index({ stream: 1, link: 1 }, { unique: true, name: "one_writer" });
linkSchema.index({ stream: 1, last: 1 }, { unique: true, name: "one_sequence", partialFilterExpression: { count: { $gt: 0 } } });

const snapshotSchema = new Schema<SnapshotDocument>(
  { _id: String, sequence: Number, body: String },
  { ...COMMON, collection: "snapshots" },
);

const requestSchema = new Schema<RequestDocument>(
  { _id: String, arrival: Schema.Types.ObjectId, wallMs: Number, settled: Boolean, body: String },
  { ...COMMON, collection: "requests" },
);
requestSchema.index({ settled: 1, wallMs: 1 }, { name: "by_age" });

const channelSchema = new Schema<ChannelDocument>(
  { _id: String, cursors: Schema.Types.Mixed, rows: Schema.Types.Mixed },
  { ...COMMON, collection: "channels", minimize: false },
);

const metaSchema = new Schema<MetaDocument>(
  { _id: String, application: String, version: Number, holder: String, host: String, pid: Number, epoch: Number, expiresAt: Date },
  { ...COMMON, collection: "meta" },
);

/** What creates collections and indexes. */
export function modelsOf(connection: Connection) {
  return {
    links: connection.model("Link", linkSchema),
    snapshots: connection.model("Snapshot", snapshotSchema),
    requests: connection.model("Request", requestSchema),
    channels: connection.model("Channel", channelSchema),
    meta: connection.model("Meta", metaSchema),
  };
}

/** What reads and writes: documents as they are kept, without casting and hydrating each of them. */
export function collectionsOf(connection: Connection) {
  return {
    links: connection.collection<LinkDocument>("links"),
    snapshots: connection.collection<SnapshotDocument>("snapshots"),
    requests: connection.collection<RequestDocument>("requests"),
    channels: connection.collection<ChannelDocument>("channels"),
    meta: connection.collection<MetaDocument>("meta"),
  };
}

export type Collections = ReturnType<typeof collectionsOf>;

const whole = { bsonType: "number", minimum: 0 } as const;
const text = { bsonType: "string" } as const;

/** What the server itself refuses to keep, also from other programs. */
export const VALIDATORS: Readonly<Record<keyof Collections, object>> = {
  links: shape({
    stream: text,
    link: { ...whole, minimum: 1 },
    epoch: { ...whole, minimum: 1 },
    last: whole,
    count: whole,
    bodies: { bsonType: "array", items: text },
  }),
  snapshots: shape({ sequence: whole, body: text }),
  requests: shape({ arrival: { bsonType: "objectId" }, wallMs: { bsonType: "number" }, settled: { bsonType: "bool" }, body: text }),
  channels: { $jsonSchema: { bsonType: "object", properties: { cursors: { bsonType: "object" }, rows: { bsonType: "object" } } } },
  meta: { $jsonSchema: { bsonType: "object", properties: { version: whole, epoch: whole, expiresAt: { bsonType: "date" } } } },
};

function shape(properties: Readonly<Record<string, object>>): object {
  return { $jsonSchema: { bsonType: "object", required: Object.keys(properties), properties } };
}
