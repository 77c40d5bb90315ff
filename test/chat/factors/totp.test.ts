import { describe, expect, test } from "vitest";
import { base32, codeOf, enrolmentUri, fromBase32, stepAt } from "../../../src/chat/factors/totp.ts";

/** RFC 6238, appendix B: the seeds are these digits, repeated to the length of the hash. */
const seedOf = (length: number) => Buffer.from("1234567890".repeat(7).slice(0, length));
const VECTORS: readonly (readonly [seconds: number, sha1: string, sha256: string, sha512: string])[] = [
  [59, "94287082", "46119246", "90693936"],
  [1_111_111_109, "07081804", "68084774", "25091201"],
  [1_111_111_111, "14050471", "67062674", "99943326"],
  [1_234_567_890, "89005924", "91819424", "93441116"],
  [2_000_000_000, "69279037", "90698825", "38618901"],
  [20_000_000_000, "65353130", "77737706", "47863826"],
];

describe("the codes of RFC 6238", () => {
  test.each(VECTORS)("at %i seconds", (seconds, sha1, sha256, sha512) => {
    const step = stepAt(seconds * 1_000);
    expect(codeOf(seedOf(20), step, 8)).toBe(sha1);
    expect(codeOf(seedOf(32), step, 8, "sha256")).toBe(sha256);
    expect(codeOf(seedOf(64), step, 8, "sha512")).toBe(sha512);
    expect(codeOf(seedOf(20), step)).toBe(sha1.slice(2));
  });
});

test("RFC 4226's first ten codes", () => {
  const codes = Array.from({ length: 10 }, (_, step) => codeOf(seedOf(20), step));
  expect(codes).toEqual(["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]);
});

test("base32 writes what RFC 4648 says and reads it back", () => {
  const vectors = { f: "MY", fo: "MZXQ", foo: "MZXW6", foob: "MZXW6YQ", fooba: "MZXW6YTB", foobar: "MZXW6YTBOI" };
  for (const [text, written] of Object.entries(vectors)) {
    expect(base32(Buffer.from(text))).toBe(written);
    expect(fromBase32(written).toString()).toBe(text);
  }
});

test("the link for an authenticator names the desk, the person and the seed", () => {
  const uri = new URL(enrolmentUri("MZXW6YTBOI", "telegram:9"));
  expect(uri.protocol).toBe("otpauth:");
  expect(uri.href).toContain("ScalpStorm%3Atelegram%209");
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    secret: "MZXW6YTBOI",
    issuer: "ScalpStorm",
    algorithm: "SHA1",
    digits: "6",
    period: "30",
  });
});
