import type { MetaDocument } from "./documents.ts";
import { type Fault, isDuplicate } from "./faults.ts";
import type { Collections } from "./schemas.ts";
import { type Blocker, type Patience, untilGone } from "./silence.ts";

const LEASE_ID = "lease" as const;
const LONG_AGO = new Date(0);
/** In place of a holder, so that no build before version 2 ever takes the lease again, whatever it has seen of the schema. */
const CLOSED = { holder: "closed by a newer build", host: "of a newer build", pid: 0, expiresAt: new Date(8_640_000_000_000_000) };

/** The process of a build before version 2 that has the database now, by the server's clock. */
export async function formerHolder(meta: Collections["meta"]): Promise<Blocker | undefined> {
  const held = await meta.findOne({ _id: LEASE_ID, holder: { $ne: CLOSED.holder }, $expr: { $gt: ["$expiresAt", "$$NOW"] } });
  if (!held) return undefined;
  const { pid = 0, host = "unknown", holder, expiresAt } = held;
  return { pid, host, sign: `${holder} ${expiresAt?.getTime()}` };
}

/** Waits until no build before version 2 has the database, and writes nothing. Returns the fault when one lives. */
export function formerFault({ meta }: Collections, patience: Patience): Promise<Fault | undefined> {
  return untilGone(patience, () => formerHolder(meta));
}

/** Closes the lease of builds before version 2 for ever. What the last of them left behind is a gone process's. Returns the fault when one was faster. */
export async function closeFormer(collections: Collections, patience: Patience): Promise<Fault | undefined> {
  const { meta } = collections;
  await meta.updateOne({ _id: LEASE_ID }, { $setOnInsert: { ...CLOSED, epoch: 0 } }, { upsert: true });
  const lease = await meta.findOne({ _id: LEASE_ID });
  if (!lease || lease.holder === CLOSED.holder) return undefined;
  if ((lease.expiresAt ?? LONG_AGO) > LONG_AGO) await leaveBehind(collections, lease);
  const over = { _id: LEASE_ID, expiresAt: lease.expiresAt ?? LONG_AGO, $expr: { $lt: ["$expiresAt", "$$NOW"] } };
  const closed = await meta.updateOne(over, { $set: CLOSED });
  if (closed.matchedCount === 1) return undefined;
  return (await formerFault(collections, patience)) ?? closeFormer(collections, patience);
}

/** That process gave nothing back: what it sent last may still be on its way, for every stream there is. */
async function leaveBehind({ links, members, holds }: Collections, lease: MetaDocument): Promise<void> {
  const { holder = "unknown", host = "unknown", pid = 0, expiresAt = LONG_AGO } = lease;
  const name = `former ${holder}`;
  const times = { startedMs: 0, renewedAt: expiresAt, expiresAt };
  await ifNew(() => members.insertOne({ _id: name, role: "all", pid, host, version: "before 2", ...times, isAlone: true, isGone: true }));
  const streams: string[] = await links.distinct("stream");
  for (const stream of streams) await ifNew(() => holds.insertOne({ _id: stream, holder: name, turn: 1, leftAt: null }));
}

async function ifNew(insert: () => Promise<unknown>): Promise<void> {
  try {
    await insert();
  } catch (thrown) {
    if (!isDuplicate(thrown)) throw thrown;
  }
}
