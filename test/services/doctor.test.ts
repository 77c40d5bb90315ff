import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { examine } from "../../src/app/doctor.ts";
import { encodeEvent } from "../../src/domain/event-codec.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";
import { systemClock } from "../../src/system/clock.ts";
import { canary } from "../kit/canary/canary.ts";
import { DeskProcess } from "../kit/process-desk.ts";
import { processStage } from "../kit/process-stage.ts";
import { MongoPlace } from "../kit/services/mongo-place.ts";
import { Mongod } from "../kit/services/mongod.ts";
import { RedisServer } from "../kit/services/redis.ts";

const PASSWORD = canary("store password");
const stage = processStage();
let mongod: Mongod;
let redis: RedisServer;

beforeAll(async () => {
  [mongod, redis] = await Promise.all([Mongod.start({ members: 1 }), RedisServer.start(PASSWORD)]);
});
afterAll(async () => {
  await redis.end();
  await mongod.end();
});

const told = async (settings: Record<string, string>, name: string) => {
  const readFile = () => "";
  const { findings } = await examine({
    ...{ environment: settings, readFile, clock: systemClock(), version: "1", envFile: "/nowhere", exchanges: [] },
  });
  return findings.filter(({ about }) => about === name).map(({ grade, found }) => `${grade}: ${found}`);
};

it("a doctor looks at a MongoDB without making anything in it, and beside a desk that has it", async () => {
  const place = new MongoPlace(mongod);
  const settings = { STORE_URL: place.url };
  expect(await told(settings, "store")).toEqual([expect.stringMatching(/^ok: mongodb:.*: MongoDB \d.*, replica set storm, empty/)]);
  expect(await mongod.asked(place.url, async ({ db }) => (await db?.listCollections().toArray())?.length)).toBe(0);
  await place.open();
  expect(await told(settings, "store")).toEqual([expect.stringMatching(new RegExp(`schema 2 of 2; process ${process.pid} on host`))]);
  await place.closeAll();
  expect(await told(settings, "store")).toEqual([expect.stringMatching(/schema 2 of 2$/)]);
  await mongod.asked(place.url, async ({ db }) =>
    db?.collection<{ _id: string }>("meta").updateOne({ _id: "schema" }, { $set: { version: 9 } }),
  );
  expect(await told(settings, "store")).toEqual([expect.stringMatching(/^fail: .*newer build: its schema has version 9/)]);
  await place.destroy();
});

it("a doctor asks the exchanges of the accounts in a MongoDB, of those that are still there", async () => {
  const place = new MongoPlace(mongod);
  const store = await place.open();
  const { epoch } = await store.acquire("desk");
  const facts = { wallMs: wallMs(0), marketMs: marketMs(0), requestId: undefined };
  const registered = (account: string, exchange: string) =>
    encodeEvent({ ...facts, event: { type: "account-registered", account, owner: "discord:1", exchange } });
  await store.append({ stream: "desk", epoch, expectedSequence: 0, bodies: [registered("main", "binance"), registered("old", "blofin")] });
  const gone = encodeEvent({ ...facts, event: { type: "account-unregistered", account: "old" } });
  await store.append({ stream: "desk", epoch, expectedSequence: 2, bodies: [gone] });
  const settings = { STORE_URL: place.url, BINANCE_API_URL: "http://127.0.0.1:9", BLOFIN_API_URL: "http://127.0.0.1:9" };
  expect(await told(settings, "binance")).toEqual([expect.stringMatching(/^fail: the counterpart at 127\.0\.0\.1:9 does not answer/)]);
  expect(await told(settings, "blofin")).toEqual([]);
  await place.destroy();
});

it("a doctor warns of a Redis that evicts or forgets what processes of a desk tell each other, and of no cache", async () => {
  const client = new Redis(redis.url, { password: PASSWORD });
  try {
    await client.config("SET", "maxmemory-policy", "allkeys-lru");
    const settings = { STORE_URL: mongod.url("none"), REDIS_URL: redis.url, REDIS_PASSWORD: PASSWORD, MARKET: "exchange:binance" };
    const asked = { ...settings, BINANCE_API_URL: "http://127.0.0.1:9" };
    expect(await told({ ...asked, ROLE: "all" }, "redis")).toEqual([expect.stringMatching(/^ok: version/)]);
    expect(await told({ ...asked, ROLE: "engine" }, "redis")).toEqual([
      expect.stringMatching(/^ok: version/),
      expect.stringMatching(/^warn: its maxmemory-policy is allkeys-lru: /),
      expect.stringMatching(/^warn: its appendonly is no: /),
    ]);
    await client.config("SET", "maxmemory-policy", "noeviction");
    await client.config("SET", "appendonly", "yes");
    expect(await told({ ...asked, ROLE: "gateway" }, "redis")).toEqual([expect.stringMatching(/^ok: version/)]);
  } finally {
    await client.config("SET", "appendonly", "no");
    client.disconnect();
  }
});

it("a doctor tells a Redis that answers from one that refuses the password", async () => {
  const settings = { STORE_URL: "memory:", REDIS_URL: redis.url };
  expect(await told({ ...settings, REDIS_PASSWORD: PASSWORD }, "redis")).toEqual([expect.stringMatching(/^ok: version \d/)]);
  expect(await told(settings, "redis")).toEqual([expect.stringMatching(/^warn: it cannot be used: NOAUTH/)]);
  expect(await told({ ...settings, REDIS_PASSWORD: canary("store root password") }, "redis")).toEqual([
    expect.stringMatching(/^warn: .*WRONGPASS/),
  ]);
});

it("a doctor ends with 0 where a desk would work and with 1 where it would not", async () => {
  const look = async (settings: Record<string, string> = {}) => {
    const doctor = new DeskProcess({ folder: stage.folder, settings, flags: ["--doctor"] });
    return { ...(await doctor.exited), text: doctor.stdout };
  };
  expect(await look()).toMatchObject({ code: 0, text: expect.stringContaining("All is well.") });
  expect(await look({ POSITION_CAP: "900%" })).toMatchObject({ code: 1, text: expect.stringContaining("1 fault, 0 warnings.") });
});
