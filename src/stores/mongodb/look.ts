import { ConfigError } from "../../domain/errors.ts";
import { ACCOUNT_WORDS, exchangesIn } from "../account-exchanges.ts";
import { connect, type MongoAddress, placeOf } from "./connect.ts";
import { faultOf } from "./faults.ts";
import { type Collections, collectionsOf, SCHEMA_VERSION } from "./schemas.ts";
import { holderOf } from "./vacancy.ts";

const ANSWER_MS = 3_000;
/** A stream that takes longer to be searched is left, so that the rest of the look is answered in time. */
const SEARCH_MS = 1_500;

export interface MongoLook {
  /** Hosts and database. */
  readonly place: string;
  readonly serverVersion: string;
  /** Of a replica set. */
  readonly setName: string | undefined;
  /** Undefined where no desk was ever started on it. */
  readonly schemaVersion: number | undefined;
  readonly knownVersion: number;
  /** The process that holds the stream that was asked about. */
  readonly holder: { readonly pid: number; readonly host: string } | undefined;
  /** Exchanges at which the desk has accounts; undefined where they could not be read in time. */
  readonly exchanges: readonly string[] | undefined;
}

/** Looks at a database, and at who holds a stream of it, without joining or making anything. Throws ConfigError (setting `STORE_URL`) when no desk could open it. */
export async function lookAtMongo({ url, password }: Pick<MongoAddress, "url" | "password">, stream: string): Promise<MongoLook> {
  const place = placeOf(url);
  try {
    const connection = await connect({ url, password, selectionMs: ANSWER_MS, operationMs: ANSWER_MS });
    try {
      const hello = await connection.db?.command({ hello: 1 });
      const built = await connection.db?.command({ buildInfo: 1 });
      const collections = collectionsOf(connection);
      const schema = await collections.meta.findOne({ _id: "schema" });
      const schemaVersion = schema?.version;
      if (schemaVersion !== undefined && schemaVersion > SCHEMA_VERSION)
        throw refused(
          place,
          `was written by a newer build: its schema has version ${schemaVersion}, this build knows up to ${SCHEMA_VERSION}`,
        );
      const holder = await holderOf(collections, stream);
      const exchanges = schemaVersion === undefined ? [] : await exchangesAt(collections, stream);
      const facts = { place, serverVersion: String(built?.version), setName: hello?.setName, schemaVersion };
      return { ...facts, knownVersion: SCHEMA_VERSION, holder, exchanges };
    } finally {
      await connection.destroy();
    }
  } catch (thrown) {
    const fault = faultOf(thrown);
    throw fault ? refused(place, fault.problem, fault.remedy) : thrown;
  }
}

/** Searched by the server: a desk's stream may be long, and few of its events are about accounts. */
async function exchangesAt({ links }: Collections, stream: string): Promise<readonly string[] | undefined> {
  const words = ACCOUNT_WORDS.join("|");
  const about = { $regexMatch: { input: "$$this", regex: words } };
  const found = links.aggregate<{ readonly bodies: readonly string[] }>(
    [
      { $match: { stream, bodies: { $regex: words } } },
      { $sort: { link: 1 } },
      { $project: { _id: 0, bodies: { $filter: { input: "$bodies", cond: about } } } },
    ],
    { maxTimeMS: SEARCH_MS },
  );
  // What was asked before was answered, so this one took too long.
  const documents = await found.toArray().catch(() => undefined);
  return documents && exchangesIn(documents.flatMap(({ bodies }) => bodies));
}

function refused(place: string, problem: string, remedy = "Start the newer build, or name a copy from before it."): ConfigError {
  return new ConfigError([{ setting: "STORE_URL", problem: `the store ${place} ${problem}`, remedy }]);
}
