import { isDeepStrictEqual } from "node:util";
import type { Connection } from "mongoose";
import { type Fault, isThere } from "./faults.ts";
import { type Collections, modelsOf, SCHEMA_VERSION } from "./schemas.ts";
import { VALIDATORS } from "./validators.ts";

const APPLICATION = "scalpstorm";
const SCHEMA_ID = "schema";
const COLLECTIONS = ["links", "snapshots", "requests", "channels", "members", "holds", "asks", "meta"] as const;

/** Why this build must not touch the database. Writes nothing; throws what the driver throws. */
export async function foreignness(connection: Connection, { meta }: Collections): Promise<Fault | undefined> {
  const there = await listed(connection);
  if (there.size === 0) return undefined;
  const schema = await meta.findOne({ _id: SCHEMA_ID });
  // A first start that was cut off has made collections and not yet said whose they are; they are empty then.
  const isOurs =
    schema?.application === APPLICATION || (schema === null && [...there.keys()].every((name) => Object.hasOwn(VALIDATORS, name)));
  if (!isOurs) return { problem: "belongs to another program", remedy: "Name another database." };
  const version = schema?.version ?? 0;
  if (version <= SCHEMA_VERSION) return undefined;
  return {
    problem: `was written by a newer build: its schema has version ${version}, this build knows up to ${SCHEMA_VERSION}`,
    remedy: "Start the newer build, or name a copy from before it.",
  };
}

/** Creates what is missing of collections, validators and indexes, and says whose they are. Throws what the driver throws. */
export async function prepare(connection: Connection, { meta }: Collections): Promise<void> {
  const there = await listed(connection);
  const models = modelsOf(connection);
  for (const name of COLLECTIONS) {
    const validator = VALIDATORS[name];
    if (!there.has(name)) await create(connection, name, validator);
    else if (!isDeepStrictEqual(there.get(name), validator)) await connection.db?.command({ collMod: name, validator });
    await models[name].createIndexes();
  }
  await meta.updateOne({ _id: SCHEMA_ID }, { $set: { application: APPLICATION }, $max: { version: SCHEMA_VERSION } }, { upsert: true });
}

/** Several processes may start at the same instant. */
async function create(connection: Connection, name: string, validator: object): Promise<void> {
  try {
    await connection.createCollection(name, { validator });
  } catch (thrown) {
    if (!isThere(thrown)) throw thrown;
  }
}

/** What the database has, by name, with its validator. */
async function listed(connection: Connection): Promise<Map<string, unknown>> {
  const found = (await connection.db?.listCollections({}, { nameOnly: false }).toArray()) ?? [];
  return new Map(
    found
      .filter(({ name }) => !name.startsWith("system."))
      .map(({ name, ...more }) => [name, "options" in more ? more.options?.validator : undefined]),
  );
}
