import type { SealedKey } from "../../src/domain/sealed.ts";
import { Secret } from "../../src/domain/secret.ts";
import type { Vault } from "../../src/ports/vault.ts";

/** A vault that only turns every bit around, so that no scan takes what it sealed for a leak: for tests that are about something else. */
export function openTestVault(): Vault {
  return {
    locked: undefined,
    async seal(_purpose, fields): Promise<SealedKey> {
      const plain = Object.fromEntries(Object.entries(fields).map(([name, secret]) => [name, secret.reveal()]));
      return {
        version: 1,
        keyId: "test",
        wrappedKey: "",
        wrapNonce: "",
        nonce: "",
        ciphertext: turned(Buffer.from(JSON.stringify(plain))).toString("base64"),
      };
    },
    async open(_purpose, { ciphertext }) {
      const plain = JSON.parse(turned(Buffer.from(ciphertext, "base64")).toString()) as Record<string, string>;
      return Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, new Secret(value)]));
    },
    rewrap: async () => undefined,
  };
}

function turned(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte) => 0xff - byte));
}
