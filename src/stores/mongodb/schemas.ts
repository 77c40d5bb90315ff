import type { Connection } from "mongoose";
import { Schema } from "mongoose";
import type {
  AskDocument,
  ChannelDocument,
  HoldDocument,
  LinkDocument,
  MemberDocument,
  MetaDocument,
  RequestDocument,
  SnapshotDocument,
} from "./documents.ts";

/** Version of what is declared here. A database of a higher one is left alone. From version 2 on, several processes share it. */
export const SCHEMA_VERSION = 2;

/** Nothing is buffered while disconnected, nothing is created behind the back of `prepare`. */
const COMMON = { versionKey: false, autoIndex: false, autoCreate: false, bufferCommands: false } as const;

const linkSchema = new Schema<LinkDocument>(
  { stream: String, link: Number, epoch: Number, last: Number, count: Number, bodies: [String], isSeen: Boolean },
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

const memberSchema = new Schema<MemberDocument>(
  {
    _id: String,
    role: String,
    pid: Number,
    host: String,
    version: String,
    startedMs: Number,
    isAlone: Boolean,
    renewedAt: Date,
    expiresAt: Date,
    isGone: Boolean,
  },
  { ...COMMON, collection: "members" },
);

const holdSchema = new Schema<HoldDocument>(
  { _id: String, holder: String, turn: Number, leftAt: Date },
  { ...COMMON, collection: "holds" },
);
holdSchema.index({ holder: 1 }, { name: "by_holder" });

const askSchema = new Schema<AskDocument>(
  {
    _id: String,
    stream: String,
    arrival: Schema.Types.ObjectId,
    wallMs: Number,
    body: String,
    state: String,
    by: String,
    answer: String,
  },
  { ...COMMON, collection: "asks" },
);
askSchema.index({ stream: 1, state: 1 }, { name: "by_stream" });
askSchema.index({ state: 1, wallMs: 1 }, { name: "by_age" });

const metaSchema = new Schema<MetaDocument>(
  {
    _id: String,
    application: String,
    version: Number,
    holder: String,
    host: String,
    pid: Number,
    epoch: Number,
    expiresAt: Date,
    key: String,
  },
  { ...COMMON, collection: "meta" },
);

/** What creates collections and indexes. */
export function modelsOf(connection: Connection) {
  return {
    links: connection.model("Link", linkSchema),
    snapshots: connection.model("Snapshot", snapshotSchema),
    requests: connection.model("Request", requestSchema),
    channels: connection.model("Channel", channelSchema),
    members: connection.model("Member", memberSchema),
    holds: connection.model("Hold", holdSchema),
    asks: connection.model("Ask", askSchema),
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
    members: connection.collection<MemberDocument>("members"),
    holds: connection.collection<HoldDocument>("holds"),
    asks: connection.collection<AskDocument>("asks"),
    meta: connection.collection<MetaDocument>("meta"),
  };
}

export type Collections = ReturnType<typeof collectionsOf>;
