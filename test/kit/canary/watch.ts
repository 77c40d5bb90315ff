import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type CanaryName, canariesIn, nameFound } from "./canary.ts";

/** Names the folder of a run that is scanned when it ends; unset where none is, as in the demo. */
export const RUN_FOLDER = "SCANNED_RUN_FOLDER";

/** Below the run's folder: what processes printed and counterparts were asked. It is looked at when the run ends. */
const KEPT = "kept-for-the-scan";

export interface Rightful {
  /** Names of files that are a secret's own place, such as one that a setting names. */
  readonly files?: readonly string[];
  /** Secrets that belong where they were found. */
  readonly names?: readonly CanaryName[];
}

/** An empty folder for a test, below the folder of the whole run. It ends with `discard`. */
export function temporaryFolder(purpose: string): string {
  return mkdtempSync(join(tmpdir(), `storm-${purpose}-`));
}

/** Deletes what a test wrote, and fails it when a secret lay there. */
export function discard(folder: string, rightful: Rightful = {}): void {
  const leaks = leaksBelow(folder, rightful);
  rmSync(folder, { recursive: true, force: true });
  refuse(leaks);
}

/** Keeps a text that would otherwise be in memory only until the whole run is scanned. Nothing happens where no run is watched. */
export function keepForScan(what: string, text: string, environment = process.env): void {
  const run = environment[RUN_FOLDER];
  if (run === undefined || text === "") return;
  const folder = join(run, KEPT);
  mkdirSync(folder, { recursive: true });
  const numbered = `${what}-${process.pid}-${performance.now()}`;
  writeFileSync(join(folder, `${numbered.replaceAll(/[^\w.-]+/g, "-")}.txt`), text);
}

/** Fails when a secret is in a text in which it has no business. */
export function refuseCanaries(where: string, text: string, { names = [] }: Rightful = {}): void {
  refuse(leaksOf(where, Buffer.from(text), names));
}

/** One sentence for each secret in a file below a folder; a file that vanishes meanwhile is none. */
export function leaksBelow(folder: string, { files = [], names = [] }: Rightful = {}): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => {
    if (!entry.isFile() || files.includes(entry.name)) return [];
    const path = join(entry.parentPath, entry.name);
    const bytes = bytesOf(path);
    return bytes === undefined ? [] : leaksOf(relative(folder, path), bytes, names);
  });
}

export function leaksOf(where: string, bytes: Buffer, rightful: readonly CanaryName[] = []): readonly string[] {
  const found = canariesIn(bytes).filter(({ name }) => name === undefined || !rightful.includes(name));
  return found.map((each) => `${nameFound(each)} is in ${where}`);
}

function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EACCES")) return undefined;
    throw error;
  }
}

function refuse(leaks: readonly string[]): void {
  if (leaks.length > 0) throw new Error(["A secret was found where it has no business:", ...leaks].join("\n- "));
}
