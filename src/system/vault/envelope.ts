import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import { UserError } from "../../domain/errors.ts";
import type { SealedKey } from "../../domain/sealed.ts";
import type { Chance } from "../../ports/clock.ts";

const CIPHER = "aes-256-gcm";
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 1;
const FINGERPRINT_CHARS = 16;

/** A key-encryption key with the id that seals name it by. */
export interface EncryptionKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/** A short name of a key that tells nothing of it. */
export function fingerprint(key: Buffer): string {
  return createHmac("sha256", key).update("scalpstorm key id").digest("hex").slice(0, FINGERPRINT_CHARS);
}

/** Encrypts the fields under a data key of their own, and that one under the key-encryption key. */
export function sealFields(key: EncryptionKey, purpose: string, fields: Readonly<Record<string, string>>, chance: Chance): SealedKey {
  const dataKey = chance.bytes(KEY_BYTES);
  try {
    const nonce = chance.bytes(NONCE_BYTES);
    const ciphertext = encrypt(dataKey, nonce, contentBinding(purpose), Buffer.from(JSON.stringify(fields), "utf8"));
    return { ...wrapped(key, purpose, dataKey, chance), nonce: text(nonce), ciphertext: text(ciphertext) };
  } finally {
    dataKey.fill(0);
  }
}

/** The fields of a seal. Throws UserError when anything of it, or its purpose, is not as it was sealed. */
export function openSeal(key: EncryptionKey, purpose: string, sealed: SealedKey): Readonly<Record<string, string>> {
  const dataKey = unwrapped(key, purpose, sealed);
  try {
    const content = decrypt(dataKey, bytes(sealed.nonce), contentBinding(purpose), bytes(sealed.ciphertext));
    return JSON.parse(content.toString("utf8")) as Record<string, string>;
  } finally {
    dataKey.fill(0);
  }
}

/** The same seal with its data key wrapped under another key; what was encrypted stays as it is. */
export function wrapAnew(from: EncryptionKey, to: EncryptionKey, purpose: string, sealed: SealedKey, chance: Chance): SealedKey {
  // A seal whose content is broken is not given a new wrapping, which would look like proof that it is whole.
  openSeal(from, purpose, sealed);
  const dataKey = unwrapped(from, purpose, sealed);
  try {
    return { ...sealed, ...wrapped(to, purpose, dataKey, chance) };
  } finally {
    dataKey.fill(0);
  }
}

function wrapped(key: EncryptionKey, purpose: string, dataKey: Buffer, chance: Chance) {
  const wrapNonce = chance.bytes(NONCE_BYTES);
  const wrappedKey = encrypt(key.bytes, wrapNonce, wrapBinding(purpose, key.id), dataKey);
  return { version: VERSION, keyId: key.id, wrappedKey: text(wrappedKey), wrapNonce: text(wrapNonce) };
}

function unwrapped(key: EncryptionKey, purpose: string, sealed: SealedKey): Buffer {
  if (sealed.version !== VERSION)
    throw new UserError(
      `A stored key has version ${sealed.version}; this build reads version ${VERSION}. Start the newer build that wrote it.`,
    );
  return decrypt(key.bytes, bytes(sealed.wrapNonce), wrapBinding(purpose, sealed.keyId), bytes(sealed.wrappedKey));
}

/** What a wrapped data key is good for: nothing of it can be moved to another purpose, version or key. */
function wrapBinding(purpose: string, keyId: string): Buffer {
  return Buffer.from(JSON.stringify(["wrap", VERSION, purpose, keyId]), "utf8");
}

/** The content is not bound to the key-encryption key, so that a rotation leaves it as it is. */
function contentBinding(purpose: string): Buffer {
  return Buffer.from(JSON.stringify(["content", VERSION, purpose]), "utf8");
}

function encrypt(key: Buffer, nonce: Buffer, binding: Buffer, content: Buffer): Buffer {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(binding);
  return Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, nonce: Buffer, binding: Buffer, sealed: Buffer): Buffer {
  if (nonce.length !== NONCE_BYTES || sealed.length < TAG_BYTES) throw new UserError(BROKEN);
  const split = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(binding);
  decipher.setAuthTag(sealed.subarray(split));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, split)), decipher.final()]);
  } catch {
    throw new UserError(BROKEN);
  }
}

const BROKEN =
  "A stored key is not as it was sealed, or was sealed for something else: enter it again, or restore the store from its backup.";

const text = (value: Buffer): string => value.toString("base64");

/** Only the one text that `text` makes of these bytes is taken: base64 has others for the same. */
function bytes(value: string): Buffer {
  const read = Buffer.from(value, "base64");
  if (text(read) !== value) throw new UserError(BROKEN);
  return read;
}
