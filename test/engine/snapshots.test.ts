import { expect, it } from "vitest";
import { emptyAccount } from "../../src/domain/books.ts";
import type { Account } from "../../src/engine/account.ts";
import { AccountSnapshots } from "../../src/engine/account-snapshots.ts";
import type { Snapshot } from "../../src/ports/store.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { scripted } from "../kit/engine-market.ts";
import { by, OWNER, openRig, startBot } from "../kit/engine-rig.ts";
import { FakeClock } from "../kit/fake-clock.ts";

const CLOSES = { "BTC/USDT": [100, 102, 102, 102, 102] };

it("hold what trailing stops follow, also of an account that was given back and taken again without an event", async () => {
  const kept: Snapshot[] = [];
  const store = Object.assign(openMemoryStore(), { saveSnapshot: async (snapshot: Snapshot) => void kept.push(snapshot) });
  const snapshots = new AccountSnapshots(store, new FakeClock());
  const state = emptyAccount();
  const taken = (bestMoves: number) => ({ writer: { name: "account:a" }, queue: { depth: 0 }, position: 0, state, bestMoves }) as Account;
  await snapshots.keep(taken(1), true);
  // A better price moves the books without an event.
  state.owner = "discord:77";
  await snapshots.keep(taken(1), true);
  expect(kept.map(({ body }) => body.includes("discord:77"))).toEqual([false, true]);
});

it("that are newer than their streams, as in a copy that was made meanwhile, are not used", async () => {
  const market = scripted(CLOSES);
  const store = openMemoryStore();
  const rig = await openRig({ market, store });
  await startBot(rig, { name: "dip" });
  await rig.move(3);
  const copy = openMemoryStore();
  for (const stream of ["desk", `account:paper:${OWNER}`]) {
    const { epoch } = await copy.acquire(stream);
    const bodies = (await store.read(stream, 0, 1_000)).map(({ body }) => body);
    await copy.append({ stream, epoch, expectedSequence: 0, bodies });
    await copy.release(stream);
  }
  await startBot(rig, { name: "rise" });
  await rig.move(1);
  await rig.pulse.keep();
  const snapshot = await store.loadSnapshot(`account:paper:${OWNER}`);
  if (!snapshot) throw new Error("no snapshot was kept");
  await copy.saveSnapshot(snapshot);
  const next = await openRig({ market, store: copy });
  expect(next.engine.bots().map(({ state }) => state.spec.name)).toEqual(["dip"]);
  await next.engine.stopBot("dip", true, by("stop"));
  expect(next.fatal).toEqual([]);
});
