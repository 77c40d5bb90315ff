import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { catalogOf } from "../../src/chat/arg-info.ts";
import { loadCommands } from "../../src/system/loader.ts";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";

let folder: string;

beforeEach(async () => {
  folder = temporaryFolder("commands");
  await mkdir(join(folder, "bot"));
});

afterEach(() => discard(folder));

test("every command and argument that a person can type is on record", async () => {
  const commands = await loadCommands(join(import.meta.dirname, "../../commands"));
  const lines = catalogOf(commands).flatMap(({ path, summary, args, example }) => [
    `${path}: ${summary}`,
    ...args.map(({ name, kind, required, choices, completes, summary: what }) => {
      const marks = [kind, required ? "required" : "optional", completes ? "completes" : "", choices.join("|")].filter(
        (mark) => mark !== "",
      );
      return `  ${name} (${marks.join(", ")}): ${what}`;
    }),
    `  $ ${example}`,
  ]);
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("registry.txt");
});

test("a file without a command is refused by its name", async () => {
  await writeFile(join(folder, "bot", "start.ts"), "export default 42;\n");
  await expect(loadCommands(folder)).rejects.toThrow(/bot.start\.ts: expected `export default defineCommand/);
});

test("a file that cannot be loaded is named", async () => {
  await writeFile(join(folder, "bot", "start.ts"), 'throw new Error("no");\n');
  await expect(loadCommands(folder)).rejects.toThrow(/bot.start\.ts: could not be loaded/);
});

test("a path that no one could type is refused", async () => {
  await writeFile(join(folder, "bot", "Start-2.ts"), "export default 42;\n");
  await expect(loadCommands(folder)).rejects.toThrow(/Start-2\.ts: expected a path such as bot\/start\.ts/);
});
