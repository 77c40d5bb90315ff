import type { News, StoredEvent } from "../../ports/store.ts";
import { LinkRows } from "./link-rows.ts";
import type { Collections } from "./schemas.ts";

type Links = Collections["links"];

/**
 * What is new in streams that this process does not hold: one look at the ends of all of them, side by side in one index, and where something is new one
 * write for the newest links of all of them, so that what was given out is never undone.
 */
export async function newsIn(links: Links, after: ReadonlyMap<string, number>, limit: number): Promise<News> {
  if (after.size === 0) return { rows: new Map(), more: new Set() };
  if (limit <= 0) return { rows: new Map(), more: new Set(after.keys()) };
  const { found, more } = await gather(links, after, limit);
  return { rows: await kept(links, found), more };
}

/** Links in the order of the index: one stream after the other, until there is no more room. */
async function gather(links: Links, after: ReadonlyMap<string, number>, limit: number) {
  const found = new Map<string, LinkRows>();
  const changed = new Set<string>();
  const ends = [...after].map(([stream, sequence]) => ({ stream, count: { $gt: 0 }, last: { $gt: sequence } }));
  // Without the hint each end would be planned for itself, which takes longer than to look at it.
  const order = { hint: "one_sequence", sort: { stream: 1, last: 1 } } as const;
  const cursor = links.find({ $or: ends }, { ...order, limit, batchSize: limit, readConcern: "majority" });
  let left = limit;
  let cutAt: string | undefined;
  try {
    for await (const link of cursor) {
      const { stream } = link;
      if (changed.has(stream)) continue;
      const rows = found.get(stream) ?? new LinkRows(after.get(stream) ?? 0, left);
      found.set(stream, rows);
      const before = rows.rows.length;
      if (!rows.add(link)) changed.add(stream);
      left -= rows.rows.length - before;
      if (left > 0) continue;
      cutAt = stream;
      break;
    }
  } finally {
    await cursor.close();
  }
  if (cutAt === undefined) return { found, more: changed };
  // Where the look ended, and after it in the order of the server.
  const unread = [...after.keys()].filter((stream) => stream === cutAt || changed.has(stream) || !found.has(stream));
  return { found, more: new Set(unread) };
}

/** Keeps the newest link of each stream as it is, all in one write; what its writer has undone meanwhile is left out. */
async function kept(links: Links, found: ReadonlyMap<string, LinkRows>): Promise<Map<string, StoredEvent[]>> {
  const unseen = [...found.values()].flatMap(({ newest }) => (newest && newest.isSeen !== true ? [newest._id] : []));
  const undone = new Set(await undoneOf(links, unseen));
  const rows = new Map<string, StoredEvent[]>();
  for (const [stream, gathered] of found) {
    const given = gathered.newest && undone.has(String(gathered.newest._id)) ? gathered.withoutNewest() : gathered.rows;
    if (given.length > 0) rows.set(stream, given);
  }
  return rows;
}

async function undoneOf(links: Links, ids: readonly LinkId[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const seen = await links.updateMany({ _id: { $in: [...ids] }, count: { $gt: 0 } }, { $set: { isSeen: true } });
  if (seen.matchedCount === ids.length) return [];
  const there = await links.find({ _id: { $in: [...ids] }, isSeen: true }, { projection: { _id: 1 }, readConcern: "majority" }).toArray();
  const stay = new Set(there.map(({ _id }) => String(_id)));
  return ids.map(String).filter((id) => !stay.has(id));
}

type LinkId = NonNullable<LinkRows["newest"]>["_id"];
