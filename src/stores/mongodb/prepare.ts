import { isDeepStrictEqual } from "node:util";
import type { Connection } from "mongoose";
import type { Fault } from "./faults.ts";
import { type Collections, modelsOf, SCHEMA_VERSION, VALIDATORS } from "./schemas.ts";

const APPLICATION = "scalpstorm";
const SCHEMA_ID = "schema";
const COLLECTIONS = ["links", "snapshots", "requests", "channels", "meta"] as const;

/**
 * Creates what is missing of collections, validators and indexes and checks what is there. Returns the fault when this build must not touch
 * the database, before anything was written to it; throws what the driver throws.
 */
export async function prepare(connection: Connection, { meta }: Collections): Promise<Fault | undefined> {
  const there = await listed(connection);
  const fault = await foreignness(there, meta);
  if (fault) return fault;
  const models = modelsOf(connection);
  for (const name of COLLECTIONS) {
    const validator = VALIDATORS[name];
    if (!there.has(name)) await connection.createCollection(name, { validator });
    else if (!isDeepStrictEqual(there.get(name), validator)) await connection.db?.command({ collMod: name, validator });
    await models[name].createIndexes();
  }
  const known = { application: APPLICATION, version: SCHEMA_VERSION };
  await meta.updateOne({ _id: SCHEMA_ID }, { $set: known }, { upsert: true });
  return undefined;
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

async function foreignness(there: ReadonlyMap<string, unknown>, meta: Collections["meta"]): Promise<Fault | undefined> {
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
