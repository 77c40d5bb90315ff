import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SealedKey } from "../../../src/domain/sealed.ts";
import { Secret } from "../../../src/domain/secret.ts";
import { SecretRegistry } from "../../../src/system/secrets.ts";
import { canary } from "../../kit/canary/canary.ts";
import { testKey, testVault } from "../../kit/test-vault.ts";

const MAIN = "account:main";
const FIELDS = { apiKey: new Secret(canary("exchange key")), secret: new Secret(`${canary("exchange secret")} \u{1f511}`) };
const PARTS = ["keyId", "wrappedKey", "wrapNonce", "nonce", "ciphertext"] as const;

const shown = (fields: Readonly<Record<string, Secret>>) =>
  Object.fromEntries(Object.entries(fields).map(([name, secret]) => [name, secret.reveal()]));

describe("the vault", () => {
  test("opens what it sealed, under any name and with any text", async () => {
    const vault = testVault();
    const fields = fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => name !== "__proto__"),
      fc.string({ unit: "grapheme" }),
    );
    await fc.assert(
      fc.asyncProperty(fc.string(), fields, async (purpose, values) => {
        const secrets = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value)]));
        expect(shown(await vault.open(purpose, await vault.seal(purpose, secrets)))).toEqual({ ...values });
      }),
    );
  });

  test("shows nothing of what it sealed", async () => {
    const sealed = JSON.stringify(await testVault().seal(MAIN, FIELDS));
    for (const value of ["canary", Buffer.from("canary").toString("base64").slice(0, 7)]) expect(sealed).not.toContain(value);
  });

  test("refuses a seal of which any byte is another", async () => {
    const vault = testVault();
    const sealed = await vault.seal(MAIN, FIELDS);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PARTS), fc.nat(), fc.integer({ min: 1, max: 127 }), async (part, at, change) => {
        const text = sealed[part];
        const place = at % text.length;
        const changed = String.fromCharCode(text.charCodeAt(place) ^ change);
        const broken: SealedKey = { ...sealed, [part]: text.slice(0, place) + changed + text.slice(place + 1) };
        await expect(testVault().open(MAIN, broken)).rejects.toThrow(/another key|not as it was sealed/);
      }),
      { numRuns: 300 },
    );
  });

  test("refuses a seal that was cut or padded, and one of another version", async () => {
    const vault = testVault();
    const sealed = await vault.seal(MAIN, FIELDS);
    for (const part of PARTS.filter((each) => each !== "keyId")) {
      for (const text of ["", sealed[part].slice(4), `${sealed[part]}AAAA`, `${sealed[part]}=`, ` ${sealed[part]}`])
        await expect(vault.open(MAIN, { ...sealed, [part]: text }), part).rejects.toThrow(/not as it was sealed/);
    }
    await expect(vault.open(MAIN, { ...sealed, version: 2 })).rejects.toThrow(/newer build/);
  });

  test("opens a seal for the purpose that it was made for and for no other", async () => {
    const vault = testVault();
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (purpose, other) => {
        fc.pre(purpose !== other);
        const sealed = await vault.seal(purpose, FIELDS);
        await expect(vault.open(other, sealed)).rejects.toThrow("not as it was sealed, or was sealed for something else");
        await expect(
          testVault({ keyEncryptionKey: testKey(2), keyEncryptionKeyPrevious: testKey(1) }).rewrap(other, sealed),
        ).rejects.toThrow("sealed for something else");
      }),
      { numRuns: 50 },
    );
  });

  test("refuses a seal that was put together from two others of the same purpose", async () => {
    const vault = testVault();
    const [one, two] = [await vault.seal(MAIN, FIELDS), await vault.seal(MAIN, FIELDS)];
    for (const part of PARTS.filter((each) => each !== "keyId"))
      await expect(vault.open(MAIN, { ...one, [part]: two[part] }), part).rejects.toThrow("not as it was sealed");
  });

  test("never uses a nonce or a data key twice", async () => {
    const vault = testVault();
    const seals = await Promise.all(Array.from({ length: 200 }, () => vault.seal(MAIN, FIELDS)));
    const values = seals.flatMap(({ nonce, wrapNonce, wrappedKey, ciphertext }) => [nonce, wrapNonce, wrappedKey, ciphertext]);
    expect(new Set(values).size).toBe(800);
  });

  test("makes what it seals and opens known to the scrubber", async () => {
    const [sealing, opening] = [new SecretRegistry(), new SecretRegistry()];
    const sealed = await testVault({ keyEncryptionKey: testKey(1), register: (value) => sealing.register(value) }).seal(MAIN, FIELDS);
    expect(sealing.scrub(`key ${canary("exchange key")}`)).toBe("key [secret]");
    await testVault({ keyEncryptionKey: testKey(1), register: (value) => opening.register(value) }).open(MAIN, sealed);
    expect(opening.scrub(`key ${canary("exchange key")}`)).toBe("key [secret]");
  });
});

describe("a vault with another key", () => {
  test("says so, and seals nothing more until it is restarted with the right one", async () => {
    const sealed = await testVault().seal(MAIN, FIELDS);
    const vault = testVault({ keyEncryptionKey: testKey(2) });
    expect(vault.locked).toBeUndefined();
    await expect(vault.open(MAIN, sealed)).rejects.toThrow(/encrypted under another key .* set that key again/);
    await expect(vault.seal(MAIN, FIELDS)).rejects.toThrow("another key");
  });

  test("still opens what its own key sealed, so that one lost key does not take the other accounts along", async () => {
    const theirs = await testVault().seal(MAIN, FIELDS);
    const vault = testVault({ keyEncryptionKey: testKey(2) });
    const ours = await vault.seal(MAIN, FIELDS);
    await expect(vault.open(MAIN, theirs)).rejects.toThrow("another key");
    expect(vault.locked).toBeUndefined();
    expect(shown(await vault.open(MAIN, ours))).toEqual(shown(FIELDS));
  });

  test("opens with the former key what is not wrapped anew yet, and wraps it anew without touching what was encrypted", async () => {
    const sealed = await testVault().seal(MAIN, FIELDS);
    const both = testVault({ keyEncryptionKey: testKey(2), keyEncryptionKeyPrevious: testKey(1) });
    expect(shown(await both.open(MAIN, sealed))).toEqual(shown(FIELDS));
    const anew = await both.rewrap(MAIN, sealed);
    expect(anew).toMatchObject({ nonce: sealed.nonce, ciphertext: sealed.ciphertext });
    expect(await both.rewrap(MAIN, anew!)).toBeUndefined();
    expect(shown(await testVault({ keyEncryptionKey: testKey(2) }).open(MAIN, anew!))).toEqual(shown(FIELDS));
    await expect(testVault().open(MAIN, anew!)).rejects.toThrow("another key");
  });

  test("does not wrap anew what is broken", async () => {
    const sealed = await testVault().seal(MAIN, FIELDS);
    const both = testVault({ keyEncryptionKey: testKey(2), keyEncryptionKeyPrevious: testKey(1) });
    const broken = { ...sealed, ciphertext: (await testVault({ seed: 9 }).seal(MAIN, FIELDS)).ciphertext };
    await expect(both.rewrap(MAIN, broken)).rejects.toThrow("not as it was sealed");
  });
});
