import { randomUUID } from "node:crypto";
import type { Connection } from "mongoose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "../../src/domain/errors.ts";
import type { ProcessRole, SharedStore } from "../../src/ports/cluster.ts";
import { AppendRefused, StoreUnavailable } from "../../src/ports/store.ts";
import { LEASE_MS } from "../../src/stores/mongodb/renewal.ts";
import { eventually } from "../contracts/cluster/subject.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { MongoPlace } from "../kit/services/mongo-place.ts";
import { Mongod } from "../kit/services/mongod.ts";

const QUICK = { selectionMs: 1_000, operationMs: 2_000 };
const LONG_AGO = new Date(0);
const NOT_CONFIRMED = { code: 64, errmsg: "waiting for replication timed out" };

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

const facts = (role: ProcessRole, pid: number) => ({ name: randomUUID(), role, pid, host: "east", version: "1", startedMs: 1 });
/** One of several that share the database. */
const shared = (role: ProcessRole, pid = 1) => place.open({ ...QUICK, process: facts(role, pid), aloneWith: undefined });
const alone = (pid: number, leaseMs = LEASE_MS) => place.open({ ...QUICK, process: facts("all", pid), leaseMs });
const inDatabase = <T>(work: (connection: Connection) => Promise<T>) => mongod.asked(place.url, work);
const bodiesOf = async (store: SharedStore) => (await store.read("desk", 0, 100)).map(({ body }) => body);

describe("a MongoDB that one process wants for itself", () => {
  it("refuses it while others share it, and refuses others while it is there, naming each other", async () => {
    const engine = await shared("engine", 11);
    await expect(alone(12, 100)).rejects.toThrow(/is in use by process 11 on host "east"/);
    await engine.acquire("account:1");
    await engine.close();
    const desk = await alone(13);
    await expect(place.open({ ...QUICK, process: facts("engine", 14), aloneWith: undefined, leaseMs: 100 })).rejects.toThrow(
      /^STORE_URL: the store mongodb:.* is in use by process 13 on host "east". Stop that process first, or name another database/,
    );
    expect(await desk.acquire("account:1")).toEqual({ epoch: 2, lastSequence: 0 });
    expect((await desk.cluster.members()).map(({ pid, streams }) => [pid, streams])).toEqual([[13, ["account:1", "desk"]]]);
  });

  it("gives it to exactly one of three that ask at the same instant", async () => {
    const raced = await Promise.allSettled([21, 22, 23].map((pid) => alone(pid, 1_000)));
    const refused = raced.filter(({ status }) => status === "rejected");
    expect(refused).toEqual([
      { status: "rejected", reason: expect.any(ConfigError) },
      { status: "rejected", reason: expect.any(ConfigError) },
    ]);
  });
});

describe("a MongoDB that a build from before several processes has used", () => {
  const filled = (lease: Record<string, unknown>) =>
    inDatabase(async ({ db }) => {
      await db?.collection("links").insertOne({ stream: "account:1", link: 1, epoch: 1, last: 1, count: 1, bodies: ["old"] });
      await db?.collection<{ _id: string }>("meta").insertMany([
        { _id: "schema", ...{ application: "scalpstorm", version: 1 } },
        { _id: "lease", ...{ holder: "old", host: "west", pid: 4_711, epoch: 3, ...lease } },
      ]);
    });
  const versionAndCollections = () =>
    inDatabase(async ({ db }) => {
      const schema = await db?.collection<{ _id: string; version?: number }>("meta").findOne({ _id: "schema" });
      return [schema?.version, (await db?.listCollections().toArray())?.length];
    });
  /** How such a build takes the database. */
  const takenByOld = () =>
    inDatabase(async ({ db }) => {
      const free = { _id: "lease", $expr: { $lt: ["$expiresAt", "$$NOW"] } };
      return db?.collection<{ _id: string }>("meta").findOneAndUpdate(free, [{ $set: { holder: "old again" } }]);
    });

  it("is left as it is while that one lives", async () => {
    await filled({ expiresAt: new Date(Date.now() + 600_000) });
    const before = await versionAndCollections();
    await expect(alone(1, 100)).rejects.toThrow(/is in use by process 4711 on host "west"/);
    expect(await versionAndCollections()).toEqual(before);
    expect(before).toEqual([1, 2]);
  });

  it("is taken over when that one is gone, is never that build's again, and says that its streams were left", async () => {
    await filled({ expiresAt: new Date(Date.now() - 1_000) });
    const store = await alone(1);
    expect(await store.acquire("account:1")).toEqual({ epoch: 2, lastSequence: 1, isTakeover: true });
    expect(await store.acquire("account:new")).toEqual({ epoch: 1, lastSequence: 0 });
    expect([await versionAndCollections(), await takenByOld()]).toEqual([[2, 8], null]);
    await store.close();
    await (await alone(2)).close();
  });

  it("is taken over like any other after that one's clean end", async () => {
    await filled({ expiresAt: LONG_AGO });
    expect(await (await alone(1)).acquire("account:1")).toEqual({ epoch: 2, lastSequence: 1 });
    expect(await takenByOld()).toBeNull();
  });
});

describe("a change of hands in MongoDB that arrives late", () => {
  const LATE_MS = 1_500;
  /** The next change of a hold, and the driver's repeat of it, wait in the server until their process has given up waiting for them. */
  const late = async (command: string) => {
    const data = { failCommands: [command], namespace: `${place.database}.holds`, blockConnection: true, blockTimeMS: LATE_MS };
    await mongod.command({ configureFailPoint: "failCommand", mode: { times: 2 }, data });
  };
  const arrived = (command: string) =>
    eventually(async () => {
      const { inprog } = await mongod.command({ currentOp: 1, "command.$db": place.database, [`command.${command}`]: "holds" });
      return Array.isArray(inprog) && inprog.length === 0;
    });
  const impatient = (pid: number) =>
    place.open({ selectionMs: 1_000, operationMs: 500, process: facts("engine", pid), aloneWith: undefined });

  it("takes nothing from a process that has acquired the stream again", async () => {
    const [one, other] = [await impatient(1), await impatient(2)];
    await one.acquire("a");
    await late("update");
    await expect(one.release("a")).rejects.toThrow(StoreUnavailable);
    const { epoch } = await one.acquire("a");
    await arrived("update");
    await expect(other.acquire("a")).rejects.toThrow(/is in use by process 1/);
    await one.append({ stream: "a", epoch, expectedSequence: 0, bodies: ["mine"] });
  });

  it("gives nothing to a process that has given the stream back", async () => {
    const [one, other] = [await impatient(1), await impatient(2)];
    await one.acquire("a");
    await one.release("a");
    await late("findAndModify");
    await expect(one.acquire("a")).rejects.toThrow(StoreUnavailable);
    await one.release("a");
    await arrived("findAndModify");
    expect((await other.cluster.members()).flatMap(({ streams }) => streams)).toEqual([]);
    expect(await other.acquire("a")).toMatchObject({ lastSequence: 0 });
  });
});

describe("a stream in MongoDB that another process follows", () => {
  /** The next append arrives, and its writer is told that nobody knows. */
  const inDoubt = async (store: SharedStore, expectedSequence: number, body: string) => {
    const data = { failCommands: ["insert"], namespace: `${place.database}.links`, writeConcernError: NOT_CONFIRMED };
    await mongod.command({ configureFailPoint: "failCommand", mode: { times: 1 }, data });
    const lost = store.append({ stream: "desk", epoch: 1, expectedSequence, bodies: [body] });
    await expect(lost).rejects.toThrow(StoreUnavailable);
  };

  const newsOf = async (store: SharedStore, streams: readonly string[]) => {
    const { rows } = await store.news(new Map(streams.map((stream) => [stream, 0])), 100);
    return new Map([...rows].map(([stream, found]) => [stream, found.map(({ body }) => body)]));
  };

  /** Asks, and resolves when the server has given its answer and holds the write up that keeps it. */
  const heldUp = async <T>(ask: () => Promise<T>): Promise<{ answer: Promise<T> }> => {
    const data = { failCommands: ["update"], namespace: `${place.database}.links`, blockConnection: true, blockTimeMS: 1_000 };
    const { count } = await mongod.command({ configureFailPoint: "failCommand", mode: { times: 1 }, data });
    const answer = ask();
    await mongod.command({ waitForFailPoint: "failCommand", timesEntered: Number(count) + 1, maxTimeMS: 5_000 });
    return { answer };
  };

  it("undoes an append that was answered as unavailable before anybody has read it", async () => {
    const [writer, reader] = [await shared("gateway"), await shared("engine")];
    await writer.acquire("desk");
    await inDoubt(writer, 0, "lost");
    await writer.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["a"] });
    expect([await bodiesOf(reader), await bodiesOf(writer)]).toEqual([["a"], ["a"]]);
  });

  it("keeps one that somebody has read: its writer is refused then and must read again", async () => {
    const [writer, reader] = [await shared("gateway"), await shared("engine")];
    await writer.acquire("desk");
    await writer.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["a"] });
    await inDoubt(writer, 1, "read at once");
    // Until most members have it, nobody reads it.
    await eventually(async () => (await bodiesOf(reader)).length === 2);
    const again = writer.append({ stream: "desk", epoch: 1, expectedSequence: 1, bodies: ["read at once"] });
    await expect(again).rejects.toThrow(AppendRefused);
    expect([await bodiesOf(reader), await bodiesOf(writer)]).toEqual([
      ["a", "read at once"],
      ["a", "read at once"],
    ]);
    expect(await writer.acquire("desk")).toEqual({ epoch: 2, lastSequence: 2 });
  });

  it("keeps what was found new in it like what was read", async () => {
    const [writer, reader] = [await shared("gateway"), await shared("engine")];
    await writer.acquire("desk");
    await inDoubt(writer, 0, "found at once");
    await eventually(async () => (await newsOf(reader, ["desk"])).size === 1);
    const again = writer.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["found at once"] });
    await expect(again).rejects.toThrow(AppendRefused);
    expect(await bodiesOf(writer)).toEqual(["found at once"]);
  });

  it("gives out nothing of what its writer undoes while others ask for it, and all of what stays", async () => {
    const [writer, reader] = [await shared("gateway"), await shared("engine")];
    for (const stream of ["account:1", "desk"]) await writer.acquire(stream);
    await writer.append({ stream: "account:1", epoch: 1, expectedSequence: 0, bodies: ["stays"] });
    await writer.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["stays", "too"] });
    expect((await newsOf(reader, ["desk"])).size).toBe(1);
    await writer.append({ stream: "desk", epoch: 1, expectedSequence: 2, bodies: ["undone"] });
    const asked = await heldUp(() => newsOf(reader, ["desk", "account:1"]));
    const undone = { $set: { last: 2, count: 0, bodies: [] } };
    await inDatabase(async ({ db }) => db?.collection("links").updateOne({ stream: "desk", last: 3, isSeen: { $ne: true } }, undone));
    expect(await asked.answer).toEqual(
      new Map([
        ["account:1", ["stays"]],
        ["desk", ["stays", "too"]],
      ]),
    );
  });

  it.each(["find", "update"])("says that it could not be asked when a %s fails, and tells all the next time", async (command) => {
    const [writer, reader] = [await shared("gateway"), await shared("engine")];
    for (const stream of ["account:1", "desk"]) {
      await writer.acquire(stream);
      await writer.append({ stream, epoch: 1, expectedSequence: 0, bodies: ["a"] });
    }
    const data = { failCommands: [command], namespace: `${place.database}.links`, errorCode: 50 };
    await mongod.command({ configureFailPoint: "failCommand", mode: { times: 1 }, data });
    await expect(newsOf(reader, ["account:1", "desk"])).rejects.toThrow(StoreUnavailable);
    expect((await newsOf(reader, ["account:1", "desk"])).size).toBe(2);
  });

  it("costs one look into the index with all others together, and one write where something is new", async () => {
    const [writer, reader] = [await shared("gateway"), await shared("engine")];
    const names = Array.from({ length: 50 }, (_, number) => `account:${number}`);
    for (const stream of names) {
      await writer.acquire(stream);
      for (const expectedSequence of [0, 1, 2]) await writer.append({ stream, epoch: 1, expectedSequence, bodies: ["x"] });
    }
    const costOf = async (after: number) => {
      await inDatabase(async ({ db }) => db?.command({ profile: 2 }));
      await reader.news(new Map(names.map((stream) => [stream, after])), 2_000);
      return inDatabase(async ({ db }) => {
        await db?.command({ profile: 0 });
        const told =
          (await db
            ?.collection("system.profile")
            .find({ ns: `${place.database}.links` })
            .toArray()) ?? [];
        await db?.collection("system.profile").drop();
        return told.map(({ op, docsExamined, keysExamined }) => ({ op, docsExamined, keysExamined }));
      });
    };
    const costs = [await costOf(3), await costOf(2), await costOf(2)];
    expect(costs).toEqual([
      [{ op: "query", docsExamined: 0, keysExamined: 0 }],
      [
        { op: "query", docsExamined: 50, keysExamined: 50 },
        { op: "update", docsExamined: 50, keysExamined: expect.any(Number) },
      ],
      [{ op: "query", docsExamined: 50, keysExamined: 50 }],
    ]);
  });

  it("undoes nothing that the next holder has built on, however sure its writer is of its time", async () => {
    // Its clock stands still, so it believes in its right for ever, and is renewed no more.
    const stopped = { clock: new FakeClock(), leaseMs: 400 };
    const writer = await place.open({ ...QUICK, ...stopped, process: facts("engine", 1), aloneWith: undefined });
    const next = await shared("engine", 2);
    await writer.acquire("desk");
    await inDoubt(writer, 0, "arrived");
    let acquired: Awaited<ReturnType<SharedStore["acquire"]>> | undefined;
    await eventually(async () => {
      acquired = await next.acquire("desk").catch(() => undefined);
      return acquired !== undefined;
    });
    expect(acquired).toEqual({ epoch: 2, lastSequence: 1, isTakeover: true });
    expect(writer.unheld("desk")).toBeUndefined();
    await expect(writer.read("desk", 0, 10)).rejects.toThrow(/in doubt until the right to it was renewed/);
    const late = writer.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["late"] });
    await expect(late).rejects.toThrow(StoreUnavailable);
    await next.append({ stream: "desk", epoch: 2, expectedSequence: 1, bodies: ["young"] });
    expect(await bodiesOf(next)).toEqual(["arrived", "young"]);
  });
});
