import { join } from "node:path";
import { expect, test } from "vitest";
import { settingList } from "../../config/schema.ts";
import { filled } from "../../docs/generate/markers.ts";
import { staleOutputs } from "../../docs/generate/outputs.ts";
import { envExample, settingsTable } from "../../docs/generate/settings.ts";

test("what is generated from the code is current; if not, run `npm run docs`", () => {
  expect(staleOutputs(join(import.meta.dirname, "../..")).map(({ path }) => path)).toEqual([]);
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
