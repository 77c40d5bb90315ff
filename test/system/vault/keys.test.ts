import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EXAMPLE_KEY } from "../../../config/schema.ts";
import { Secret } from "../../../src/domain/secret.ts";
import { canary } from "../../kit/canary/canary.ts";
import { discard, temporaryFolder } from "../../kit/canary/watch.ts";
import { testKey, testVault } from "../../kit/test-vault.ts";

const MAIN = "account:main";
const FIELDS = { apiKey: new Secret(canary("exchange key")) };
const WORDS = new Secret(canary("key-encryption passphrase"));

let folder: string;
let keyFile: string;

beforeEach(async () => {
  folder = temporaryFolder("vault");
  keyFile = join(folder, "keys", "desk.key");
});

afterEach(() => discard(folder));

describe("the key file", () => {
  test("is made by the first seal, for its owner only, and opens it after a restart", async () => {
    const vault = testVault({ keyFile });
    expect(vault.locked).toBeUndefined();
    await expect(stat(keyFile)).rejects.toThrow("ENOENT");
    const sealed = await vault.seal(MAIN, FIELDS);
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "keys"))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, "keys"))).toEqual(["desk.key"]);
    expect((await testVault({ keyFile, seed: 6 }).open(MAIN, sealed)).apiKey?.reveal()).toBe(canary("exchange key"));
  });

  test("of another process that was quicker is taken as it is", async () => {
    const [one, two] = [testVault({ keyFile, seed: 6 }), testVault({ keyFile, seed: 7 })];
    expect([one.locked, two.locked]).toEqual([undefined, undefined]);
    const sealed = await one.seal(MAIN, FIELDS);
    expect((await two.seal(MAIN, FIELDS)).keyId).toBe(sealed.keyId);
  });

  test("is never made anew while something was sealed with the one that is gone", async () => {
    const sealed = await testVault({ keyFile }).seal(MAIN, FIELDS);
    await rm(keyFile);
    const vault = testVault({ keyFile, seed: 6 });
    await expect(vault.open(MAIN, sealed)).rejects.toThrow("bring its file back from the backup");
    await expect(vault.seal(MAIN, FIELDS)).rejects.toThrow("bring its file back from the backup");
    await expect(stat(keyFile)).rejects.toThrow("ENOENT");
  });

  test.each([
    ["empty", ""],
    ["cut", "AAAA"],
    ["no key at all", "hello, this is not base64 of thirty-two bytes"],
  ])("locks the vault when it is %s", async (_how, content) => {
    await mkdir(join(folder, "keys"));
    await writeFile(keyFile, content, { mode: 0o600 });
    const vault = testVault({ keyFile });
    expect(vault.locked).toMatch(/does not hold a key of 32 bytes.*backup/);
    await expect(vault.seal(MAIN, FIELDS)).rejects.toThrow("does not hold a key");
    expect(await readFile(keyFile, "utf8")).toBe(content);
  });

  test.runIf(process.platform !== "win32")("locks the vault while others can read it", async () => {
    await testVault({ keyFile }).seal(MAIN, FIELDS);
    await chmod(keyFile, 0o640);
    expect(testVault({ keyFile }).locked).toMatch(/can be read by others: `chmod 600`/);
  });

  test("that cannot be made is told in one sentence", async () => {
    await writeFile(join(folder, "keys"), "a file where a folder should be");
    await expect(testVault({ keyFile }).seal(MAIN, FIELDS)).rejects.toThrow(/cannot be (made|read).*\./);
  });

  test("still opens once a key is set, so that a rotation can leave it behind", async () => {
    const sealed = await testVault({ keyFile }).seal(MAIN, FIELDS);
    const vault = testVault({ keyFile, keyEncryptionKey: testKey(3) });
    const anew = await vault.rewrap(MAIN, sealed);
    await rm(keyFile);
    expect((await testVault({ keyFile, keyEncryptionKey: testKey(3) }).open(MAIN, anew!)).apiKey?.reveal()).toBe(canary("exchange key"));
  });
});

describe("a passphrase", () => {
  test("opens with the store alone, and gives a later process the salt of the first", async () => {
    const sealed = await testVault({ keyPassphrase: WORDS }).seal(MAIN, FIELDS);
    const later = testVault({ keyPassphrase: WORDS, seed: 6 });
    expect((await later.open(MAIN, sealed)).apiKey?.reveal()).toBe(canary("exchange key"));
    expect((await later.seal(MAIN, FIELDS)).keyId).toBe(sealed.keyId);
  });

  test("that is another one opens nothing", async () => {
    const sealed = await testVault({ keyPassphrase: WORDS }).seal(MAIN, FIELDS);
    const vault = testVault({ keyPassphrase: new Secret(canary("other passphrase of the key-encryption key")) });
    await expect(vault.open(MAIN, sealed)).rejects.toThrow("another key");
    await expect(testVault().open(MAIN, sealed)).rejects.toThrow("another key");
  });

  test("is not weakened by a changed store", async () => {
    const sealed = await testVault({ keyPassphrase: WORDS }).seal(MAIN, FIELDS);
    const weak = { ...sealed, keyId: sealed.keyId.replace(":17:", ":1:") };
    await expect(testVault({ keyPassphrase: WORDS }).open(MAIN, weak)).rejects.toThrow("another key");
  });
});

test("the key that the documentation shows locks the vault", async () => {
  const vault = testVault({ keyEncryptionKey: new Secret(EXAMPLE_KEY) });
  expect(vault.locked).toContain("everybody knows");
  await expect(vault.seal(MAIN, FIELDS)).rejects.toThrow("everybody knows");
});
