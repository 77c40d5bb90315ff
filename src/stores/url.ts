import { ConfigError } from "../domain/errors.ts";

export type StoreUrl = { scheme: "sqlite"; file: string } | { scheme: "memory" };

const REMEDY = 'Write "sqlite:data/scalpstorm.sqlite", "sqlite:///absolute/path.sqlite" or "memory:"';

/**
 * What `STORE_URL` asks for. Throws ConfigError with a remedy. The text itself is never repeated in a message: a URL may hold a password.
 *
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
      throw refused("this build has no MongoDB store yet", REMEDY);
    case "":
      throw refused('expected a URL such as "sqlite:data/scalpstorm.sqlite", found a text without a scheme', REMEDY);
    default:
      throw refused(`expected the scheme "sqlite" or "memory", found "${scheme}"`, REMEDY);
  }
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
