import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "../../src/domain/errors.ts";
import type { Store } from "../../src/ports/store.ts";
import { AppendRefused, StoreUnavailable } from "../../src/ports/store.ts";
import { canary } from "../kit/canary/canary.ts";
import { MongoPlace } from "../kit/services/mongo-place.ts";
import { Mongod } from "../kit/services/mongod.ts";
import { freePort } from "../kit/services/server.ts";

const PASSWORD = canary("store password");
/** Tests that wait for a fault need not wait as long as a desk does. */
const QUICK = { selectionMs: 1_000, operationMs: 2_000 };
const WRITE_CONCERN_TIMEOUT = 64;

const append = (store: Store, expectedSequence: number, ...bodies: string[]) =>
  store.append({ stream: "desk", epoch: 1, expectedSequence, bodies });
const bodiesOf = async (store: Store) => (await store.read("desk", 0, 100)).map(({ body }) => body);

describe("a MongoDB store whose server fails on purpose", () => {
  let mongod: Mongod;
  let place: MongoPlace;
  let store: Store;
  beforeAll(async () => {
    mongod = await Mongod.start({ members: 1 });
  });
  afterAll(() => mongod.end());
  beforeEach(async () => {
    place = new MongoPlace(mongod);
    store = await place.open(QUICK);
    await store.acquire("desk");
  });
  afterEach(() => place.destroy());

  const failInserts = (times: number, data: Record<string, unknown>) =>
    mongod.command({ configureFailPoint: "failCommand", mode: { times }, data: { failCommands: ["insert"], ...data } });
  const writeConcernError = { code: WRITE_CONCERN_TIMEOUT, errmsg: "waiting for replication timed out" };

  it("keeps nothing of an append that it answered as unavailable, also when the server had it", async () => {
    await append(store, 0, "a");
    await failInserts(1, { writeConcernError });
    await expect(append(store, 1, "told to be lost", "this too")).rejects.toThrow(/did not confirm in time/);
    expect(await bodiesOf(store)).toEqual(["a"]);
    await append(store, 1, "b");
    expect(await store.read("desk", 0, 100)).toEqual([
      { sequence: 1, body: "a" },
      { sequence: 2, body: "b" },
    ]);
  });

  it("keeps nothing of an append whose connection broke again and again", async () => {
    await failInserts(2, { closeConnection: true });
    await expect(append(store, 0, "lost")).rejects.toThrow(StoreUnavailable);
    await append(store, 0, "a");
    expect(await bodiesOf(store)).toEqual(["a"]);
  });

  it("makes one append of one whose answer was lost once: the driver asks again under the same number", async () => {
    await failInserts(1, { closeConnection: true });
    await append(store, 0, "a");
    expect(await bodiesOf(store)).toEqual(["a"]);
  });

  it("says that a request is new when its repeat finds the copy that was answered as unavailable", async () => {
    const request = { requestId: "r1", wallMs: 1, body: "start dip" };
    await failInserts(1, { writeConcernError });
    await expect(store.accept(request)).rejects.toThrow(StoreUnavailable);
    expect(await store.accept(request)).toBe("new");
    expect(await store.accept(request)).toBe("seen");
  });

  it("refuses a writer whose lease another process has taken, in the words of every store", async () => {
    const stale = await place.open({ ...QUICK, leaseMs: 1 }).catch((thrown: unknown) => thrown);
    expect(stale).toBeInstanceOf(ConfigError);
    await mongod.asked(place.url, async ({ db }) => {
      const newest = { stream: "desk", link: 2, epoch: 2, last: 0, count: 0, bodies: [] };
      await db?.collection("links").insertOne(newest);
    });
    const late = append(store, 0, "from a process that woke up late");
    await expect(late).rejects.toThrow(AppendRefused);
    await expect(late).rejects.toThrow(/held under epoch 2, this append came under epoch 1/);
    await expect(append(store, 0)).rejects.toThrow(AppendRefused);
    expect(await bodiesOf(store)).toEqual([]);
  });

  it("gives the database to one process; the next may have it at once after a clean end, and after a while when that one is gone", async () => {
    await expect(place.open(QUICK)).rejects.toThrow(/is in use by process \d+ on host/);
    await store.close();
    const ended = Promise.withResolvers<void>();
    const second = await place.open({ ...QUICK, leaseMs: 300, onTaken: ended.resolve });
    expect(await second.acquire("desk")).toEqual({ epoch: 2, lastSequence: 0 });
    expect([second.unheld("desk"), second.unheld("account:1")]).toEqual([
      undefined,
      expect.stringMatching(/has not acquired the stream "account:1"/),
    ]);
    await mongod.asked(place.url, async ({ db }) => {
      await db?.collection("members").updateMany({}, { $set: { isGone: true } });
    });
    const third = await place.open({ ...QUICK, leaseMs: 600 });
    expect(await third.acquire("desk")).toEqual({ epoch: 3, lastSequence: 0, isTakeover: true });
    await ended.promise;
    expect(second.unheld("desk")).toMatch(/another process (has taken|may take) it/);
    await expect(second.append({ stream: "desk", epoch: 2, expectedSequence: 0, bodies: ["zombie"] })).rejects.toThrow();
    expect(await third.read("desk", 0, 10)).toEqual([]);
  });

  it("leaves a database alone that a newer build wrote, or another program", async () => {
    await store.close();
    const meta = (set: Record<string, unknown>) =>
      mongod.asked(place.url, async ({ db }) => {
        await db?.collection<{ _id: string }>("meta").updateOne({ _id: "schema" }, { $set: set });
      });
    await meta({ version: 99 });
    await expect(place.open(QUICK)).rejects.toThrow(/written by a newer build: its schema has version 99, this build knows up to 2/);
    await meta({ version: 2, application: "shop" });
    await expect(place.open(QUICK)).rejects.toThrow(/belongs to another program/);
  });

  it("refuses what is not shaped like its own documents, whoever writes it", async () => {
    await mongod.asked(place.url, async ({ db }) => {
      const wrong = { stream: "desk", link: 0, epoch: 1, last: 0, count: 0, bodies: "none" };
      await expect(db?.collection("links").insertOne(wrong)).rejects.toThrow(/failed validation/);
      const twice = { stream: "desk", link: 1, epoch: 1, last: 0, count: 0, bodies: [] };
      await expect(db?.collection("links").insertOne(twice)).rejects.toThrow(/duplicate key/);
    });
  });
});

describe("a MongoDB store and who may use it", () => {
  let mongod: Mongod;
  let place: MongoPlace;
  beforeAll(async () => {
    mongod = await Mongod.start({ members: 0 });
    place = new MongoPlace(mongod, "desk");
    const roles = [{ role: "readWrite", db: place.database }];
    await mongod.command({ createUser: "desk", pwd: PASSWORD, roles }, { database: place.database });
    await mongod.command({ createUser: "guest", pwd: PASSWORD, roles: [] }, { database: place.database });
    await mongod.member().end("SIGTERM");
    await mongod.startMember(0, { secured: true });
  });
  afterAll(() => mongod.end());

  it("opens for the user with the password", async () => {
    const store = await place.open({ ...QUICK, password: PASSWORD });
    await store.acquire("desk");
    await append(store, 0, "a");
    await store.close();
  });

  it.each([
    ["a wrong password", "desk", "not-the-password", /refuses the user name or the password/],
    ["a user without rights", "guest", PASSWORD, /lets this user in, but not do this/],
  ])("says in one sentence what is wrong with %s, and not the password", async (_case, user, password, words) => {
    const opening = place.open({ ...QUICK, url: mongod.url(place.database, user), password });
    await expect(opening).rejects.toThrow(ConfigError);
    await expect(opening).rejects.toThrow(words);
    await expect(opening).rejects.not.toThrow(password);
  });

  it("says so when nobody is there", async () => {
    const url = `mongodb://127.0.0.1:${await freePort()}/desk`;
    await expect(place.open({ ...QUICK, url })).rejects.toThrow(/^STORE_URL: the store mongodb:\/\/127.0.0.1:\d+\/desk cannot be reached/);
  });
});

describe("a MongoDB store on three members", () => {
  let mongod: Mongod;
  let place: MongoPlace;
  let store: Store;
  beforeAll(async () => {
    mongod = await Mongod.start({ members: 3 });
    place = new MongoPlace(mongod);
    store = await place.open({ selectionMs: 5_000, operationMs: 5_000 });
    await store.acquire("desk");
  });
  afterAll(async () => {
    await place.closeAll();
    await mongod.end();
  });

  /** Appends until one is kept, as the engine does. Returns how many were answered as unavailable. */
  async function appendUntilKept(expectedSequence: number, body: string): Promise<number> {
    for (let refused = 0; ; refused += 1) {
      try {
        await append(store, expectedSequence, body);
        return refused;
      } catch (thrown) {
        if (!(thrown instanceof StoreUnavailable)) throw thrown;
      }
    }
  }

  it("says so when they belong to another set than the one that is named", async () => {
    const url = place.url.replace(/replicaSet=\w+/, "replicaSet=another");
    await expect(place.open({ ...QUICK, url })).rejects.toThrow(/belongs to no replica set of the name that STORE_URL gives/);
  });

  it("loses nothing and doubles nothing when the primary steps down, is killed, and comes back", async () => {
    const kept: string[] = [];
    const write = async (from: number, to: number) => {
      for (let n = from; n < to; n += 1) {
        await appendUntilKept(n, `event ${n}`);
        kept.push(`event ${n}`);
      }
    };
    await write(0, 20);
    const first = await mongod.primary();
    const writing = write(20, 60);
    await mongod.command({ replSetStepDown: 5, secondaryCatchUpPeriodSecs: 5, force: true }, { index: first }).catch(() => undefined);
    await writing;
    const second = await mongod.primary();
    const more = write(60, 100);
    await mongod.member(second).end("SIGKILL");
    await more;
    await mongod.startMember(second);
    await write(100, 110);
    expect(await bodiesOf(store)).toEqual(kept.slice(0, 100));
    expect((await store.read("desk", 100, 100)).map(({ body }) => body)).toEqual(kept.slice(100));
  });

  it("is unavailable while most members are gone, says so, and goes on when they are back", async () => {
    const others = [0, 1, 2].filter((index) => index !== 0);
    for (const index of others) await mongod.member(index).end("SIGKILL");
    await expect(append(store, 110, "nobody confirms it")).rejects.toThrow(
      /has no primary just now|did not confirm in time|cannot be reached|broke the connection/,
    );
    // Who starts now waits for the primary, longer than one look for it takes.
    const starting = new MongoPlace(mongod);
    const opening = starting.open({ ...QUICK });
    await expect(append(store, 110, "nor this")).rejects.toThrow(StoreUnavailable);
    for (const index of others) await mongod.startMember(index);
    await opening;
    await starting.closeAll();
    await appendUntilKept(110, "event 110");
    expect((await store.read("desk", 109, 100)).map(({ body }) => body)).toEqual(["event 109", "event 110"]);
  });
});
