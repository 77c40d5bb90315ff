import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { settingList } from "../../../config/schema.ts";
import { messageOf } from "../../domain/errors.ts";
import { parseStoreUrl } from "../../stores/url.ts";
import { readKeyFile } from "../../system/vault/key-file.ts";
import { type Finding, fail, type Look, ok, warn } from "./finding.ts";

const MIB = 1_048_576;
const FREE_WARN_BYTES = 1_024 * MIB;
const FREE_FAIL_BYTES = 200 * MIB;
const OTHERS = 0o077;
const OTHERS_READ = 0o004;
/** Where containers are handed their secrets, in the stack those of secrets/desk at /secrets: what closes them is outside, and closed themselves they could not be read. */
const HANDED_IN = /^\/(run\/)?secrets\//;

/** Folders in which the desk writes: whether it may, and how much room there is. */
export function diskFindings({ config }: Look): readonly Finding[] {
  const store = parseStoreUrl(config.storeUrl);
  const files = [...(store.scheme === "sqlite" ? [store.file] : []), config.panicFile, config.logFile];
  const folders = new Set(files.map((file) => nearest(dirname(resolve(file)))));
  const findings = [...folders].map(folderFinding);
  const bad = findings.filter(({ grade }) => grade !== "ok");
  return bad.length > 0 ? bad : findings.slice(0, 1);
}

function folderFinding(folder: string): Finding {
  if (!statSync(folder).isDirectory()) return fail("disk", `${folder} is a file and no folder`, "Name a place whose parents are folders.");
  try {
    accessSync(folder, constants.W_OK);
  } catch (thrown) {
    return fail(
      "disk",
      `${folder} cannot be written (${messageOf(thrown)})`,
      "Give the desk's user the right to write there, or name another place.",
    );
  }
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const found = `${(free / MIB).toFixed(0)} MiB are free at ${folder}`;
  if (free < FREE_FAIL_BYTES) return fail("disk", found, "Free some space now: a desk that cannot write makes no order.");
  return free < FREE_WARN_BYTES ? warn("disk", found, "Free some space, or move the store to a larger disk.") : ok("disk", found);
}

/** The folder itself, or the nearest one above it that exists: the desk makes the rest. */
function nearest(folder: string): string {
  for (let at = folder; ; at = dirname(at)) if (existsSync(at) || dirname(at) === at) return at;
}

/** Who may read the files that hold secrets. */
export function fileFindings(look: Look): readonly Finding[] {
  const findings = [...keyFinding(look.config), ...openFiles(look)];
  return findings.length > 0 ? findings : [ok("files", "nobody else may read what holds secrets")];
}

function keyFinding({ keyEncryptionKey, keyPassphrase, keyFile }: Look["config"]): readonly Finding[] {
  if (keyEncryptionKey !== undefined || keyPassphrase !== undefined) return [];
  const read = readKeyFile(keyFile);
  if (!("problem" in read)) return [];
  return [fail("files", read.problem, "Nothing sealed can be opened until then.")];
}

function openFiles({ config, environment, envFile }: Look): readonly Finding[] {
  if (process.platform === "win32") return [];
  const secrets = settingList.filter(({ secret }) => secret);
  const named = secrets.flatMap(({ name }) => environment[`${name}_FILE`]?.trim() || []).filter((file) => !HANDED_IN.test(file));
  const held = named.filter((file) => modeOf(file) & OTHERS_READ).map((file) => closing(file, "a secret"));
  const names = secrets.map(({ name }) => name).join("|");
  const isSecretive = existsSync(envFile) && new RegExp(`^\\s*(?:export\\s+)?(?:${names})\\s*=\\s*\\S`, "m").test(textOf(envFile));
  const own = isSecretive && modeOf(envFile) & OTHERS ? [closing(envFile, "secrets")] : [];
  const store = parseStoreUrl(config.storeUrl);
  const books = store.scheme === "sqlite" && modeOf(store.file) & OTHERS_READ ? [closing(store.file, "your books and sealed keys")] : [];
  return [...held, ...own, ...books];
}

function closing(file: string, what: string): Finding {
  return warn("files", `${file} holds ${what} and can be read by other users of this machine`, `\`chmod 600 ${file}\`.`);
}

function modeOf(file: string): number {
  return existsSync(file) ? statSync(file).mode : 0;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** What would make the next start another one than was meant. */
export function startFindings({ config }: Look): readonly Finding[] {
  if (!existsSync(config.panicFile)) return [];
  return [
    warn("panic", `${config.panicFile} exists: a desk that starts closes every position`, "Delete it, unless that is what you want."),
  ];
}
