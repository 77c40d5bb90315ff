import { describe, expect, it } from "vitest";
import type { ProcessFacts, ProcessRole } from "../../src/ports/cluster.ts";
import { TAKEOVER_MS } from "../../src/stores/mongodb/limits.ts";
import { LEASE_MS, RENEWALS } from "../../src/stores/mongodb/renewal.ts";
import type { Joined } from "../contracts/cluster/subject.ts";
import { clusterContract } from "../contracts/cluster.contract.ts";
import { contentsContract, storeContract } from "../contracts/store.contract.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { MemoryProcess } from "../kit/memory-cluster/process.ts";
import { MemoryServer } from "../kit/memory-cluster/server.ts";

const RENEWAL_MS = LEASE_MS / RENEWALS;

const factsOf = (number: number, role: ProcessRole): ProcessFacts => ({
  ...{ name: `process ${number}`, role, pid: number, host: `host-${number}`, version: "1", startedMs: number },
});

function open() {
  const clock = new FakeClock();
  const server = new MemoryServer(clock);
  let joined = 0;
  const join = async (role: ProcessRole = "all"): Promise<Joined> => {
    joined += 1;
    const facts = factsOf(joined, role);
    const taken = Promise.withResolvers<void>();
    const process = await MemoryProcess.join(server, facts, { clock, onTaken: taken.resolve });
    return {
      facts,
      store: process.store,
      taken: taken.promise,
      async lapse() {
        process.stall();
        await clock.advance(LEASE_MS + 1);
      },
      async wake() {
        process.wake();
      },
      renew: () => clock.advance(RENEWAL_MS),
      lose: async (_what, loss) => process.lose(loss),
    };
  };
  return { clock, server, join, destroy: async () => undefined };
}

clusterContract("a server in memory", async () => open());

const alone = async () => {
  const { join } = open();
  const { store } = await join();
  return { store, destroy: () => store.close() };
};
storeContract("a server in memory", alone);
contentsContract("a server in memory", alone);

describe("a server in memory", () => {
  it("says no more that a stream was left when nothing can be on its way any more", async () => {
    const { clock, join } = open();
    const [one, other] = [await join(), await join()];
    await one.store.acquire("a");
    await one.lapse();
    expect(await other.store.acquire("a")).toMatchObject({ isTakeover: true });
    await clock.advance(TAKEOVER_MS);
    expect(await other.store.acquire("a")).toEqual({ epoch: 3, lastSequence: 0 });
  });

  it("answers nothing to a process that was killed, and keeps its name from coming back", async () => {
    const { clock, server, join } = open();
    const process = await MemoryProcess.join(server, factsOf(9, "engine"), { clock });
    await process.store.acquire("a");
    process.kill();
    process.wake();
    let isAnswered = false;
    void process.store.append({ stream: "a", epoch: 1, expectedSequence: 0, bodies: ["x"] }).finally(() => {
      isAnswered = true;
    });
    const next = await join();
    await clock.advance(2 * LEASE_MS);
    expect(await next.store.acquire("a")).toEqual({ epoch: 2, lastSequence: 0, isTakeover: true });
    expect([isAnswered, await next.store.read("a", 0, 10)]).toEqual([false, []]);
    await expect(MemoryProcess.join(server, factsOf(9, "engine"), { clock })).rejects.toThrow(/joins under a new one/);
  });

  it("takes what a stopped process had asked when it goes on, in the order of its calls, unless it was declared gone", async () => {
    const { clock, server } = open();
    const process = await MemoryProcess.join(server, factsOf(9, "engine"), { clock });
    const { store } = process;
    process.stall();
    const asked = Promise.all([
      store.acquire("a"),
      store.append({ stream: "a", epoch: 1, expectedSequence: 0, bodies: ["x"] }),
      store.append({ stream: "a", epoch: 1, expectedSequence: 1, bodies: ["y"] }),
    ]);
    process.wake();
    await asked;
    expect((await store.read("a", 0, 10)).map(({ body }) => body)).toEqual(["x", "y"]);
  });
});
