import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { SharedStore } from "../../../src/ports/cluster.ts";
import type { DeskKeys } from "../../../src/ports/desk-key.ts";
import type { Store } from "../../../src/ports/store.ts";
import { type MongoOptions, openMongoStore } from "../../../src/stores/mongodb.ts";
import { systemClock } from "../../../src/system/clock.ts";
import type { Mongod } from "./mongod.ts";

/** A database of one test, with the stores that the test opened in it. */
export class MongoPlace {
  readonly database = `d${randomUUID().replaceAll("-", "")}`;
  readonly url: string;
  readonly #mongod: Mongod;
  readonly #open: Store[] = [];

  constructor(mongod: Mongod, user?: string) {
    this.#mongod = mongod;
    this.url = mongod.url(this.database, user);
  }

  /** The store of a desk that has the database for itself, unless the options say otherwise. */
  async open(options: Partial<MongoOptions> = {}): Promise<SharedStore & DeskKeys> {
    const facts = { name: randomUUID(), role: "all", pid: process.pid, host: hostname(), version: "1", startedMs: 0 } as const;
    const needs = { url: this.url, password: undefined, clock: systemClock(), process: facts, aloneWith: "desk" };
    const store = await openMongoStore({ ...needs, ...options });
    this.#open.push(store);
    return store;
  }

  async closeAll(): Promise<void> {
    for (const store of this.#open.splice(0)) await store.close();
  }

  /** Forgets all that was stored; collections and indexes stay, because to make them takes most of a test's time. */
  async empty(): Promise<void> {
    await this.closeAll();
    await this.#mongod.asked(this.url, async ({ db }) => {
      for (const name of ["links", "snapshots", "requests", "channels", "members", "holds", "asks"])
        await db?.collection(name).deleteMany({});
    });
  }

  async destroy(): Promise<void> {
    await this.closeAll();
    await this.#mongod.command({ dropDatabase: 1 }, { index: await this.#mongod.primary(), database: this.database });
  }
}
