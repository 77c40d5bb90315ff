import { join } from "node:path";
import type { SqliteOptions, SqliteStore } from "../../src/stores/sqlite.ts";
import { openSqliteStore } from "../../src/stores/sqlite.ts";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";

/** A folder of one test, with the stores that the test opened in it. */
export class Place {
  readonly folder = temporaryFolder("store");
  readonly file = join(this.folder, "data", "desk.sqlite");
  readonly #open = new Set<SqliteStore>();

  async open(options: Partial<SqliteOptions> = {}): Promise<SqliteStore> {
    const store = await openSqliteStore({ file: this.file, ...options });
    this.#open.add(store);
    return store;
  }

  async closeAll(): Promise<void> {
    for (const store of this.#open) await store.close();
    this.#open.clear();
  }

  async destroy(): Promise<void> {
    await this.closeAll();
    discard(this.folder);
  }
}
