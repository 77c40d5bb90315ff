import type { Connection } from "mongoose";
import mongoose from "mongoose";

/** How long an answer may take on a connection that is there. */
export const OPERATION_MS = 10_000;
/** The part of it in which most members must have a write on disk. */
const MAJORITY_PART = 0.8;
/** How long a server is looked for before nothing of an operation has happened. */
export const SELECTION_MS = 5_000;
const POOL_MAX = 50;

/** An address of a database without its password, which comes apart from it and is in no message. */
export interface MongoAddress {
  readonly url: string;
  readonly password: string | undefined;
  readonly selectionMs?: number | undefined;
  readonly operationMs?: number | undefined;
}

/** Connects with majority writes that are on disk when they are answered, and without a buffer for what is asked while nobody is there. */
export async function connect({ url, password, selectionMs, operationMs }: MongoAddress): Promise<Connection> {
  const { username } = new URL(url.replace(/^mongodb(\+srv)?:\/\/([^/]*@)?[^/?]*/, "http://$2host"));
  const answerMs = operationMs ?? OPERATION_MS;
  const auth = password === undefined ? undefined : { username: decodeURIComponent(username), password };
  const connection = mongoose.createConnection(url, {
    ...(auth ? { auth } : {}),
    appName: "scalpstorm",
    serverSelectionTimeoutMS: selectionMs ?? SELECTION_MS,
    connectTimeoutMS: selectionMs ?? SELECTION_MS,
    socketTimeoutMS: answerMs,
    maxPoolSize: POOL_MAX,
    writeConcern: { w: "majority", journal: true, wtimeoutMS: Math.round(answerMs * MAJORITY_PART) },
    readPreference: "primary",
    bufferCommands: false,
    autoCreate: false,
    autoIndex: false,
  });
  // What breaks later is told by the operation that meets it.
  connection.on("error", () => undefined);
  return connection.asPromise();
}

/** Hosts and database, for people. */
export function placeOf(url: string): string {
  return url.replace(/^(mongodb(?:\+srv)?:\/\/)[^/]*@/, "$1").replace(/\?.*$/s, "");
}
