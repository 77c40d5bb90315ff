import { ConfigError } from "../domain/errors.ts";

export type StoreUrl = { scheme: "sqlite"; file: string } | { scheme: "mongodb"; url: string } | { scheme: "memory" };

const REMEDY = 'Write "sqlite:data/scalpstorm.sqlite", "mongodb://host:27017/scalpstorm" or "memory:"';

/**
 * What `STORE_URL` asks for. Throws ConfigError with a remedy. The text itself is never repeated in a message: a URL may hold a password.
 *
 * `mongodb:` takes hosts and a database, and no password.
 * `sqlite:` takes a path: relative to the working directory, or absolute after `sqlite:/` or `sqlite:///`.
 */
export function parseStoreUrl(text: string): StoreUrl {
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(text.trim()) ?? [];
  switch (scheme.toLowerCase()) {
    case "sqlite":
      return { scheme: "sqlite", file: fileOf(rest) };
    case "memory":
      if (/[^/]/.test(rest)) throw refused('"memory:" takes no path', REMEDY);
      return { scheme: "memory" };
    case "mongodb":
    case "mongodb+srv":
      return { scheme: "mongodb", url: mongoUrlOf(text.trim(), rest) };
    case "":
      throw refused('expected a URL such as "sqlite:data/scalpstorm.sqlite", found a text without a scheme', REMEDY);
    default:
      throw refused(`expected the scheme "sqlite", "mongodb" or "memory", found "${scheme}"`, REMEDY);
  }
}

/** `mongodb://[user@]host[:port][,more]/database[?options]`. The password comes apart from it, so that the address may be shown. */
function mongoUrlOf(text: string, rest: string): string {
  const [, user, hosts = "", database = ""] = /^\/\/(?:([^/]*)@)?([^/@?]+)(?:\/([^/?]*))?(?:\?[^#\s]*)?$/.exec(rest) ?? [];
  if (user?.includes(":"))
    throw refused("the address holds a password", 'Write "mongodb://user@host/database" and the password into STORE_PASSWORD');
  if (hosts === "") throw refused('"mongodb:" needs a host', REMEDY);
  if (!/^[\w-]{1,60}$/.test(database)) throw refused('"mongodb:" needs the name of a database after its hosts', REMEDY);
  return text;
}

function fileOf(rest: string): string {
  if (rest === ":memory:") throw refused("a store in memory has its own scheme", 'Write "memory:"');
  if (/[?#\0]/.test(rest)) throw refused('"sqlite:" takes a plain path without options', REMEDY);
  if (/^\/\/[^/]/.test(rest)) {
    throw refused(
      'after "sqlite://" a host would come, and a file has none',
      'Write "sqlite:path" for a relative path or "sqlite:///path"',
    );
  }
  const path = rest.replace(/^\/\/\//, "/").replace(/^\/([a-z]:[\\/])/i, "$1");
  if (path === "" || /[\\/]$/.test(path)) throw refused('"sqlite:" needs the path of a file', REMEDY);
  return path;
}

function refused(problem: string, remedy: string): ConfigError {
  return new ConfigError([{ setting: "STORE_URL", problem, remedy: `${remedy}.` }]);
}
