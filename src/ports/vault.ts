import type { SealedKey } from "../domain/sealed.ts";
import type { Secret } from "../domain/secret.ts";

/** What opens an account at an exchange. */
export interface Credentials {
  readonly apiKey: Secret;
  readonly secret: Secret;
  /** Some exchanges want a third one. */
  readonly passphrase?: Secret;
}

/**
 * Seals secrets for the store and opens them again. Contract: what was sealed for one purpose opens for no other (an account's seal cannot be moved to
 * another account); a changed byte is refused; a locked vault neither seals nor opens.
 */
export interface Vault {
  /** Why nothing can be sealed or opened, as one sentence with its remedy; undefined when it works. */
  readonly locked: string | undefined;
  /** `purpose` binds the seal, as `account:main`. */
  seal(purpose: string, fields: Readonly<Record<string, Secret>>): Promise<SealedKey>;
  /** Throws UserError in one sentence when this vault cannot open it. What it opens is known to the scrubber from then on. */
  open(purpose: string, sealed: SealedKey): Promise<Readonly<Record<string, Secret>>>;
  /** Wraps the data key anew under the current key-encryption key, where an older one wrapped it; undefined when nothing is to do. */
  rewrap(purpose: string, sealed: SealedKey): Promise<SealedKey | undefined>;
}
