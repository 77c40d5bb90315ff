import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../../..");
const COPIED: readonly string[] = ["src", "config", "test/kit", "test/simulation", "package.json", "tsconfig.json"];

/** One change of the sources: a text that must stand there exactly once, and what stands there instead. */
export interface Change {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/** A copy of what the simulation needs, in a folder of its own, with changes. Throws when a text is not found exactly once. */
export function copyWith(changes: readonly Change[]): { readonly folder: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), "storm-mutant-"));
  const remove = (): void => rmSync(root, { recursive: true, force: true });
  try {
    for (const path of COPIED) cpSync(join(ROOT, path), join(root, path), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
    for (const change of changes) {
      const path = join(root, change.file);
      writeFileSync(path, changed(readFileSync(path, "utf8"), change));
    }
    return { folder: join(root, "test/simulation"), remove };
  } catch (thrown) {
    remove();
    throw thrown;
  }
}

/** The text with its change. */
export function changed(text: string, { file, find, put }: Change): string {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(`expected this text once in ${file}, found it ${parts.length - 1} times; write the mutant anew:\n${find}`);
  return parts.join(put);
}
