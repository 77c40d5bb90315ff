import type { News, StoredEvent } from "../ports/store.ts";

/** What is new in many streams, where each of them can be looked at for next to nothing: the streams have the limit in their order. */
export function newsOf(
  after: ReadonlyMap<string, number>,
  limit: number,
  read: (stream: string, afterSequence: number, limit: number) => StoredEvent[],
): News {
  const rows = new Map<string, StoredEvent[]>();
  const more = new Set<string>();
  let left = Math.max(0, limit);
  for (const [stream, sequence] of after) {
    // One more than there is room for tells whether something is left over.
    const found = read(stream, sequence, left + 1);
    if (found.length > left) more.add(stream);
    const fitting = found.slice(0, left);
    if (fitting.length > 0) rows.set(stream, fitting);
    left -= fitting.length;
  }
  return { rows, more };
}
