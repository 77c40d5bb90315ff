import { describe, expect, test } from "vitest";
import { ambient } from "./rules/ambient.ts";
import { cycles, layers, packageOwners } from "./rules/layers.ts";
import { fileLength, noBarrels, noDeadFiles, noEscapes, noModuleState } from "./rules/modules.ts";
import { canariesOnly } from "./rules/secrets.ts";
import { parseSource, type Rule, report } from "./rules/source.ts";
import { wordList, workplaceFaults } from "./rules/words.ts";

/** What a rule says about files given as path and text. */
const judge = (rule: Rule, files: Record<string, string>) =>
  report(rule(Object.entries(files).map(([path, text]) => parseSource(path, text))));
const importing = (target: string) => `import type { X } from "${target}";\nexport type Y = X;\n`;

describe("the rule of layers", () => {
  test.each([
    ["src/engine/a.ts", "../chat/b.ts"],
    ["src/chat/a.ts", "../reports/b.ts"],
    ["src/domain/a.ts", "../../config/load.ts"],
    ["src/ports/a.ts", "../risk/b.ts"],
    ["commands/bot/a.ts", "../../src/stores/sqlite.ts"],
    ["src/platforms/discord.ts", "./telegram.ts"],
    ["src/platforms/discord/a.ts", "../telegram/b.ts"],
    ["src/stores/url.ts", "./sqlite.ts"],
    ["src/app.ts", "../test/kit/fake-clock.ts"],
  ])("refuses that %s imports %s", (path, target) => {
    expect(judge(layers, { [path]: importing(target) })).toContain(`${path}:1 may not import`);
  });

  test.each([
    ["src/engine/a.ts", "./inner/b.ts"],
    ["src/main.ts", "./app.ts"],
    ["src/app.ts", "./stores/sqlite.ts"],
    ["src/platforms/discord.ts", "./discord/a.ts"],
    ["src/platforms/discord/a.ts", "./b.ts"],
    ["src/stores/sqlite.ts", "./url.ts"],
    ["commands/bot/a.ts", "../common.ts"],
    ["config/load.ts", "../src/domain/errors.ts"],
  ])("allows that %s imports %s", (path, target) => {
    expect(judge(layers, { [path]: importing(target) })).toBe("");
  });

  test("sees re-exports, dynamic imports and imports in types, and files without a layer", () => {
    for (const text of ['export * from "../app.ts";', 'await import("../app.ts");', 'type A = import("../app.ts").B;']) {
      expect(judge(layers, { "src/chat/a.ts": text }), text).toContain("may not import src/app.ts");
    }
    expect(judge(layers, { "src/utils/a.ts": "" })).toContain("lies in no layer");
  });
});

test("a package is imported by its owner only, and the world by plugs only", () => {
  expect(judge(packageOwners, { "src/chat/a.ts": 'import "discord.js";' })).toContain("only");
  expect(judge(packageOwners, { "src/chat/a.ts": 'import "left-pad";' })).toContain("give it an owner");
  expect(judge(packageOwners, { "src/chat/a.ts": 'import "node:fs/promises";' })).toContain("belong to the plugs");
  expect(judge(packageOwners, { "src/engine/a.ts": 'import "node:sqlite";' })).toContain("node:sqlite");
  expect(judge(packageOwners, { "src/platforms/discord/a.ts": 'import "discord.js";\nimport "zod";\nimport "node:fs";' })).toBe("");
});

test("a circle of imports is found, and a diamond is none", () => {
  const circle = { "src/chat/a.ts": importing("./b.ts"), "src/chat/b.ts": importing("./c.ts"), "src/chat/c.ts": importing("./a.ts") };
  expect(judge(cycles, circle)).toContain("src/chat/a.ts -> src/chat/b.ts -> src/chat/c.ts -> src/chat/a.ts");
  const diamond = {
    "src/chat/a.ts": importing("./b.ts") + importing("./c.ts"),
    "src/chat/b.ts": importing("./d.ts"),
    "src/chat/c.ts": importing("./d.ts"),
    "src/chat/d.ts": "",
  };
  expect(judge(cycles, diamond)).toBe("");
});

describe("the rule of ambient facts", () => {
  test.each([
    "Date.now()",
    "globalThis.Date.now()",
    "const now = Date.now;",
    "new Date()",
    "new Date",
    "Date()",
    "performance.now()",
    "setTimeout(f, 1)",
    "setInterval(f)",
    "Math.random()",
    "crypto.randomUUID()",
    "process.env.HOME",
    'process["stdout"]',
    "const { env: e } = process;",
    "process.stdin.read()",
    'import { randomBytes } from "node:crypto";',
    'import { setTimeout } from "node:timers/promises";',
    "globalThis.setTimeout(f)",
  ])("refuses %s", (text) => {
    expect(judge(ambient, { "src/engine/a.ts": text })).toContain("instead");
  });

  test("allows them at the edge, and dates and hashes anywhere", () => {
    const text = "Date.now(); setTimeout(f, 1); Math.random(); process.env.HOME;";
    expect(
      judge(ambient, { "src/system/a.ts": text, "src/main.ts": text, "src/platforms/terminal.ts": "process.stdin; process.stdout;" }),
    ).toBe("");
    expect(
      judge(ambient, {
        "src/engine/a.ts": 'new Date(0); // Date.now()\nconst a = "Math.random()"; import { createHash } from "node:crypto";',
      }),
    ).toBe("");
    expect(judge(ambient, { "src/system/a.ts": "process.stdout.write(x)" })).toContain("terminal");
  });
});

test("long files, barrels and module state are refused with what to do", () => {
  expect(judge(fileLength, { "src/chat/a.ts": "\n".repeat(301).concat("x") })).toContain("split it");
  expect(judge(fileLength, { "src/chat/a.ts": "x\n".repeat(300) })).toBe("");
  expect(judge(noBarrels, { "src/chat/index.ts": "" })).toContain("barrel");
  for (const text of [
    "let a = 1;",
    "export let a = 1;",
    "var a;",
    "const a = new Map();",
    "const a: string[] = [];",
    "export const a = [1];",
    "export default new Set();",
  ]) {
    expect(judge(noModuleState, { "src/chat/a.ts": text }), text).not.toBe("");
  }
  const fine =
    "const a: ReadonlySet<string> = new Set(); const b = [1] as const; const c: readonly number[] = []; const f = () => { let x = []; return x; };";
  expect(judge(noModuleState, { "src/chat/a.ts": fine })).toBe("");
});

test("a file that nothing reaches is dead; commands and strategies are found by path", () => {
  const alive = {
    "src/main.ts": importing("./app.ts"),
    "src/app.ts": "",
    "commands/help.ts": importing("../src/chat/b.ts"),
    "src/chat/b.ts": "",
  };
  expect(judge(noDeadFiles, alive)).toBe("");
  expect(judge(noDeadFiles, { ...alive, "src/chat/c.ts": importing("./b.ts") })).toBe(
    "src/chat/c.ts:1 is not reached from src/main.ts: wire it in src/app.ts or delete it",
  );
});

test("escapes from the type checker and tests that do not run are refused", () => {
  const directive = ["// @ts", "ignore"].join("-");
  for (const text of [
    "let a: any;",
    "b as unknown as string;",
    directive,
    "test.only('a', f);",
    "describe.each([1]).only('a', f);",
    "test.skip('a', f);",
  ]) {
    expect(judge(noEscapes, { "test/a.test.ts": text }), text).not.toBe("");
  }
  expect(
    judge(noEscapes, {
      "test/a.test.ts": "test.skip('a', f); // because the exchange has no such order\nlist.skip(1); const any = 1; a as string;",
    }),
  ).toBe("");
});

test("names use the words of the list, texts may use any", () => {
  expect(judge(wordList, { "src/chat/a.ts": "const lastTrade = 1;" })).toContain("order or fill");
  expect(judge(wordList, { "src/chat/a.ts": "function f(kline: X) {}" })).toContain("candle");
  expect(judge(wordList, { "src/chat/a.ts": 'const traded = "a trade"; const repair = 1; venue.fetchTrades();' })).toBe("");
});

test("workplace words and outside paths are found in any text", () => {
  const outside = ["..", "shared", "x"].join("/");
  expect(report(workplaceFaults("README.md", `a\nby ${["Clau", "de"].join("")}`))).toContain("README.md:2");
  expect(report(workplaceFaults("docs/a.md", outside))).toContain("outside the repository");
  expect(workplaceFaults("test/kit/recorded.ts", outside)).toEqual([]);
  expect(workplaceFaults("README.md", "an agent of the exchange; shared work; ../sharedness")).toEqual([]);
});

test("secrets that are no canaries, and folders that nobody searches, are refused in tests", () => {
  for (const text of [
    'new Secret("hunter2hunter2")',
    'const a = { apiKey: "0123456789abcdef" };',
    "const a = { DISCORD_TOKEN: `a-token-that-is-wrong` };",
    'const a = { secret: "s".repeat(64) };',
    'mkdtempSync(join(tmpdir(), "x-"));',
    'await fs.mkdtemp("x");',
  ]) {
    expect(judge(canariesOnly, { "test/a.test.ts": text }), text).toContain("instead");
    expect(judge(canariesOnly, { "src/system/a.ts": text, "test/kit/canary/a.ts": text }), text).toBe("");
  }
  const fine = 'new Secret(canary("live key")); const a = { apiKey: "abc", secret: KEY }; temporaryFolder("x");';
  expect(judge(canariesOnly, { "test/a.test.ts": fine })).toBe("");
});
