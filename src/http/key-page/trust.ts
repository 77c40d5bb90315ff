import { createHash, timingSafeEqual } from "node:crypto";

/** Compares in a time that tells nothing of where they differ, nor of their lengths. */
export function sameToken(expected: string, found: string): boolean {
  const [a, b] = [expected, found].map((text) => createHash("sha256").update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

/** Whether a Host header names this machine. */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/i.test(host);
}
