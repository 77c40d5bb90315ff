import { readFileSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConfigError } from "../../src/domain/errors.ts";
import { Secret } from "../../src/domain/secret.ts";
import { createLogger, type LogLevel } from "../../src/system/logger.ts";
import { SecretRegistry } from "../../src/system/secrets.ts";
import { canary } from "../kit/canary/canary.ts";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";

const CANARY = `${canary("exchange secret", 24)}/K+ey"with ünusual%chars'&<b>=`;
let folder = "";
beforeEach(() => {
  folder = temporaryFolder("log");
});
afterEach(() => discard(folder));

function logTo(level: LogLevel = "debug", secrets: string[] = [CANARY]) {
  const registry = new SecretRegistry();
  for (const secret of secrets) registry.register(secret);
  const file = join(folder, "inner", "desk.log");
  const logger = createLogger({ level, destination: { file }, secrets: registry });
  return { logger, registry, file, text: () => readFileSync(file, "utf8"), lines: () => parse(readFileSync(file, "utf8")) };
}

const parse = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Every way in which the canary could still be read out of a log. */
function leaksIn(text: string, canary: string): string[] {
  const url = new URL("http://host/path");
  url.username = canary;
  url.searchParams.set("key", canary);
  const forms = {
    raw: canary,
    json: JSON.stringify(canary).slice(1, -1),
    component: encodeURIComponent(canary),
    user: url.username,
    query: url.search.slice(5),
    base64: Buffer.from(canary).toString("base64").replace(/=+$/, ""),
    base64url: Buffer.from(canary).toString("base64url"),
    hex: Buffer.from(canary).toString("hex"),
    HEX: Buffer.from(canary).toString("hex").toUpperCase(),
  };
  const decoded = text.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => Buffer.from(escaped.replaceAll("%", ""), "hex").toString());
  const found = Object.entries(forms).flatMap(([name, form]) => (text.includes(form) ? [name] : []));
  return decoded.includes(canary) || decoded.includes(forms.json) ? [...found, "percent-decoded"] : found;
}

describe("the log", () => {
  test("writes one JSON object a line with level, UTC time, facts and sentence, at once", () => {
    const { logger, lines } = logTo("info");
    logger.debug({}, "not at this level");
    logger.info({ bot: "dip", level: "mine" }, "100 %s done");
    logger.child({ platform: "discord" }).warn({}, "slow");
    expect(lines()).toEqual([
      { level: "info", time: expect.stringMatching(/^\d{4}-.+Z$/), bot: "dip", level_: "mine", msg: "100 %s done" },
      { level: "warn", time: expect.any(String), platform: "discord", msg: "slow" },
    ]);
    logger.flush();
  });

  test("keeps an error's chain of causes with codes and frames, and drops what else hangs on it", () => {
    const { logger, lines } = logTo();
    const inner = Object.assign(new Error("refused"), { code: "ECONNREFUSED", config: { headers: { authorization: "x" } } });
    logger.error({ error: new Error("outer", { cause: new AggregateError([inner], "all failed") }) }, "no connection");
    const [line] = lines();
    expect(line?.error).toMatchObject({
      name: "Error",
      message: "outer",
      stack: expect.arrayContaining([expect.stringMatching(/^at .*logger\.test\.ts/)]),
      cause: { message: "all failed", errors: [{ message: "refused", code: "ECONNREFUSED" }] },
    });
    expect(JSON.stringify(line)).not.toContain("authorization");
  });

  test("survives circles, bottomless chains, throwing getters and odd types", () => {
    const { logger, lines } = logTo();
    const circle: Record<string, unknown> = { big: 10n, nan: Number.NaN, map: new Map([["k", new Set([1])]]), bytes: Buffer.from("abc") };
    circle.self = circle;
    const error = new Error("loop");
    error.cause = error;
    const trap = {
      get boom() {
        throw new Error("getter");
      },
    };
    logger.info({ circle, error, trap, many: Array.from({ length: 1_000 }, () => 1) }, "odd");
    expect(lines()[0]).toMatchObject({
      circle: { big: "10", nan: "NaN", map: { k: [1] }, bytes: "[3 bytes]", self: "[circular]" },
      trap: "[unreadable]",
      many: expect.arrayContaining(["[800 more]"]),
    });
  });

  test("is readable by its owner only", () => {
    const { logger, file } = logTo();
    logger.info({}, "x");
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("refuses a file that cannot be opened, naming the setting", () => {
    const destination = { file: join(import.meta.filename, "desk.log") };
    expect(() => createLogger({ level: "info", destination, secrets: new SecretRegistry() })).toThrow(ConfigError);
  });
});

describe("a secret never reaches the log", () => {
  const plant = (canary: string): Record<string, unknown> => ({
    plain: canary,
    [`key ${canary}`]: 1,
    list: [[{ a: { b: [canary] } }]],
    url: new URL(`https://example.test/?key=${encodeURIComponent(canary)}`),
    userInfo: `https://user:${encodeURIComponent(canary)}@example.test/`,
    query: new URLSearchParams({ key: canary }).toString(),
    basic: `Basic ${Buffer.from(`user:${canary}`).toString("base64")}`,
    base64url: Buffer.from(canary).toString("base64url"),
    hex: Buffer.from(canary).toString("hex").toUpperCase(),
    body: JSON.stringify({ request: JSON.stringify({ key: canary }) }),
    error: new Error(`failed with ${canary}`, { cause: new Error("inner", { cause: { deep: new Error(canary) } }) }),
    config: { apiKey: canary, nested: { clientSecret: canary } },
    map: new Map([[canary, new Set([canary])]]),
  });

  test("wherever it is planted", () => {
    const { logger, text, lines } = logTo();
    logger.error(plant(CANARY), `with ${CANARY} in the message`);
    logger.child(plant(CANARY)).info({}, "in the bindings");
    expect(leaksIn(text(), CANARY)).toEqual([]);
    expect(lines()[0]?.plain).toBe("[secret]");
    expect(Buffer.from(String(lines()[0]?.basic).slice(6), "base64").toString()).not.toContain(CANARY.slice(0, 8));
  });

  test("also when it is registered after the child logger was made", () => {
    const { logger, registry, text } = logTo("debug", []);
    const child = logger.child({ key: "late-secret-1" });
    registry.register("late-secret-1");
    child.info({}, "late-secret-1");
    expect(text()).not.toContain("late-secret-1");
  });

  test("whatever it is made of", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 40, unit: "grapheme" }), (canary) => {
        const { logger, file } = logTo("debug", [canary]);
        truncateSync(file);
        logger.warn(plant(canary), canary);
        expect(leaksIn(readFileSync(file, "utf8"), canary)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test("hidden by its key even when nobody registered it", () => {
    const { logger, text } = logTo();
    logger.info({ token: "unregistered", list: [{ a: { api_key: "unregistered", botToken: "unregistered" } }] }, "x");
    expect(text()).not.toContain("unregistered");
  });
});

describe("a Secret", () => {
  const secret = new Secret(canary("other secret"));

  test("is opened by reveal alone", () => {
    expect(secret.reveal()).toBe(canary("other secret"));
    const shown = [String(secret), `${secret}`, JSON.stringify({ secret }), inspect({ secret }, { depth: 9, showHidden: true })];
    expect(shown).toEqual(["[secret]", "[secret]", '{"secret":"[secret]"}', expect.stringContaining("[secret]")]);
    expect(shown.join()).not.toContain(canary("other secret", 16));
    expect(Object.keys(secret)).toEqual([]);
  });
});

describe("the registry of secrets", () => {
  test("leaves other text alone and ignores an empty value", () => {
    const registry = new SecretRegistry();
    expect(registry.scrub("nothing here")).toBe("nothing here");
    registry.register("");
    expect(registry.scrub("nothing here")).toBe("nothing here");
    registry.register("a.c(");
    expect(registry.scrub("abc( a.c( ")).toBe("abc( [secret] ");
  });

  test("scrubs a line in a few milliseconds at most while it holds ten secrets", () => {
    const registry = new SecretRegistry();
    for (let each = 0; each < 10; each++) registry.register(`${each}secret/${"kQ9+".repeat(12)}`);
    const line = JSON.stringify({ level: "info", msg: "a line of the usual length ".repeat(8), price: 50_000.5 });
    const startMs = performance.now();
    for (let each = 0; each < 200; each++) registry.scrub(line);
    expect((performance.now() - startMs) / 200).toBeLessThan(5);
  });

  test.each([
    ["backslashes", (count: number) => "\\".repeat(count)],
    ["quotes behind backslashes", (count: number) => '\\"'.repeat(count)],
    ["line ends between quotes", (count: number) => '"\n'.repeat(count)],
    ["percent signs", (count: number) => "%25".repeat(count)],
  ])("ends with a secret of many %s, also where a text is almost it, and hides it in every form", (_, run) => {
    const registry = new SecretRegistry();
    registry.register(`${run(40)}x`);
    for (const count of [39, 80, 160, 400]) {
      registry.scrub(`${run(count)}y`);
      registry.scrub(JSON.stringify({ text: `${run(count)}y` }));
    }
    const value = `${run(40)}x`;
    const asQuery = new URLSearchParams({ key: value }).toString();
    for (const text of [value, JSON.stringify(value), JSON.stringify(JSON.stringify(value)), asQuery, encodeURIComponent(value)])
      expect(registry.scrub(text)).toContain("[secret]");
  });

  test("keeps what settings and the store hold, and of people's secrets the newest hundred", () => {
    const registry = new SecretRegistry();
    registry.register("setting-1");
    registry.registerPassing("setting-1");
    for (let each = 1; each <= 101; each++) registry.registerPassing(`person-${each}-x`);
    registry.registerPassing("person-2-x");
    registry.registerPassing("person-102-x");
    expect(registry.scrub("setting-1 person-1-x person-2-x person-3-x person-4-x person-102-x")).toBe(
      "[secret] person-1-x [secret] person-3-x [secret] [secret]",
    );
    for (let each = 0; each < 60; each++) registry.registerPassing(`${each}`.padEnd(512, "\\"));
    expect(registry.scrub("setting-1 person-102-x")).toBe("[secret] person-102-x");
  });

  test("leaves the keys of a log line alone, also where a secret is such a word", () => {
    const { logger, lines } = logTo("info", ["level", "desk", "warn"]);
    logger.warn({ desk: "a desk", list: ["desk", { desk: 1 }], "key desk": 'x,"level":1' }, "level");
    expect(lines()[0]).toMatchObject({ level: "[secret]", desk: "a [secret]", list: ["[secret]", { desk: 1 }], msg: "[secret]" });
    expect(lines()[0]).toHaveProperty(["key [secret]"], 'x,"[secret]":1');
  });

  test("hides the longer of two secrets that begin alike", () => {
    const registry = new SecretRegistry();
    registry.register("secret-1");
    registry.register("secret-12345");
    expect(registry.scrub("secret-12345 secret-1")).toBe("[secret] [secret]");
  });
});
