import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "../src/ports/store.ts";
import { openSqliteStore } from "../src/stores/sqlite.ts";
import { MongoPlace } from "../test/kit/services/mongo-place.ts";
import { Mongod, type MongodOptions } from "../test/kit/services/mongod.ts";
import { type Figures, quantile } from "./kit/figures.ts";
import { hasServers } from "./kit/servers.ts";

const SERIAL = 500;
const STREAMS = 100;
const ROUNDS = 20;
/** About as large as an intent with its attempt. */
const BODY = JSON.stringify({ v: 1, event: { type: "intended", text: "x".repeat(900) } });
const SERVERS: readonly (readonly [string, MongodOptions["members"]])[] = [
  ["MongoDB, a single server", 0],
  ["MongoDB, a set of one", 1],
  ["MongoDB, a set of three", 3],
];

/** What it costs until an append is durable, one after the other and a hundred streams at once: SQLite, and MongoDB as it may be set up. All on this machine's disk. */
export default async function appends(figures: Figures): Promise<void> {
  if (!hasServers("appends", ["mongod"])) return;
  const sqlite = await ofSqlite(figures);
  for (const [name, members] of SERVERS) {
    const mongod = await Mongod.start({ members });
    const place = new MongoPlace(mongod);
    const store = await place.open();
    const { serialMs, together } = await measured(figures, name, store);
    await place.closeAll();
    await mongod.end();
    figures.ratio(`${name}: an append over one of SQLite, p50`, serialMs / sqlite.serialMs);
    figures.ratio(`${name}: appends a second of ${STREAMS} streams, SQLite over it`, sqlite.together / together);
  }
}

async function ofSqlite(figures: Figures): ReturnType<typeof measured> {
  const folder = mkdtempSync(join(tmpdir(), "scalpstorm-bench-"));
  const store = await openSqliteStore({ file: join(folder, "desk.sqlite") });
  const found = await measured(figures, "SQLite", store);
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  return found;
}

async function measured(figures: Figures, name: string, store: Store): Promise<{ serialMs: number; together: number }> {
  const serial = await oneAfterTheOther(store);
  const together = await allAtOnce(store);
  const serialMs = quantile(serial, 0.5);
  figures.time(`${name}: an append, p50`, serialMs);
  figures.time(`${name}: an append, p99`, quantile(serial, 0.99));
  figures.count(`${name}: appends a second, ${STREAMS} streams at once`, together);
  return { serialMs, together };
}

async function oneAfterTheOther(store: Store): Promise<number[]> {
  const { epoch } = await store.acquire("serial");
  const times: number[] = [];
  for (let expectedSequence = 0; expectedSequence < SERIAL; expectedSequence += 1) {
    const begun = performance.now();
    await store.append({ stream: "serial", epoch, expectedSequence, bodies: [BODY] });
    times.push(performance.now() - begun);
  }
  return times;
}

async function allAtOnce(store: Store): Promise<number> {
  const names = Array.from({ length: STREAMS }, (_, n) => `account:${n}`);
  for (const stream of names) await store.acquire(stream);
  const begun = performance.now();
  await Promise.all(
    names.map(async (stream) => {
      for (let expectedSequence = 0; expectedSequence < ROUNDS; expectedSequence += 1) {
        await store.append({ stream, epoch: 1, expectedSequence, bodies: [BODY] });
      }
    }),
  );
  return (STREAMS * ROUNDS * 1_000) / (performance.now() - begun);
}
