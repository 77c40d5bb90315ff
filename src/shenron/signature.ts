import { createHmac, timingSafeEqual } from "node:crypto";
import type { Secret } from "../domain/secret.ts";

/** How far apart the clocks of both sides may be. */
export const SKEW_MAX_MS = 60_000;

export const TIMESTAMP_HEADER = "shenron-timestamp";
export const KEY_HEADER = "idempotency-key";
export const SIGNATURE_HEADER = "shenron-signature";

/** What is signed. None of the parts before the body can hold a line break, so that no two requests have one text. */
export interface Signed {
  readonly method: string;
  readonly path: string;
  readonly timestampMs: number;
  readonly idempotencyKey: string;
  readonly body: string;
}

/** `v1=` and the HMAC-SHA256 in hex of method, path, timestamp, idempotency key and body, one a line. */
export function signatureOf({ method, path, timestampMs, idempotencyKey, body }: Signed, key: Secret): string {
  const signed = [method, path, timestampMs, idempotencyKey, body].join("\n");
  return `v1=${createHmac("sha256", key.reveal()).update(signed).digest("hex")}`;
}

/** Whether a signature is right, in a time that tells nothing about the right one. */
export function isSignedBy(signature: string, signed: Signed, key: Secret): boolean {
  const right = Buffer.from(signatureOf(signed, key));
  const given = Buffer.from(signature);
  return given.length === right.length && timingSafeEqual(given, right);
}
