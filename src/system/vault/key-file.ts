import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../../domain/errors.ts";
import type { Chance } from "../../ports/clock.ts";
import { KEY_BYTES } from "./envelope.ts";

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const OTHERS = 0o077;
const SUFFIX_LENGTH = 8;

export type KeyFile = { readonly key: Buffer } | { readonly missing: true } | { readonly problem: string };

/** Reads the key of a file: 32 bytes in base64, for its owner only. */
export function readKeyFile(file: string): KeyFile {
  try {
    const text = readFileSync(file, "utf8").trim();
    const key = Buffer.from(text, "base64");
    if (key.length !== KEY_BYTES || key.toString("base64") !== text)
      return {
        problem: `The key file ${file} does not hold a key of ${KEY_BYTES} bytes in base64: bring it back from the backup and restart.`,
      };
    if (process.platform !== "win32" && (statSync(file).mode & OTHERS) !== 0)
      return { problem: `The key file ${file} can be read by others: \`chmod 600\` it and restart.` };
    return { key };
  } catch (thrown) {
    if (isCode(thrown, "ENOENT")) return { missing: true };
    return { problem: `The key file ${file} cannot be read (${messageOf(thrown)}): correct who may read it and restart.` };
  }
}

/** Makes a key file that is whole and durable before anyone can find it; one that exists is never replaced. */
export function makeKeyFile(file: string, chance: Chance): KeyFile {
  const unfinished = `${file}.${chance.token(SUFFIX_LENGTH)}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: FOLDER_MODE });
    writeDurably(unfinished, `${chance.bytes(KEY_BYTES).toString("base64")}\n`);
    linkSync(unfinished, file);
    syncFolder(dirname(file));
  } catch (thrown) {
    if (!isCode(thrown, "EEXIST"))
      return {
        problem: `The key file ${file} cannot be made (${messageOf(thrown)}): name another one with KEY_FILE, or set KEY_ENCRYPTION_KEY.`,
      };
  } finally {
    rmSync(unfinished, { force: true });
  }
  return readKeyFile(file);
}

function writeDurably(file: string, text: string): void {
  const handle = openSync(file, "wx", FILE_MODE);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A file is found after a power cut only when its folder is on the disk as well. Windows has no such call and does not need it. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function isCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === code;
}
