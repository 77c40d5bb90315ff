import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { settingList } from "../../config/schema.ts";
import { catalogOf } from "../../src/chat/arg-info.ts";
import { parseLine } from "../../src/chat/line.ts";
import { FIGURE_NAMES } from "../../src/reports/performance.ts";
import { loadCommands } from "../../src/system/loader.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGES = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
/** Upper-case names in the pages that are no settings of the desk. */
const OTHER_NAMES = new Set(["RECORDED_DIR", "NO_COLOR"]);

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

describe.each(PAGES)("%s", (page) => {
  test("links to pages that exist", () => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, target = ""]) => target);
    expect(links.filter((target) => !existsSync(join(ROOT, dirname(page), target)))).toEqual([]);
  });

  test("has whole tables: rows stand below a header and its line, without a blank line in between", () => {
    const lines = read(page)
      .replaceAll(/^```.*?^```/gms, "")
      .split("\n");
    const isRow = (line: string | undefined) => /^\s*\|/.test(line ?? "");
    const torn = lines.filter(
      (line, index) => isRow(line) && !isRow(lines[index - 1]) && !/^\s*\|[\s|:-]*-[\s|:-]*$/.test(lines[index + 1] ?? ""),
    );
    expect(torn).toEqual([]);
  });

  test("names files that exist", () => {
    const named = [...read(page).matchAll(/`((?:src|test|config|docs|commands|bin|\.ci)\/[\w./-]+)`/g)].map(([, path = ""]) => path);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test("names settings that exist", () => {
    const known = new Set(settingList.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name])));
    const named = [...read(page).matchAll(/\b[A-Z]{3,}(?:_[A-Z]+)+\b/g)].map(([name]) => name);
    expect(named.filter((name) => !known.has(name) && !OTHER_NAMES.has(name))).toEqual([]);
  });
});

test("the README runs and tests the desk in two commands, which the automatic run reads from there", () => {
  const blocks = [...read("README.md").matchAll(/```sh\n([^`]+)```/g)].map(([, code = ""]) => code.trim());
  expect(blocks.slice(0, 2)).toEqual(["npm ci && npm start", "npm ci && npm test"]);
  expect(blocks.filter((block) => /(?:^| )npm test$/m.test(block))).toHaveLength(1);
});

test("every command that the pages show can be typed", async () => {
  const catalog = catalogOf(await loadCommands(join(ROOT, "commands")));
  const nouns = [...new Set(catalog.map(({ path }) => path.split(" ")[0]))].filter((noun) => noun !== "help" && noun !== "panic");
  const line = new RegExp(`^/?(?:${nouns.join("|")})[ _][a-z]`);
  const shown = PAGES.flatMap((page) => {
    const quoted = [...read(page).matchAll(/(?:`|')((?:\/|[a-z])[^`'\n]+)(?:`|')/g)].map(([, text = ""]) => text);
    const alone = read(page)
      .split("\n")
      .map((text) => text.trim());
    return [...quoted, ...alone].filter((text) => line.test(text)).map((text) => ({ page, text }));
  });
  expect(shown.length).toBeGreaterThan(10);
  for (const { page, text } of shown) expect(parseLine(text, catalog), `${page}: ${text}`).toHaveProperty("path");
});

describe("the architecture page", () => {
  const architecture = read("ARCHITECTURE.md");

  test("maps every room", () => {
    const rooms = readdirSync(join(ROOT, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const map = architecture.slice(architecture.indexOf("## Code map"), architecture.indexOf("## Layers"));
    const table = architecture.slice(architecture.indexOf("## Layers"), architecture.indexOf("## Seven lives"));
    expect(rooms.length).toBeGreaterThan(10);
    for (const { name } of rooms) {
      expect(map).toContain(`| \`src/${name}/\` |`);
      expect(table).toContain(`\`src/${name}/\``);
    }
  });

  test("names, for each invariant, tests that exist by that name", () => {
    const section = architecture.slice(architecture.indexOf("## Invariants"), architecture.indexOf("## Equal input"));
    const rows = section.split("\n").filter((line) => /^\| \d+ \|/.test(line));
    expect(rows.length).toBeGreaterThan(10);
    const missing = rows.flatMap((row) => {
      const proofs = [...row.matchAll(/`(test\/[\w./-]+)`((?:: |, )"[^"]+")+/g)];
      if (proofs.length === 0) return [`${row.slice(0, 60)}: names no test`];
      return proofs.flatMap(([proof, file = ""]) => {
        const text = existsSync(join(ROOT, file)) ? read(file) : "";
        const names = [...proof.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name);
        return names.filter((name) => !text.includes(name)).map((name) => `${file}: ${name}`);
      });
    });
    expect(missing).toEqual([]);
  });
});

test("docs/statistics.md defines every figure that is shown, and no other", () => {
  const defined = [...read("docs/statistics.md").matchAll(/^\| ([A-Z][^|]*?) \|/gm)].map(([, name]) => name);
  expect(defined).toEqual(Object.values(FIGURE_NAMES));
});
