import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Change, changed } from "../../simulation/mutants/copy.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
/** What a desk runs of the repository. */
const PRODUCT = ["bin", "src", "commands", "config", "package.json"] as const;

/** A copy of the product with changes of its sources: another version of it, that is. */
export interface Build {
  readonly version: string;
  /** What Node is given to start it. */
  readonly entry: string;
}

/** Makes a build in a folder that is not there yet. Throws when a text that is to be changed is not found exactly once. */
export function buildWith(folder: string, version: string, changes: readonly Change[]): Build {
  mkdirSync(folder);
  for (const path of PRODUCT) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const numbered: Change = { file: "package.json", find: `"version": "${ownVersion()}"`, put: `"version": "${version}"` };
  for (const change of [numbered, ...changes]) {
    const path = join(folder, change.file);
    writeFileSync(path, changed(readFileSync(path, "utf8"), change));
  }
  return { version, entry: join(folder, "bin/scalpstorm.js") };
}

/** The version of the sources as they are. */
export function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly version: string };
  return version;
}
