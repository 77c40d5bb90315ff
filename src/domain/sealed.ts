/**
 * Secrets at rest: an envelope. The fields are encrypted under a data key of their own, and the data key under the key-encryption key that `keyId`
 * names. All values are base64; none of them tells anything without that key.
 */
export interface SealedKey {
  readonly version: number;
  /** A short fingerprint of the key-encryption key, to tell a wrong one from a broken seal. */
  readonly keyId: string;
  readonly wrappedKey: string;
  readonly wrapNonce: string;
  readonly nonce: string;
  readonly ciphertext: string;
}
