import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "../../src/domain/errors.ts";
import { Secret } from "../../src/domain/secret.ts";
import type { DeskKeys } from "../../src/ports/desk-key.ts";
import { canary } from "../kit/canary/canary.ts";
import { MongoPlace } from "../kit/services/mongo-place.ts";
import { Mongod } from "../kit/services/mongod.ts";

let mongod: Mongod;
let place: MongoPlace;
beforeAll(async () => {
  mongod = await Mongod.start({ members: 1 });
});
afterAll(() => mongod.end());
beforeEach(() => {
  place = new MongoPlace(mongod);
});
afterEach(() => place.destroy());

const process = () =>
  place.open({
    process: { name: randomUUID(), role: "engine", pid: 1, host: "east", version: "1", startedMs: 1 },
    aloneWith: undefined,
  });
const keyOf = async (store: DeskKeys, offered: string) => (await store.deskKey(new Secret(offered))).reveal();

describe("a MongoDB whose processes want one key", () => {
  it("gives the key of one of them to all, also to those that come later, and keeps it out of all that is copied", async () => {
    const offered = [canary("other key"), canary("live key"), canary("demo key")];
    const stores = [await process(), await process(), await process()];
    const given = await Promise.all(stores.map((store, index) => keyOf(store, offered[index] ?? "")));
    expect(new Set(given).size).toBe(1);
    expect(offered).toContain(given[0]);
    for (const store of stores) await store.close();
    const later = await process();
    expect(await keyOf(later, canary("quoted key"))).toBe(given[0]);
    expect([await later.streams(), await later.snapshots(), await later.requests(), await later.channels()]).toEqual([[], [], [], []]);
  });

  it("refuses one that somebody has emptied", async () => {
    await (await process()).close();
    await mongod.asked(place.url, async ({ db }) => db?.collection<{ _id: string }>("meta").insertOne({ _id: "key", ...{ key: "" } }));
    const asked = keyOf(await process(), canary("other key"));
    await expect(asked).rejects.toThrow(ConfigError);
    await expect(asked).rejects.toThrow(
      'STORE_URL: the document "key" in the collection meta holds no key. Remove it: the next start makes one.',
    );
  });
});
