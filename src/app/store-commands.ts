import { existsSync } from "node:fs";
import type { Config } from "../../config/schema.ts";
import { ConfigError } from "../domain/errors.ts";
import { parseStoreUrl } from "../stores/url.ts";
import { openStore, type StoreNeeds } from "./plugs.ts";
import { copyStore, type WholeStore } from "./store-copy.ts";

const HASH_CHARS = 16;

const USAGE =
  "Write npm run store -- and then backup FILE, drill FILE, restore FILE, setup, or migrate FROM TO, such as sqlite:data/scalpstorm.sqlite mongodb://127.0.0.1/scalpstorm";

/** The commands about stores. A backup and a drill may run beside a desk; for the others none may be running. Resolves with sentences; throws ConfigError. */
export async function storeCommand(needs: StoreCommandNeeds, [verb, ...words]: readonly string[]): Promise<string> {
  const [first, second] = words;
  if (verb === "migrate" && first !== undefined && second !== undefined && words.length === 2) return migrateStores(needs, first, second);
  if (verb === "setup" && words.length === 0) return setUpStore(needs.config);
  if (first === undefined || words.length > 1) throw problem("there is no such command", USAGE);
  const { backUp, drill, restore } = await import("./backups.ts");
  const work = new Map(Object.entries({ backup: backUp, drill, restore })).get(verb ?? "");
  if (work === undefined) throw problem("there is no such command", USAGE);
  return work(needs, first);
}

export interface StoreCommandNeeds extends StoreNeeds {
  readonly config: Pick<Config, "storeUrl" | "storePassword" | "storeAdminPassword">;
}

async function setUpStore({ storeUrl, storePassword, storeAdminPassword }: StoreCommandNeeds["config"]): Promise<string> {
  const parsed = parseStoreUrl(storeUrl);
  if (parsed.scheme !== "mongodb" || !storePassword || !storeAdminPassword) {
    throw problem("a set-up needs a MongoDB address and two passwords", "Set STORE_URL, STORE_PASSWORD and STORE_ADMIN_PASSWORD");
  }
  const { setUpMongo } = await import("../stores/mongodb.ts");
  return `Set up: ${await setUpMongo({ url: parsed.url, password: storePassword.reveal(), adminPassword: storeAdminPassword.reveal() })}.`;
}

/** Opens both stores for itself alone, copies the one into the other and compares them. Resolves with a sentence; throws ConfigError when it must not or could not. */
async function migrateStores(needs: StoreNeeds, from: string, to: string): Promise<string> {
  const source = parseStoreUrl(from);
  // To open a file that is not there would make an empty one, and a slip in its name would look like a copy.
  if (source.scheme === "sqlite" && !existsSync(source.file)) {
    throw problem(`there is no store ${source.file} to copy from`, "Check its path, which is that of STORE_URL so far");
  }
  const opened: WholeStore[] = [];
  const open = async (storeUrl: string) => {
    const store = await openStore({ ...needs, config: { ...needs.config, storeUrl } });
    opened.push(store);
    return store;
  };
  try {
    const { streams, events, snapshots, requests, channels, hash } = await copyStore(await open(from), await open(to));
    const counts = `${streams} streams with ${events} events, ${snapshots} snapshots, ${requests} requests, ${channels} channels`;
    return `Copied and compared: ${counts}; sha256 ${hash.slice(0, HASH_CHARS)} on both sides. Set STORE_URL to the new store; the old one is as it was.`;
  } finally {
    for (const store of opened) await store.close();
  }
}

function problem(what: string, remedy: string): ConfigError {
  return new ConfigError([{ setting: "store", problem: what, remedy: `${remedy}.` }]);
}
