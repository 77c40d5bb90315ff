import { join } from "node:path";
import { expect, test } from "vitest";
import { settingList } from "../../config/schema.ts";
import { commandTable } from "../../docs/generate/commands.ts";
import { filled } from "../../docs/generate/markers.ts";
import { staleOutputs } from "../../docs/generate/outputs.ts";
import { envExample, settingsTable } from "../../docs/generate/settings.ts";
import { strategySummaries, strategyTable } from "../../docs/generate/strategies.ts";
import { catalogOf } from "../../src/chat/arg-info.ts";
import { parseLine } from "../../src/chat/line.ts";
import { strategyNamed, strategyNames } from "../../src/strategies/registry.ts";
import { loadCommands } from "../../src/system/loader.ts";

const ROOT = join(import.meta.dirname, "../..");

test("what is generated from the code is current; if not, run `npm run docs`", async () => {
  const stale = await staleOutputs(ROOT);
  expect(stale.map(({ path }) => path)).toEqual([]);
});

test("the command table names every command with its role and a line that can be typed", async () => {
  const commands = await loadCommands(join(ROOT, "commands"));
  const rows = commandTable(commands).split("\n").slice(2);
  expect(rows.map((row) => /^\| `([a-z ]+)` \|/.exec(row)?.[1])).toEqual([...commands.keys()].sort());
  for (const row of rows) {
    const [path, , role, example] = row.split(" | ").map((cell) => cell.replaceAll(/^\| | \|$|`/g, ""));
    expect(role).toBe(commands.get(path ?? "")?.role);
    expect(parseLine(example ?? "", catalogOf(commands))).toMatchObject({ path });
  }
});

test("the strategy tables name every strategy and every parameter with its default", () => {
  for (const name of strategyNames()) {
    expect(strategySummaries()).toContain(`| \`${name}\` | `);
    const presets = Object.entries(strategyNamed(name).params.parse({}));
    expect(presets.length).toBeGreaterThan(0);
    for (const [param, preset] of presets) expect(strategyTable()).toContain(`| \`${name}\` | \`${param}\` | ${preset} | `);
  }
});

test("the example environment and the README table have every setting", () => {
  for (const { name } of settingList) {
    expect(envExample(settingList)).toContain(`\n# ${name}=`);
    expect(settingsTable(settingList)).toContain(`| \`${name}\``);
  }
});

test("a marked part is replaced whole, again and again, and nothing else is touched", () => {
  const page = "# A\n<!-- generated:x -->\n<!-- /generated -->\ntext\n<!-- generated:y -->\nold\n\nold\n<!-- /generated -->\nend\n";
  const parts = new Map([
    ["x", "1"],
    ["y", "2"],
  ]);
  const once = filled(page, parts);
  expect(once).toBe("# A\n<!-- generated:x -->\n1\n<!-- /generated -->\ntext\n<!-- generated:y -->\n2\n<!-- /generated -->\nend\n");
  expect(filled(once, parts)).toBe(once);
});

test("an unknown part and an unclosed marker are refused", () => {
  expect(() => filled("<!-- generated:z -->\n<!-- /generated -->\n", new Map())).toThrow('nothing generates "z"');
  expect(() => filled("<!-- generated:x -->\nlost\n", new Map([["x", "1"]]))).toThrow("not closed");
});
