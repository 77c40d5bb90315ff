import { Secret } from "../../src/domain/secret.ts";
import type { Vault } from "../../src/ports/vault.ts";
import { KeyRing, type KeySettings } from "../../src/system/vault/key-ring.ts";
import { openVault } from "../../src/system/vault.ts";
import { seededChance } from "./fake-clock.ts";

/** A key of 32 equal bytes, as its setting would hold it. */
export function testKey(byte: number): Secret {
  return new Secret(Buffer.alloc(32, byte).toString("base64"));
}

export interface TestVaultOptions extends Partial<KeySettings> {
  readonly seed?: number;
  readonly register?: (value: string) => void;
}

/** The real vault under a key of its own, without a file. */
export function testVault({ seed = 5, register = () => undefined, ...settings }: TestVaultOptions = {}): Vault {
  const none = { keyEncryptionKey: undefined, keyEncryptionKeyPrevious: undefined, keyPassphrase: undefined, keyFile: "/nowhere/desk.key" };
  const chosen = Object.keys(settings).length === 0 ? { keyEncryptionKey: testKey(1) } : settings;
  const chance = seededChance(seed);
  return openVault({ ring: new KeyRing({ ...none, ...chosen }, chance), chance, register });
}
