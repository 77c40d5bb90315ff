import { describe, expect, test } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { shenronSettings } from "../../src/app/shenron.ts";
import { messageOf } from "../../src/domain/errors.ts";
import { canary } from "../kit/canary/canary.ts";

const SHENRON_KEY = canary("SHENRON key");
const SHENRON_URL = "http://127.0.0.1:8791";
const problemOf = (environment: Record<string, string>) =>
  shenronSettings(loadConfig(environment)).then((settings) => (settings ? "taken" : "no service"), messageOf);

describe("The settings of SHENRON", () => {
  test("belong together", async () => {
    expect(await problemOf({})).toBe("no service");
    expect(await problemOf({ SHENRON_URL, SHENRON_KEY })).toBe("taken");
    expect(await problemOf({ SHENRON_URL })).toBe("SHENRON_KEY: it is not set, and SHENRON_URL is. Set both, or none of them.");
    expect(await problemOf({ SHENRON_KEY })).toBe("SHENRON_URL: it is not set, and SHENRON_KEY is. Set both, or none of them.");
  });

  test("reach into a private network only where that is said, and never to where clouds keep credentials", async () => {
    const near = { SHENRON_URL: "https://192.168.1.20", SHENRON_KEY };
    expect(await problemOf(near)).toContain("Set SHENRON_PRIVATE=yes if that is meant.");
    expect(await problemOf({ ...near, SHENRON_PRIVATE: "yes" })).toBe("taken");
    for (const host of ["169.254.169.254", "[::ffff:169.254.169.254]", "0.0.0.0", "2852039166"])
      expect(await problemOf({ SHENRON_URL: `https://${host}`, SHENRON_KEY, SHENRON_PRIVATE: "yes" }), host).toContain("no service may be");
  });
});
