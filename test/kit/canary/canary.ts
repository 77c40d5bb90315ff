import { createHash } from "node:crypto";
import { base32 } from "../../../src/chat/factors/totp.ts";

/**
 * Every secret that a test types, sets or stores is one of these. They are made here and nowhere else, and no source holds one: whoever
 * finds one in a file, on a screen or in a request has found a leak, never a test.
 */
const NAMES = [
  "exchange key",
  "exchange secret",
  "exchange passphrase",
  "other key",
  "other secret",
  "other passphrase",
  "demo key",
  "demo secret",
  "demo passphrase",
  "live key",
  "live secret",
  "live passphrase",
  "quoted key",
  "quoted secret",
  "page key",
  "page secret",
  "Discord token",
  "Telegram token",
  "heartbeat address",
  "key-encryption key",
  "previous key-encryption key",
  "key-encryption passphrase",
  "other passphrase of the key-encryption key",
  "seed of a second factor",
  "SHENRON key",
  "store password",
  "store root password",
  "model key",
] as const;

export type CanaryName = (typeof NAMES)[number];

/** As long as Binance's keys. */
const KEY_CHARS = 64;
const MARK_CHARS = 10;
const OWN_CHARS = 6;
const ENCRYPTION_KEY_BYTES = 32;
/** What follows the colon in a token that BotFather hands out. */
const TELEGRAM_CHARS = 35;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** What all of them have in common, and nothing else in the world has; a digit makes sure that each looks like a key. */
const MARK = `${drawn("the mark of every canary", MARK_CHARS - 1)}7`;

/** A secret of letters and digits. The mark and its own letters alternate through all of it, so that a part of it is known as well. */
export function canary(name: CanaryName, chars = KEY_CHARS): string {
  return unitOf(name)
    .repeat(Math.ceil(chars / unitOf(name).length))
    .slice(0, chars);
}

/** A token as BotFather makes them. */
export function telegramCanary(botId = 123_456_789): string {
  return `${botId}:${canary("Telegram token", TELEGRAM_CHARS)}`;
}

/** A key-encryption key as its setting holds it: base64 of 32 bytes. */
export function encryptionKeyCanary(name: "key-encryption key" | "previous key-encryption key"): string {
  return Buffer.from(canary(name, ENCRYPTION_KEY_BYTES)).toString("base64");
}

/** A secret in a text, and how it was written there. */
export interface FoundCanary {
  /** Undefined where it was cut before its own letters. */
  readonly name: CanaryName | undefined;
  readonly form: string;
}

/** Which canaries are in these bytes, in any of the forms in which a secret travels. A megabyte takes some milliseconds. */
export function canariesIn(bytes: Buffer): readonly FoundCanary[] {
  return FORMS.flatMap(([form, write]): FoundCanary[] => {
    const has = (text: string) => write(text).some((needle) => bytes.includes(needle));
    if (!has(MARK)) return [];
    const names = NAMES.filter((name) => has(unitOf(name)));
    return names.length === 0 ? [{ name: undefined, form }] : names.map((name) => ({ name, form }));
  });
}

/** A finding as words; never the secret itself. */
export function nameFound({ name, form }: FoundCanary): string {
  return `the ${name ?? "start of a secret"} (${form})`;
}

function unitOf(name: CanaryName): string {
  return MARK + drawn(name, OWN_CHARS);
}

function drawn(seed: string, chars: number): string {
  const digest = createHash("sha256").update(seed).digest();
  return [...digest.subarray(0, chars)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join("");
}

const bytesOf = (text: string) => [...Buffer.from(text)];

/** How a text looks after each way of writing it; percent signs, JSON and HTML leave letters and digits alone. */
const FORMS: readonly (readonly [form: string, write: (text: string) => readonly Buffer[]])[] = [
  ["as it is", (text) => [Buffer.from(text)]],
  ["in small letters", (text) => [Buffer.from(text.toLowerCase())]],
  ["in capitals", (text) => [Buffer.from(text.toUpperCase())]],
  ["backwards", (text) => [Buffer.from([...text].reverse().join(""))]],
  ["as base64", (text) => base64Of(text)],
  ["as base32", (text) => [Buffer.from(base32(Buffer.from(text)).replace(/.$/, ""))]],
  ["as hex", (text) => hexOf(text, "")],
  ["as spaced hex", (text) => hexOf(text, " ")],
  ["percent-encoded", (text) => hexOf(text, "%")],
  ["as JSON escapes", (text) => hexOf(text, "\\u00")],
  ["as a list of bytes", (text) => [",", ", "].map((comma) => Buffer.from(bytesOf(text).join(comma)))],
  ["as UTF-16", (text) => [Buffer.from(text, "utf16le")]],
];

/** Without what neighbours share: at each of the three alignments, in both alphabets. */
function base64Of(text: string): readonly Buffer[] {
  return [0, 1, 2].flatMap((lead) => {
    const shifted = Buffer.concat([Buffer.alloc(lead), Buffer.from(text)]);
    const inner = shifted.subarray(lead === 0 ? 0 : 3, shifted.length - (shifted.length % 3));
    return [inner.toString("base64"), inner.toString("base64url")].map((form) => Buffer.from(form));
  });
}

function hexOf(text: string, between: string): readonly Buffer[] {
  const small = bytesOf(text).map((byte) => byte.toString(16).padStart(2, "0"));
  return [small, small.map((pair) => pair.toUpperCase())].map((pairs) => Buffer.from(pairs.join(between)));
}
