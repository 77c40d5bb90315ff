import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { settingList } from "../../config/schema.ts";
import { loadCommands } from "../../src/system/loader.ts";
import { commandTable } from "./commands.ts";
import { liveSchema } from "./live.ts";
import { filled, type Parts } from "./markers.ts";
import { openApiText } from "./openapi.ts";
import { ruleFunctions } from "./rules.ts";
import { envExample, settingsTable } from "./settings.ts";
import { shenronContract } from "./shenron.ts";
import { strategySummaries, strategyTable } from "./strategies.ts";

export interface Output {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** Markdown files whose marked parts are generated, as far as they exist. */
const MARKDOWN_FILES = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "docs/operating.md",
  "docs/strategies.md",
  "docs/rules.md",
  "docs/glossary.md",
];

/** Everything that is derived from the code, as it should stand on the disk. A new generator is one more entry in `parts`. */
export async function outputs(root: string): Promise<Output[]> {
  const commands = await loadCommands(join(root, "commands"));
  const parts: Parts = new Map([
    ["settings", settingsTable(settingList)],
    ["commands", commandTable(commands)],
    ["rule-functions", ruleFunctions()],
    ["strategies", strategySummaries()],
    ["strategy-parameters", strategyTable()],
  ]);
  const pages = MARKDOWN_FILES.filter((path) => existsSync(join(root, path)));
  return [
    { path: ".env.example", text: envExample(settingList) },
    { path: "docs/shenron.openapi.json", text: shenronContract() },
    { path: "docs/live.schema.json", text: liveSchema() },
    { path: "docs/openapi.json", text: await openApiText(commands) },
    ...pages.map((path) => ({ path, text: filled(readFileSync(join(root, path), "utf8"), parts) })),
  ];
}

/** Those outputs whose file is missing or differs. */
export async function staleOutputs(root: string): Promise<Output[]> {
  const all = await outputs(root);
  return all.filter(({ path, text }) => !existsSync(join(root, path)) || readFileSync(join(root, path), "utf8") !== text);
}
