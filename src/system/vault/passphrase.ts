import { type ScryptOptions, scrypt } from "node:crypto";
import type { Secret } from "../../domain/secret.ts";
import type { Chance } from "../../ports/clock.ts";
import { type EncryptionKey, fingerprint, KEY_BYTES } from "./envelope.ts";

/** 2^17 rounds over 128 MB: about half a second for the owner, and for each guess of who has the store's file. */
const COST_LOG2 = 17;
const BLOCK_SIZE = 8;
const SALT_BYTES = 16;
const BYTES_PER_ROUND = 128;
/** Salts whose keys are remembered; one is usual. */
const SALTS_MAX = 16;
const MADE = new RegExp(`^passphrase:${COST_LOG2}:([\\w-]{22}):([0-9a-f]+)$`);

/**
 * Keys made from a passphrase. The salt is no secret and stands in the key's id, so that it lies beside each seal in the store: the store's backup and the
 * words are all that a restore needs. A process goes on with the salt of the first seal that it opens.
 */
export class PassphraseKeys {
  readonly #words: Secret;
  readonly #chance: Chance;
  readonly #bySalt = new Map<string, Promise<EncryptionKey>>();
  #salt: string | undefined;

  constructor(words: Secret, chance: Chance) {
    this.#words = words;
    this.#chance = chance;
  }

  static made(keyId: string): boolean {
    return keyId.startsWith("passphrase:");
  }

  current(): Promise<EncryptionKey> {
    this.#salt ??= this.#chance.bytes(SALT_BYTES).toString("base64url");
    return this.#keyFor(this.#salt);
  }

  /** The key of that id, if these are the words that it was made from. */
  async named(keyId: string): Promise<EncryptionKey | undefined> {
    const [, salt] = MADE.exec(keyId) ?? [];
    if (salt === undefined) return undefined;
    const key = await this.#keyFor(salt);
    if (key.id !== keyId) return undefined;
    this.#salt ??= salt;
    return key;
  }

  #keyFor(salt: string): Promise<EncryptionKey> {
    const known = this.#bySalt.get(salt);
    if (known !== undefined) return known;
    const made = this.#make(salt);
    this.#bySalt.set(salt, made);
    const [oldest] = this.#bySalt.keys();
    if (this.#bySalt.size > SALTS_MAX && oldest !== undefined) this.#bySalt.delete(oldest);
    return made;
  }

  async #make(salt: string): Promise<EncryptionKey> {
    const rounds = 2 ** COST_LOG2;
    const options = { N: rounds, r: BLOCK_SIZE, p: 1, maxmem: 2 * BYTES_PER_ROUND * rounds * BLOCK_SIZE };
    const bytes = await derivedKey(this.#words.reveal().normalize("NFKC"), Buffer.from(salt, "base64url"), options);
    return { id: `passphrase:${COST_LOG2}:${salt}:${fingerprint(bytes)}`, bytes };
  }
}

function derivedKey(words: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(words, salt, KEY_BYTES, options, (failure, key) => (failure === null ? resolve(key) : reject(failure)));
  });
}
