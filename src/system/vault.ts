import { UserError } from "../domain/errors.ts";
import type { SealedKey } from "../domain/sealed.ts";
import { Secret } from "../domain/secret.ts";
import type { Chance } from "../ports/clock.ts";
import type { Vault } from "../ports/vault.ts";
import { type EncryptionKey, openSeal, sealFields, wrapAnew } from "./vault/envelope.ts";
import type { KeyRing } from "./vault/key-ring.ts";

export interface VaultParts {
  readonly ring: KeyRing;
  readonly chance: Chance;
  /** What is sealed or opened is made known to the scrubber here. */
  readonly register: (value: string) => void;
}

/** Seals secrets under the key-encryption key of this process. Without one it is locked, and the desk runs without accounts at exchanges. */
export function openVault(parts: VaultParts): Vault {
  return new EnvelopeVault(parts);
}

class EnvelopeVault implements Vault {
  readonly #parts: VaultParts;
  /** Set once a seal was met that none of our keys made. What our keys do open stays open, but more seals would leave a desk that no single key opens. */
  #stranger: string | undefined;

  constructor(parts: VaultParts) {
    this.#parts = parts;
  }

  get locked(): string | undefined {
    return this.#parts.ring.problem();
  }

  async seal(purpose: string, fields: Readonly<Record<string, Secret>>): Promise<SealedKey> {
    if (this.#stranger !== undefined) throw new UserError(this.#stranger);
    const key = await this.#current();
    const values: Record<string, string> = {};
    for (const [name, secret] of Object.entries(fields)) {
      values[name] = secret.reveal();
      this.#parts.register(values[name]);
    }
    return sealFields(key, purpose, values, this.#parts.chance);
  }

  async open(purpose: string, sealed: SealedKey): Promise<Readonly<Record<string, Secret>>> {
    const values = openSeal(await this.#keyOf(sealed), purpose, sealed);
    for (const value of Object.values(values)) this.#parts.register(value);
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value)]));
  }

  async rewrap(purpose: string, sealed: SealedKey): Promise<SealedKey | undefined> {
    const key = await this.#current();
    if (sealed.keyId === key.id) return undefined;
    return wrapAnew(await this.#keyOf(sealed), key, purpose, sealed, this.#parts.chance);
  }

  async #current(): Promise<EncryptionKey> {
    const key = await this.#parts.ring.current();
    if (key === undefined) throw new UserError(this.#parts.ring.problem() ?? "The vault is locked.");
    return key;
  }

  async #keyOf(sealed: SealedKey): Promise<EncryptionKey> {
    const key = await this.#parts.ring.named(sealed.keyId);
    if (key !== undefined) return key;
    this.#stranger =
      `What is stored was encrypted under another key (${fingerprintOf(sealed.keyId)}) than this process has: ` +
      "set that key again, or bring its file back from the backup, and restart.";
    throw new UserError(this.#parts.ring.problem() ?? this.#stranger);
  }
}

function fingerprintOf(keyId: string): string {
  return keyId.split(":").at(-1)?.slice(0, 16) ?? "";
}
