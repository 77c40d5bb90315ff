import { createHash } from "node:crypto";
import type { Streams } from "../ports/streams.ts";

const MARK_CHARS = 16;

/** A short name for something, from which the thing cannot be told: people's ids are in the names of streams. */
export function markOf(...parts: readonly (string | number)[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, MARK_CHARS);
}

/** What a desk is called at the service. It has no name of its own; hardly another began in that very millisecond of both clocks. */
export async function deskMark(streams: Streams): Promise<string> {
  const [first] = await streams.since("desk", 0, 1);
  return markOf("desk", first?.wallMs ?? 0, first?.marketMs ?? 0);
}
