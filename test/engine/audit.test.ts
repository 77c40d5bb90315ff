import { describe, expect, it } from "vitest";
import { ChainCheck } from "../../src/domain/audit-chain.ts";
import type { Store, StoredEvent } from "../../src/ports/store.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { scripted } from "../kit/engine-market.ts";
import { by, type EngineRig, OWNER, openRig, startBot } from "../kit/engine-rig.ts";

const BTC = "BTC/USDT";
const UP_AND_DOWN = [100, 102, 102, 102, 102, 96, 96, 96, 96, 96];
const ACCOUNT = `paper:${OWNER}`;
const STREAM = `account:${ACCOUNT}`;

const market = () => scripted({ [BTC]: UP_AND_DOWN });

/** A store whose rows read as a test says. */
function tampered(store: Store, change: (rows: StoredEvent[], stream: string) => StoredEvent[]): Store {
  const read: Store["read"] = async (stream, after, limit) =>
    change(await store.read(stream, 0, 1_000_000), stream)
      .filter(({ sequence }) => sequence > after)
      .slice(0, limit);
  return new Proxy(store, { get: (target, name) => (name === "read" ? read : Reflect.get(target, name).bind(target)) });
}

async function traded(store: Store): Promise<EngineRig> {
  const rig = await openRig({ market: market(), store });
  await startBot(rig, { name: "dip" });
  await rig.move(3);
  return rig;
}

const verdictOf = async (rig: EngineRig, account: string | undefined) =>
  (await rig.engine.audit.verify("whole", [])).find((each) => each.account === account);

describe("the records of a desk", () => {
  it("follow from one another from the first on, over snapshots, stops, crashes and starts", async () => {
    const store = openMemoryStore();
    const first = await traded(store);
    await first.stop("asked for");
    const second = await openRig({ market: market(), store, clock: first.clock });
    await second.move(2);
    const third = await openRig({ market: market(), store, clock: first.clock });
    await third.engine.stopBot("dip", true, by("stop"));
    await third.move(2);
    const verdicts = await third.engine.audit.verify("whole", []);
    expect(verdicts.map(({ account, fault, beganAt }) => [account, fault, beganAt])).toEqual([
      [ACCOUNT, undefined, 1],
      [undefined, undefined, 1],
    ]);
    expect(verdicts[0]?.end.sequence).toBe(third.books(OWNER).sequence);
  });

  it("show the way from a person's word to the fill", async () => {
    const rig = await traded(openMemoryStore());
    const { records, whole } = await rig.engine.audit.newest({ scope: "whole", wanted: () => true, limit: 500, sinceMs: undefined });
    expect(whole).toBe(true);
    const types = records.filter(({ account }) => account === ACCOUNT).map(({ recorded }) => recorded.event.type);
    expect(types.toReversed()).toEqual(expect.arrayContaining(["bot-created", "bot-started", "intent", "order-accepted", "order-filled"]));
    const fills = await rig.engine.audit.newest({
      scope: { accounts: [ACCOUNT], sees: () => false },
      wanted: ({ recorded }) => recorded.event.type === "order-filled",
      limit: 1,
      sinceMs: undefined,
    });
    expect(fills.records).toHaveLength(1);
  });

  it.each<[string, (rows: StoredEvent[]) => StoredEvent[]]>([
    ["changed", (rows) => rows.map((row) => (row.sequence === 4 ? { ...row, body: row.body.replace('"v":1', '"v": 1') } : row))],
    ["dropped", (rows) => rows.filter(({ sequence }) => sequence !== 4)],
    ["moved", (rows) => rows.map((row) => (row.sequence === 4 ? { ...row, body: rows[4]?.body ?? "" } : row))],
    ["cut off before their end", (rows) => rows.slice(0, 3)],
  ])("that were %s in the store are named by the desk that runs", async (_, change) => {
    const store = openMemoryStore();
    let at = (rows: StoredEvent[]) => rows;
    const rig = await traded(tampered(store, (rows, stream) => (stream === STREAM ? at(rows) : rows)));
    expect((await verdictOf(rig, ACCOUNT))?.fault).toBeUndefined();
    at = change;
    expect((await verdictOf(rig, ACCOUNT))?.fault?.sequence).toBe(4);
    expect((await verdictOf(rig, undefined))?.fault).toBeUndefined();
  });

  it("that vanished from the end while the desk was away are missed, because the desk wrote down where they ended", async () => {
    const store = openMemoryStore();
    const first = await traded(store);
    await first.stop("asked for");
    const { sequence } = first.books(OWNER);
    const shorter = tampered(store, (rows, stream) => (stream === STREAM ? rows.slice(0, -1) : rows));
    const second = await openRig({ market: market(), store: shorter, clock: first.clock });
    expect((await verdictOf(second, ACCOUNT))?.fault).toEqual({ sequence, problem: "shorter" });
  });

  it("of a build that had no chain are named as such, and the chain begins behind them", async () => {
    const store = openMemoryStore();
    const first = await traded(store);
    await first.stop("asked for");
    const { sequence } = first.books(OWNER);
    const unchained = (rows: StoredEvent[]) =>
      rows.map((row) => (row.sequence <= sequence ? { ...row, body: row.body.replace(/,"chain":"[\w-]{43}"\}$/, "}") } : row));
    const old = openMemoryStore();
    await copied(store, old, unchained);
    const second = await openRig({ market: market(), store: old, clock: first.clock });
    await second.engine.stopBot("dip", true, by("stop"));
    expect(await verdictOf(second, ACCOUNT)).toMatchObject({ fault: undefined, beganAt: sequence + 1 });
  });

  it("are written in one pass: a link is made of the one before it and the text alone", async () => {
    const rig = await traded(openMemoryStore());
    const check = new ChainCheck(STREAM);
    for (const row of await rig.store.read(STREAM, 0, 1_000)) check.push(row);
    expect(check.fault).toBeUndefined();
    expect(check.end.link).toBe((await verdictOf(rig, ACCOUNT))?.end.link);
  });
});

/** Everything that one store holds, put into another one as `change` says; snapshots are not needed. */
async function copied(from: Store, to: Store, change: (rows: StoredEvent[]) => StoredEvent[]): Promise<void> {
  for (const stream of await from.streams()) {
    const { epoch } = await to.acquire(stream);
    const rows = change(await from.read(stream, 0, 1_000_000));
    // Notes of heads are of the chain that this copy does not have.
    const bodies = rows.map(({ body }) => (stream === "desk" ? body.replace(/,"heads":\[[^\]]*\]/, "") : body));
    await to.append({ stream, epoch, expectedSequence: 0, bodies });
  }
}
