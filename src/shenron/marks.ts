import { createHash } from "node:crypto";

const MARK_CHARS = 16;

/** A short name for something, from which the thing cannot be told: people's ids are in the names of streams. */
export function markOf(...parts: readonly (string | number)[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, MARK_CHARS);
}
