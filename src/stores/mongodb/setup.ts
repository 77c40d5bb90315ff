import type { Connection } from "mongoose";
import mongoose from "mongoose";

/** The server says so while it belongs to no set yet. */
const NOT_YET_INITIALIZED = 94;
const NO_SUCH_USER = 11;
/** Long enough for the first election. */
const SELECTION_MS = 30_000;

export interface SetupOptions {
  /** Address of the database with the user who is to have it. */
  readonly url: string;
  readonly password: string;
  /** Who may make users: root, whose password this is. */
  readonly adminPassword: string;
}

/**
 * Makes the replica set that the address names of its hosts, and the user of the desk with his password; may be run again at any time.
 * Resolves with a sentence; throws what the driver throws.
 */
export async function setUp({ url, password, adminPassword }: SetupOptions): Promise<string> {
  const { hosts, database, user, set } = partsOf(url);
  // Before there is a set, its hosts can be spoken to one by one only.
  const direct = `mongodb://${hosts[0]}/?directConnection=true&authSource=admin`;
  const made = set === undefined ? "a single server" : await asRoot(direct, adminPassword, (admin) => initiate(admin, set, hosts));
  const whole = set === undefined ? direct : `mongodb://${hosts.join(",")}/?replicaSet=${set}&authSource=admin`;
  const known = await asRoot(whole, adminPassword, (admin) => allow(admin, database, user, password));
  return `${made}; the user ${user} of ${database} ${known}`;
}

async function asRoot<T>(url: string, password: string, work: (admin: Connection) => Promise<T>): Promise<T> {
  const auth = { username: "root", password };
  const connection = mongoose.createConnection(url, { auth, serverSelectionTimeoutMS: SELECTION_MS });
  connection.on("error", () => undefined);
  try {
    return await work(await connection.asPromise());
  } finally {
    await connection.destroy();
  }
}

/** The parts of an address that `parseStoreUrl` has taken. */
function partsOf(url: string) {
  const [, user, hosts = "", database = "", query = ""] = /^mongodb:\/\/(?:([^@/]*)@)?([^/]+)\/([^?]+)(?:\?(.*))?$/.exec(url) ?? [];
  if (!user) throw new Error('the address names no user: write "mongodb://user@host/database"');
  const set = new URLSearchParams(query).get("replicaSet") ?? undefined;
  return { user: decodeURIComponent(user), hosts: hosts.split(","), database, set };
}

async function initiate(admin: Connection, set: string, hosts: readonly string[]): Promise<string> {
  try {
    await admin.db?.admin().command({ replSetGetStatus: 1 });
    return `the set ${set} was there`;
  } catch (thrown) {
    if (codeOf(thrown) !== NOT_YET_INITIALIZED) throw thrown;
  }
  const members = hosts.map((host, _id) => ({ _id, host }));
  await admin.db?.admin().command({ replSetInitiate: { _id: set, members } });
  return `the set ${set} was made of ${hosts.length}`;
}

async function allow(admin: Connection, database: string, user: string, pwd: string): Promise<string> {
  const roles = [{ role: "readWrite", db: database }];
  const db = admin.useDb(database).db;
  try {
    await db?.command({ updateUser: user, pwd, roles });
    return "has this password now";
  } catch (thrown) {
    if (codeOf(thrown) !== NO_SUCH_USER) throw thrown;
  }
  await db?.command({ createUser: user, pwd, roles });
  return "was made";
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
}
