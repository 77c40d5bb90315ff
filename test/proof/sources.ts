import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix, resolve } from "node:path";
import type { UnitResult } from "./state.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** Commands and platforms are found by their folders, so that a real process may load all of the product. */
const PRODUCT = ["src", "commands", "config", "bin"];
const HASH_DIGITS = 16;

/** What is loaded wherever an engine is, and made only where several processes share a desk. */
const SHARED: readonly string[] = ["src/engine/cluster/", "test/simulation/cluster/"];

interface Entry {
  readonly files: readonly string[];
  readonly isProcess: boolean;
  /** Folders that are named and not run. */
  readonly except?: readonly string[];
}

/** What a part of the proof runs: everything that these files name, and the whole product where a real process is started. */
const ENTRIES: Readonly<Record<UnitResult["part"], Entry>> = {
  kills: { files: ["test/proof/kills.ts"], isProcess: true },
  live: { files: ["test/proof/live.ts"], isProcess: true },
  cluster: { files: ["test/proof/cluster.ts"], isProcess: true },
  crashes: { files: ["test/proof/crashes.ts"], isProcess: false },
  simulation: { files: ["test/proof/simulation.ts", "test/simulation/worker.ts"], isProcess: false, except: SHARED },
  instances: { files: ["test/proof/simulation.ts", "test/simulation/worker.ts"], isProcess: false },
};
/** How a proof is kept and shown is no part of what it proves. */
const CLERKS: ReadonlySet<string> = new Set(["test/proof/state.ts"]);
/** A relative file in quotes: an import, or one that a thread or a process is started with. */
const NAMED = /["'](\.\.?\/[^"'\n]+\.ts)["']/g;

/** One name for the contents of all files that a part of the proof runs: a row counts for exactly these, and a change elsewhere proves nothing anew. */
export function sourcesOf(part: UnitResult["part"]): string {
  const hash = createHash("sha256");
  for (const [path, text] of filesOf(part)) hash.update(`${path}\n${text}\n`);
  return hash.digest("hex").slice(0, HASH_DIGITS);
}

/** The texts of the files that a part of the proof runs, sorted by path. */
export function filesOf(part: UnitResult["part"]): Map<string, string> {
  const { files, isProcess, except = [] } = ENTRIES[part];
  const found = new Map<string, string>();
  if (isProcess) for (const path of PRODUCT.flatMap(filesBelow)) follow(path, found, except);
  for (const path of files) follow(path, found, except);
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => posix.relative(ROOT, posix.join(parentPath, name)));
}

/** Adds a file and what it names. A text may name a file that is only made in memory. */
function follow(path: string, found: Map<string, string>, except: readonly string[]): void {
  if (found.has(path) || CLERKS.has(path) || except.some((folder) => path.startsWith(folder)) || !existsSync(join(ROOT, path))) return;
  const text = readFileSync(join(ROOT, path), "utf8");
  found.set(path, text);
  for (const [, named = ""] of text.matchAll(NAMED)) follow(posix.join(posix.dirname(path), named), found, except);
}
