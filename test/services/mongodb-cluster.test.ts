import { randomUUID } from "node:crypto";
import type { Collection } from "mongoose";
import { afterAll, beforeAll, describe } from "vitest";
import type { ProcessRole } from "../../src/ports/cluster.ts";
import type { MemberDocument } from "../../src/stores/mongodb/documents.ts";
import { RENEWALS } from "../../src/stores/mongodb/renewal.ts";
import { eventually, type Joined } from "../contracts/cluster/subject.ts";
import { clusterContract } from "../contracts/cluster.contract.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { MongoPlace } from "../kit/services/mongo-place.ts";
import { Mongod } from "../kit/services/mongod.ts";

/** Longer than any of these tests takes: nobody's time is over before a test says so. */
const LEASE_MS = 600_000;
/** So often a renewal is looked for before time moves on. */
const LOOKS = 50;
const TIMED_OUT = 50;
const NOT_CONFIRMED = 64;
const WRITES = ["insert", "update", "findAndModify"];

/** A process whose clock moves only when a test says so, and a server whose clock it cannot move: what a process's time is there, the test writes down. */
async function join(mongod: Mongod, place: MongoPlace, role: ProcessRole = "all"): Promise<Joined> {
  const clock = new FakeClock();
  const name = randomUUID();
  const facts = { name, role, pid: process.pid, host: `host of ${name}`, version: "1", startedMs: 1 };
  const taken = Promise.withResolvers<void>();
  const store = await place.open({ clock, process: facts, aloneWith: undefined, leaseMs: LEASE_MS, onTaken: taken.resolve });
  const asked = <T>(work: (members: Collection<MemberDocument>) => Promise<T>) =>
    mongod.asked(place.url, (connection) => work(connection.collection<MemberDocument>("members")));
  return {
    facts,
    store,
    taken: taken.promise,
    lapse: () => asked(async (all) => void (await all.updateOne({ _id: name }, { $set: { expiresAt: new Date(1) } }))),
    wake: () => clock.advance(LEASE_MS),
    async renew() {
      const renewedMs = () => asked(async (all) => (await all.findOne({ _id: name, isGone: false }))?.renewedAt.getTime());
      const beforeMs = await renewedMs();
      let looks = 0;
      await eventually(async () => {
        // Again only for a renewal that was not due yet: its time must not run out meanwhile.
        if (looks % LOOKS === 0) await clock.advance(LEASE_MS / RENEWALS);
        looks += 1;
        return beforeMs === undefined || (await renewedMs()) !== beforeMs;
      });
    },
    async lose(what, loss) {
      const fault =
        loss === "request"
          ? { errorCode: TIMED_OUT }
          : { writeConcernError: { code: NOT_CONFIRMED, errmsg: "waiting for replication timed out" } };
      const data = { failCommands: WRITES, namespace: `${place.database}.${what}`, ...fault };
      await mongod.command({ configureFailPoint: "failCommand", mode: { times: 1 }, data });
    },
  };
}

describe.each([
  ["a single server", 0],
  ["a replica set", 1],
] as const)("MongoDB as %s", (name, members) => {
  let mongod: Mongod;
  let place: MongoPlace;
  beforeAll(async () => {
    mongod = await Mongod.start({ members });
    place = new MongoPlace(mongod);
  });
  afterAll(async () => {
    await place.destroy();
    await mongod.end();
  });

  clusterContract(`a MongoDB on ${name}`, async () => {
    await place.empty();
    return { join: (role) => join(mongod, place, role), destroy: () => place.closeAll() };
  });
});
