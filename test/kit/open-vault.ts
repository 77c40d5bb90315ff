import type { SealedKey } from "../../src/domain/sealed.ts";
import { Secret } from "../../src/domain/secret.ts";
import type { Vault } from "../../src/ports/vault.ts";

/** A vault that writes secrets down as they are: for tests that are about something else. */
export function openTestVault(): Vault {
  return {
    locked: undefined,
    async seal(_purpose, fields): Promise<SealedKey> {
      const plain = Object.fromEntries(Object.entries(fields).map(([name, secret]) => [name, secret.reveal()]));
      return { version: 1, keyId: "test", wrappedKey: "", wrapNonce: "", nonce: "", ciphertext: JSON.stringify(plain) };
    },
    async open(_purpose, { ciphertext }) {
      const plain = JSON.parse(ciphertext) as Record<string, string>;
      return Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, new Secret(value)]));
    },
    rewrap: async () => undefined,
  };
}
