import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AppendBatch, DeliveryRow, DeliveryUpdate, InboxRow, Snapshot, StoredEvent } from "../../ports/store.ts";
import { AppendRefused } from "../../ports/store.ts";
import { newsOf } from "../news.ts";
import { refusalOf } from "../refusal.ts";
import type { Handlers, ReadName, WriteName } from "./protocol.ts";

/** The operations that write. Each runs inside a savepoint of its group's transaction and throws to undo itself alone. */
export function writeHandlers(database: DatabaseSync): Handlers<WriteName> {
  return { ...streamWrites(database), ...inboxWrites(database), ...channelWrites(database) };
}

function streamWrites(database: DatabaseSync): Handlers<"acquire" | "append" | "saveSnapshot"> {
  const take = database.prepare(
    "INSERT INTO streams (name, epoch) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET epoch = epoch + 1 RETURNING id, epoch",
  );
  const find = database.prepare("SELECT id, epoch FROM streams WHERE name = ?");
  const end = database.prepare("SELECT coalesce(max(sequence), 0) AS last FROM events WHERE stream_id = ?");
  const insert = database.prepare("INSERT INTO events (stream_id, sequence, body) VALUES (?, ?, ?)");
  const replace = database.prepare("INSERT OR REPLACE INTO snapshots (stream, sequence, body) VALUES (?, ?, ?)");
  const lastSequence = (id: number): number => (end.get(id) as { last: number }).last;
  return {
    acquire(stream: string) {
      const { id, epoch } = take.get(stream) as { id: number; epoch: number };
      return { epoch, lastSequence: lastSequence(id) };
    },
    append(batch: AppendBatch) {
      const held = find.get(batch.stream) as { id: number; epoch: number } | undefined;
      const refusal = refusalOf(batch, held?.epoch ?? 0, held ? lastSequence(held.id) : 0);
      if (refusal !== undefined || held === undefined) throw new AppendRefused(refusal);
      batch.bodies.forEach((body, index) => {
        insert.run(held.id, batch.expectedSequence + index + 1, body);
      });
    },
    saveSnapshot({ stream, sequence, body }: Snapshot) {
      replace.run(stream, sequence, body);
    },
  };
}

function inboxWrites(database: DatabaseSync): Handlers<"accept" | "settle" | "prune"> {
  const insert = database.prepare("INSERT INTO inbox (request_id, wall_ms, body) VALUES (?, ?, ?) ON CONFLICT (request_id) DO NOTHING");
  const settle = database.prepare("UPDATE inbox SET settled = 1 WHERE request_id = ?");
  const pruneInbox = database.prepare("DELETE FROM inbox WHERE settled = 1 AND wall_ms < ?");
  const pruneLedger = database.prepare("DELETE FROM deliveries WHERE status = 'delivered' AND wall_ms < ?");
  return {
    accept({ requestId, wallMs, body }: InboxRow) {
      return insert.run(requestId, wallMs, body).changes === 1 ? "new" : "seen";
    },
    settle(requestId: string) {
      settle.run(requestId);
    },
    prune(beforeWallMs: number) {
      pruneInbox.run(beforeWallMs);
      pruneLedger.run(beforeWallMs);
    },
  };
}

function channelWrites(database: DatabaseSync): Handlers<"recordDelivery" | "forgetChannel"> {
  const moveCursor = database.prepare("INSERT OR REPLACE INTO cursors (channel, stream, sequence) VALUES (?, ?, ?)");
  const writeRow = database.prepare(
    `INSERT INTO deliveries (channel, key, wall_ms, status, attempts, message_id, body) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (channel, key) DO UPDATE SET wall_ms = excluded.wall_ms, status = excluded.status, attempts = excluded.attempts,
       message_id = excluded.message_id, body = excluded.body`,
  );
  const forgetCursors = database.prepare("DELETE FROM cursors WHERE channel = ?");
  const forgetRows = database.prepare("DELETE FROM deliveries WHERE channel = ?");
  return {
    recordDelivery({ channel, cursors, rows }: DeliveryUpdate) {
      for (const [stream, sequence] of cursors) moveCursor.run(channel, stream, sequence);
      for (const { key, wallMs, status, attempts, messageId, body } of rows) {
        writeRow.run(channel, key, wallMs, status, attempts, messageId ?? null, body);
      }
    },
    forgetChannel(channel: string) {
      forgetCursors.run(channel);
      forgetRows.run(channel);
    },
  };
}

type SnapshotColumns = { stream: string; sequence: number; body: string };

type DeliveryColumns = {
  key: string;
  wall_ms: number;
  status: DeliveryRow["status"];
  attempts: number;
  message_id: string | null;
  body: string;
};

/** The operations that only read. They run between transactions and see everything that was committed. */
export function readHandlers(database: DatabaseSync): Handlers<Exclude<ReadName, "statistics">> {
  return { ...askedHandlers(database), ...contentHandlers(database) };
}

/** What only a copy of the whole store asks for. */
function contentHandlers(database: DatabaseSync): Handlers<"snapshots" | "requests" | "channels"> {
  const snapshots = database.prepare("SELECT stream AS name FROM snapshots");
  const requests = database.prepare("SELECT request_id, wall_ms, settled, body FROM inbox ORDER BY wall_ms, arrival");
  const channels = database.prepare("SELECT channel AS name FROM cursors UNION SELECT channel FROM deliveries WHERE status <> 'delivered'");
  return {
    snapshots: () => namesIn(snapshots),
    requests: () => requests.all().map((row) => ({ row: requestOf(row), settled: row.settled === 1 })),
    channels: () => namesIn(channels),
  };
}

/** Sorted here, because SQLite compares UTF-8 bytes and every other store compares UTF-16 units. */
function namesIn(statement: StatementSync): string[] {
  return statement
    .all()
    .map(({ name }) => String(name))
    .sort();
}

function requestOf({ request_id, wall_ms, body }: Record<string, unknown>): InboxRow {
  return { requestId: String(request_id), wallMs: Number(wall_ms), body: String(body) };
}

function askedHandlers(database: DatabaseSync): Handlers<Exclude<ReadName, "statistics" | "snapshots" | "requests" | "channels">> {
  const events = database.prepare(
    `SELECT sequence, body FROM events WHERE stream_id = (SELECT id FROM streams WHERE name = ?) AND sequence > ?
     ORDER BY sequence LIMIT ?`,
  );
  const names = database.prepare("SELECT name FROM streams");
  const snapshot = database.prepare("SELECT stream, sequence, body FROM snapshots WHERE stream = ?");
  const open = database.prepare("SELECT request_id, wall_ms, body FROM inbox WHERE settled = 0 ORDER BY wall_ms, arrival");
  const positions = database.prepare("SELECT stream, sequence FROM cursors WHERE channel = ?");
  const waiting = database.prepare("SELECT * FROM deliveries WHERE channel = ? AND status <> 'delivered' ORDER BY wall_ms, arrival");
  const read = (stream: string, afterSequence: number, limit: number): StoredEvent[] =>
    events.all(stream, afterSequence, limit).map(({ sequence, body }) => ({ sequence: Number(sequence), body: String(body) }));
  return {
    read,
    // A look at the end of one stream takes microseconds here, so each gets its own within the one question.
    news: (after: ReadonlyMap<string, number>, limit: number) => newsOf(after, limit, read),
    streams: () => namesIn(names),
    loadSnapshot(stream: string) {
      const row = snapshot.get(stream) as SnapshotColumns | undefined;
      return row && { ...row };
    },
    unsettled: () => open.all().map(requestOf),
    cursors: (channel: string) => new Map(positions.all(channel).map(({ stream, sequence }) => [String(stream), Number(sequence)])),
    undelivered: (channel: string) =>
      (waiting.all(channel) as DeliveryColumns[]).map(({ key, wall_ms, status, attempts, message_id, body }) => ({
        key,
        wallMs: wall_ms,
        status,
        attempts,
        messageId: message_id ?? undefined,
        body,
      })),
  };
}
