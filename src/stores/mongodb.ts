import type { Connection } from "mongoose";
import { ConfigError, StoreInUse } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { ProcessFacts, SharedStore } from "../ports/cluster.ts";
import type { DeskKeys } from "../ports/desk-key.ts";
import type { Logger } from "../ports/logger.ts";
import { connect, type MongoAddress, placeOf } from "./mongodb/connect.ts";
import { entryFault } from "./mongodb/entry.ts";
import { type Fault, faultOf, isBetweenPrimaries, isRefusedUser, ROOT_REFUSED } from "./mongodb/faults.ts";
import { closeFormer, formerFault } from "./mongodb/former.ts";
import { Holds } from "./mongodb/holds.ts";
import { Members } from "./mongodb/members.ts";
import { foreignness, prepare } from "./mongodb/prepare.ts";
import { LEASE_MS } from "./mongodb/renewal.ts";
import { collectionsOf } from "./mongodb/schemas.ts";
import { type SetupOptions, setUp } from "./mongodb/setup.ts";
import { MongoStore } from "./mongodb/store.ts";
import { vacancy } from "./mongodb/vacancy.ts";

/** Longer than any election of a set whose members answer. */
const ELECTION_MS = 30_000;

export interface MongoOptions extends MongoAddress {
  readonly clock: Clock;
  /** Under a name that no other process ever had. */
  readonly process: ProcessFacts;
  /** Nobody else may be in the database: this stream is taken at once, as the sign of it. Without it several processes share the database. */
  readonly aloneWith?: string | undefined;
  readonly logger?: Logger | undefined;
  readonly leaseMs?: number | undefined;
  /** Another process has declared this one gone: it must end. */
  readonly onTaken?: (() => void) | undefined;
}

/**
 * Opens the store in a MongoDB database, a replica set or a single server, and joins those who share it. Throws ConfigError (setting `STORE_URL`) with one
 * sentence when it cannot be reached, refuses the user, is in use, foreign or from a newer build.
 */
export async function openMongoStore(options: MongoOptions): Promise<SharedStore & DeskKeys> {
  const place = placeOf(options.url);
  let connection: Connection | undefined;
  try {
    connection = await connectPatiently(options);
    const joined = await join(connection, options);
    if (joined instanceof MongoStore) return joined;
    throw refused(place, joined);
  } catch (thrown) {
    await connection?.destroy();
    const fault = faultOf(thrown);
    throw fault ? refused(place, fault) : thrown;
  }
}

/** A process that starts while the members elect a primary waits for it: a supervisor that starts it again and again would be no faster. */
async function connectPatiently(options: MongoAddress & { readonly clock: Clock }): Promise<Connection> {
  const untilMs = options.clock.monotonicMs() + ELECTION_MS;
  for (;;) {
    try {
      return await connect(options);
    } catch (thrown) {
      // Looking for a primary has taken seconds already.
      if (!isBetweenPrimaries(thrown) || options.clock.monotonicMs() >= untilMs) throw thrown;
    }
  }
}

async function join(connection: Connection, options: MongoOptions): Promise<MongoStore | Fault> {
  const { clock, process: facts, aloneWith, leaseMs = LEASE_MS, logger, onTaken, url } = options;
  const collections = collectionsOf(connection);
  const patience = { clock, leaseMs };
  const foreign = (await foreignness(connection, collections)) ?? (await formerFault(collections, patience));
  if (foreign) return foreign;
  await prepare(connection, collections);
  const former = await closeFormer(collections, patience);
  if (former) return former;
  const { name } = facts;
  const members = new Members(collections, leaseMs);
  const holds = new Holds(collections, members, name);
  await members.join(facts, aloneWith !== undefined);
  const store = new MongoStore({ connection, collections, members, holds, name, clock, leaseMs, place: placeOf(url), logger, onTaken });
  await store.begin();
  const fault = await entryFault({ members, holds, name, aloneWith, patience });
  if (fault === undefined) return store;
  await store.close();
  return fault;
}

/** Waits until no process holds a stream. `told` hears who does. Throws ConfigError (setting `STORE_URL`) when the database cannot be reached at first. */
export async function mongoVacancy(
  options: MongoAddress & { readonly clock: Clock },
  stream: string,
  told: (who: string) => void,
): Promise<void> {
  let connection: Connection | undefined;
  try {
    connection = await connectPatiently(options);
    await vacancy(collectionsOf(connection), stream, options.clock, told);
  } catch (thrown) {
    const fault = faultOf(thrown);
    throw fault ? refused(placeOf(options.url), fault) : thrown;
  } finally {
    await connection?.destroy();
  }
}

/** Makes the replica set and the user that an address names, as root. Throws ConfigError (setting `STORE_URL`) with one sentence when that cannot be done. */
export async function setUpMongo(options: SetupOptions): Promise<string> {
  try {
    return await setUp(options);
  } catch (thrown) {
    // All of a set-up is asked for as root.
    const fault = isRefusedUser(thrown) ? ROOT_REFUSED : faultOf(thrown);
    throw fault ? refused(placeOf(options.url), fault) : thrown;
  }
}

function refused(place: string, { problem, remedy, isInUse }: Fault): ConfigError {
  const problems = [{ setting: "STORE_URL", problem: `the store ${place} ${problem}`, remedy }];
  return isInUse ? new StoreInUse(problems) : new ConfigError(problems);
}
