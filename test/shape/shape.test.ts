import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ambient } from "./rules/ambient.ts";
import { cycles, layers, packageOwners } from "./rules/layers.ts";
import { FILE_LINES_USUAL, fileLength, linesOf, noBarrels, noDeadFiles, noEscapes, noModuleState } from "./rules/modules.ts";
import { canariesOnly } from "./rules/secrets.ts";
import { ROOT, type Rule, readSources, report } from "./rules/source.ts";
import { wordList, workplaceFaults } from "./rules/words.ts";

/** Far fewer modules mean that the scan is broken, and a broken scan finds no fault. */
const MODULES_MIN = 60;

const sources = readSources(["src", "commands", "config", "shenron", "test", "docs", "bench", "bin"]);
const product = sources.filter(({ path }) => /^(?:src|commands|config)\//.test(path));

const RULES: readonly (readonly [string, Rule])[] = [
  ["a file imports from its own folder or a lower row", layers],
  ["a third-party package has one owner", packageOwners],
  ["no imports go in a circle", cycles],
  ["time, chance, environment and the terminal enter at one place each", ambient],
  ["no file is too long", fileLength],
  ["there are no barrels", noBarrels],
  ["no module keeps state", noModuleState],
  ["nobody escapes the type checker or the test run", noEscapes],
  ["names are the words of the word list", wordList],
  ["what a test enters as a secret is a canary", canariesOnly],
];

describe("the repository", () => {
  test("was read at all", () => {
    expect(product.length).toBeGreaterThan(MODULES_MIN);
    expect(product.flatMap(({ imports }) => imports).filter(({ target }) => target !== undefined).length).toBeGreaterThan(2 * MODULES_MIN);
    const known = new Set(sources.map(({ path }) => path));
    const broken = product.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => target !== undefined && !known.has(target) && !/\.json$/.test(target))
        .map(({ target }) => `${path} -> ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test.each(RULES)("keeps its shape: %s", (_name, rule) => {
    expect(report(rule(sources))).toBe("");
  });

  // Until the composition root exists there is nothing to be reached from.
  test.runIf(existsSync(join(ROOT, "src/main.ts")))("keeps its shape: no file is dead", () => {
    expect(report(noDeadFiles(sources))).toBe("");
  });

  test("has long files as an exception only", () => {
    const long = product.filter((source) => linesOf(source) > FILE_LINES_USUAL);
    expect(long.length, long.map(({ path }) => path).join(", ")).toBeLessThan(product.length / 5);
  });

  test("does not speak of who wrote it or where", () => {
    const tracked = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" }).split("\0").filter(Boolean);
    const texts = tracked.filter((path) => /\.(?:ts|js|md|json|yml|yaml|example)$|(?:^|\/)(?:LICENSE|Dockerfile)$/.test(path));
    const readable = texts.filter(
      (path) => path !== "package-lock.json" && !path.startsWith("test/fixtures/") && existsSync(join(ROOT, path)),
    );
    expect(readable.length).toBeGreaterThan(MODULES_MIN);
    expect(report(readable.flatMap((path) => workplaceFaults(path, readFileSync(join(ROOT, path), "utf8"))))).toBe("");
  });
});
