import { EXAMPLE_KEY } from "../../../config/schema.ts";
import type { Secret } from "../../domain/secret.ts";
import type { Chance } from "../../ports/clock.ts";
import { type EncryptionKey, fingerprint } from "./envelope.ts";
import { type KeyFile, makeKeyFile, readKeyFile } from "./key-file.ts";
import { PassphraseKeys } from "./passphrase.ts";

/** Where the key-encryption key may come from, in this order; the file is made when there is nothing else. */
export interface KeySettings {
  readonly keyEncryptionKey: Secret | undefined;
  readonly keyEncryptionKeyPrevious: Secret | undefined;
  readonly keyPassphrase: Secret | undefined;
  readonly keyFile: string;
}

/**
 * The keys of this process. What is sealed from now on is sealed under the first that is set; every other one still opens, so that a desk can move from
 * a file to a key, or from a passphrase to a key, by setting the new one and rotating.
 */
export class KeyRing {
  readonly #settings: KeySettings;
  readonly #chance: Chance;
  readonly #passphrase: PassphraseKeys | undefined;
  #file: KeyFile | undefined;

  constructor(settings: KeySettings, chance: Chance) {
    this.#settings = settings;
    this.#chance = chance;
    this.#passphrase = settings.keyPassphrase && new PassphraseKeys(settings.keyPassphrase, chance);
  }

  /** Why there is no key to seal with, as one sentence with its remedy. */
  problem(): string | undefined {
    const { keyEncryptionKey, keyFile } = this.#settings;
    if (keyEncryptionKey?.reveal() === EXAMPLE_KEY)
      return "KEY_ENCRYPTION_KEY is the example of the documentation, which everybody knows: make one with `openssl rand -base64 32` and restart.";
    if (keyEncryptionKey !== undefined || this.#passphrase !== undefined) return undefined;
    this.#file ??= readKeyFile(keyFile);
    return "problem" in this.#file ? this.#file.problem : undefined;
  }

  /** The key that new seals are made with; undefined when there is a problem. */
  async current(): Promise<EncryptionKey | undefined> {
    if (this.problem() !== undefined) return undefined;
    const { keyEncryptionKey, keyFile } = this.#settings;
    if (keyEncryptionKey !== undefined) return keyOf(keyEncryptionKey);
    if (this.#passphrase !== undefined) return this.#passphrase.current();
    if (this.#file === undefined || "missing" in this.#file) this.#file = makeKeyFile(keyFile, this.#chance);
    return "key" in this.#file ? named(this.#file.key) : undefined;
  }

  /** The key that a seal names, if this process has it. */
  async named(keyId: string): Promise<EncryptionKey | undefined> {
    const { keyEncryptionKey, keyEncryptionKeyPrevious, keyFile } = this.#settings;
    if (PassphraseKeys.made(keyId)) return this.#passphrase?.named(keyId);
    for (const setting of [keyEncryptionKey, keyEncryptionKeyPrevious]) {
      const key = setting && keyOf(setting);
      if (key?.id === keyId) return key;
    }
    this.#file ??= readKeyFile(keyFile);
    const kept = "key" in this.#file ? named(this.#file.key) : undefined;
    return kept?.id === keyId ? kept : undefined;
  }
}

function keyOf(setting: Secret): EncryptionKey {
  return named(Buffer.from(setting.reveal(), "base64"));
}

function named(bytes: Buffer): EncryptionKey {
  return { id: `key:${fingerprint(bytes)}`, bytes };
}
