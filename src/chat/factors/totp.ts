import { createHmac } from "node:crypto";

/** A code is good for one step (RFC 6238 with the values that every authenticator takes: SHA-1, 6 digits, 30 s). */
export const STEP_MS = 30_000;
export const DIGITS = 6;
/** RFC 4226 asks for 160 bits. */
export const SEED_BYTES = 20;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BITS_PER_LETTER = 5;

/** The step that an instant lies in. */
export function stepAt(epochMs: number): number {
  return Math.floor(epochMs / STEP_MS);
}

/** The code of a step (RFC 4226, section 5.3). */
export function codeOf(seed: Uint8Array, step: number, digits = DIGITS, hash = "sha1"): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(hash, seed).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/** Base32 (RFC 4648) without padding, as authenticators read it. */
export function base32(bytes: Uint8Array): string {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => ALPHABET.charAt(Number.parseInt(group.padEnd(BITS_PER_LETTER, "0"), 2))).join("");
}

/** The bytes that `base32` wrote. */
export function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(BITS_PER_LETTER, "0")).join("");
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}

/** What an authenticator takes as a link or a QR code. */
export function enrolmentUri(seed: string, user: string): string {
  const issuer = "ScalpStorm";
  const label = `${issuer}:${user.replace(":", " ")}`;
  return `otpauth://totp/${encodeURIComponent(label)}?secret=${seed}&issuer=${issuer}&algorithm=SHA1&digits=${DIGITS}&period=${STEP_MS / 1_000}`;
}
