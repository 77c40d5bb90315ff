import { timingSafeEqual } from "node:crypto";

/** Compares a code with what was typed, in a time that tells nothing of where they differ. Case and outer spaces do not count. */
export function sameCode(code: string, typed: string): boolean {
  const clean = typed.trim().toLowerCase();
  const expected = Buffer.from(code);
  const found = Buffer.alloc(expected.length);
  found.write(clean);
  return timingSafeEqual(expected, found) && Buffer.byteLength(clean) === expected.length;
}
