import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** Where `.ci/services` keeps what it fetched. */
const FOLDER = process.env.SERVICES_DIR ?? join(homedir(), ".cache/scalpstorm");
const FETCHED: Readonly<Record<Server, string>> = { mongod: join(FOLDER, "mongod-6.0.5/mongod"), "redis-server": "/usr/bin/redis-server" };

export type Server = "mongod" | "redis-server";

/** The real server, from the PATH or from where `.ci/services` put it. Throws a sentence that says how to get it. */
export function binaryOf(server: Server): string {
  const places = [...(process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, server)), FETCHED[server]];
  const found = places.find(isProgram);
  if (found === undefined)
    throw new Error(`${server} is neither in the PATH nor at ${FETCHED[server]}: run .ci/services, which fetches it`);
  return found;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
