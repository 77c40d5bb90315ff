import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { base32 } from "../../../src/chat/factors/totp.ts";
import { canariesIn, canary, encryptionKeyCanary, telegramCanary } from "./canary.ts";
import { watchRun } from "./global-setup.ts";
import { discard, keepForScan, leaksOf, RUN_FOLDER, refuseCanaries, temporaryFolder } from "./watch.ts";

const SECRET = canary("live secret");
const bytes = Buffer.from(SECRET);
const pairs = [...bytes].map((byte) => byte.toString(16));

test.each([
  ["as it is", SECRET],
  ["as it is", `cut: ${SECRET.slice(40)}`],
  ["as it is", encodeURIComponent(JSON.stringify({ a: JSON.stringify({ b: SECRET }) }))],
  ["in small letters", SECRET.toLowerCase()],
  ["in capitals", SECRET.toUpperCase()],
  ["backwards", [...SECRET].reverse().join("")],
  ["as base64", bytes.toString("base64")],
  ["as base64", Buffer.from(`user:${SECRET}`).toString("base64")],
  ["as base64", Buffer.from(`x${SECRET}`).toString("base64url")],
  ["as base32", base32(bytes)],
  ["as hex", bytes.toString("hex")],
  ["as hex", bytes.toString("hex").toUpperCase()],
  ["as spaced hex", pairs.join(" ")],
  ["percent-encoded", `%${pairs.join("%")}`],
  ["as JSON escapes", pairs.map((pair) => `\\u00${pair}`).join("")],
  ["as a list of bytes", JSON.stringify(bytes.toJSON())],
  ["as UTF-16", Buffer.from(SECRET, "utf16le").toString("latin1")],
])("a canary is found %s, with its name", (form, text) => {
  expect(canariesIn(Buffer.from(`before ${text} after`))).toContainEqual({ name: "live secret", form });
});

test("each canary of a shape of its own is found as well, one that was cut early without a name, and nothing is found in anything else", () => {
  expect(canariesIn(Buffer.from(telegramCanary()))).toEqual([{ name: "Telegram token", form: "as it is" }]);
  expect(canariesIn(Buffer.from(encryptionKeyCanary("key-encryption key")))).toEqual([{ name: "key-encryption key", form: "as base64" }]);
  expect(leaksOf("a note", Buffer.from(SECRET.slice(0, 12)))).toEqual(["the start of a secret (as it is) is in a note"]);
  expect(canariesIn(Buffer.from("a live secret in words, and 64 letters: ".concat("k".repeat(64))))).toEqual([]);
});

test("a folder of a test that holds a secret is deleted and fails the test, but for a file in which the secret belongs", () => {
  const folder = temporaryFolder("leak");
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "data", "desk.log"), `refused: ${SECRET}`);
  expect(() => discard(folder)).toThrow(`the live secret (as it is) is in ${join("data", "desk.log")}`);
  expect(existsSync(folder)).toBe(false);

  const other = temporaryFolder("leak");
  writeFileSync(join(other, "token"), SECRET);
  discard(other, { files: ["token"] });
});

test("a request may carry the secrets that are meant for whoever is asked, and no other", () => {
  const asked = `GET /?key=${canary("live key")}`;
  expect(() => refuseCanaries("the requests", asked)).toThrow("the live key (as it is) is in the requests");
  refuseCanaries("the requests", asked, { names: ["live key"] });
  expect(() => refuseCanaries("the requests", asked + SECRET, { names: ["live key"] })).toThrow("the live secret");
});

test("a run that printed or left a secret anywhere is told so, and one that did not is not", () => {
  const run = () => {
    const environment: NodeJS.ProcessEnv = {};
    const output = new PassThrough();
    return { environment, output, end: watchRun(environment, { output }) };
  };
  const clean = run();
  clean.output.write("all is well");
  expect(clean.end()).toEqual([]);
  expect(clean.environment).toEqual({});

  const leaking = run();
  expect(leaking.environment[RUN_FOLDER]).toBe(leaking.environment.TMPDIR);
  writeFileSync(join(leaking.environment.TMPDIR ?? "", "left-behind.db"), bytes.toString("base64"));
  leaking.output.write(`1 failed: ${SECRET}`);
  expect(leaking.end()).toEqual(["the live secret (as base64) is in left-behind.db", "the live secret (as it is) is in the run's output"]);
  expect(leaking.output.read().toString()).toBe(`1 failed: ${SECRET}`);
});

test("what processes print is kept until a watched run ends, and only then", () => {
  const environment: NodeJS.ProcessEnv = {};
  const end = watchRun(environment, {});
  keepForScan("stderr", `crash: ${SECRET}`, environment);
  expect(end()).toEqual([expect.stringMatching(/^the live secret \(as it is\) is in kept-for-the-scan\/stderr-[\w.-]+\.txt$/)]);
  keepForScan("stderr", `crash: ${SECRET}`, {});
});
