import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { type Command, type Commands, isCommand } from "../chat/command.ts";

/** Words of a command path: a noun and a verb, or one word. */
const PATH = /^[a-z]+( [a-z]+)?$/;

/**
 * Finds every command under a folder: its path is its name (`bot/start.ts` is `bot start`). Sorted.
 * Throws with the file's name on a bad export or a path that is no command's.
 */
export async function loadCommands(folder: string): Promise<Commands> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found
    .filter((entry) => entry.isFile() && /(?<!\.d)\.(ts|js)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const commands = new Map<string, Command>();
  for (const file of files) {
    const path = relative(folder, file)
      .replace(/\.(ts|js)$/, "")
      .split(sep)
      .join(" ");
    if (!PATH.test(path)) throw new Error(`${file}: expected a path such as bot/start.ts (small letters, at most one folder)`);
    if (commands.has(path)) throw new Error(`${file}: the command "${path}" exists twice`);
    commands.set(path, await commandIn(file));
  }
  return commands;
}

async function commandIn(file: string): Promise<Command> {
  let loaded: { default?: unknown };
  try {
    loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
  } catch (thrown) {
    throw new Error(`${file}: could not be loaded`, { cause: thrown });
  }
  if (!isCommand(loaded.default)) throw new Error(`${file}: expected \`export default defineCommand({...})\``);
  return loaded.default;
}
