import { expect, it } from "vitest";
import { AppendRefused, StreamHeld } from "../../../src/ports/store.ts";
import type { ClusterSubject } from "./subject.ts";

const MANY = 1_000;

/** Who holds a stream, and how it changes hands among processes that live. */
export function holdsContract(subject: ClusterSubject): void {
  it("lets one process hold a stream, and says to others who it is", async () => {
    const [one, other] = [await subject().join("gateway"), await subject().join("engine")];
    expect(await one.store.acquire("desk")).toEqual({ epoch: 1, lastSequence: 0 });
    const refused = await other.store.acquire("desk").catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(StreamHeld);
    expect(refused).toMatchObject({ stream: "desk", holder: { pid: one.facts.pid, host: one.facts.host, role: "gateway" } });
    expect(String(refused)).toMatch(/"desk" is in use by process \d+ on host ".+" \(role gateway\)/);
    expect([one.store.unheld("desk"), other.store.unheld("desk")]).toEqual([
      undefined,
      expect.stringContaining('acquired the stream "desk"'),
    ]);
    await one.store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["a"] });
    const guessed = other.store.append({ stream: "desk", epoch: 1, expectedSequence: 1, bodies: ["guessed"] });
    await expect(guessed).rejects.toThrow(AppendRefused);
    expect(await one.store.acquire("desk")).toEqual({ epoch: 2, lastSequence: 1 });
  });

  it("gives each of many streams to exactly one of two that race for them", async () => {
    const [one, other] = [await subject().join(), await subject().join()];
    for (let round = 0; round < 20; round += 1) {
      const stream = `account:${round}`;
      const raced = await Promise.allSettled([one.store.acquire(stream), other.store.acquire(stream)]);
      const lost = raced.filter(({ status }) => status === "rejected");
      expect(lost).toEqual([{ status: "rejected", reason: expect.any(StreamHeld) }]);
      const [winner, loser] = raced[0].status === "fulfilled" ? [one, other] : [other, one];
      expect([winner.store.unheld(stream), typeof loser.store.unheld(stream)]).toEqual([undefined, "string"]);
      await winner.store.append({ stream, epoch: 1, expectedSequence: 0, bodies: ["mine"] });
    }
  });

  it("hands a stream over at once, after all that was appended to it, and refuses what its former holder still appends", async () => {
    const [one, other] = [await subject().join(), await subject().join()];
    await one.store.acquire("account:1");
    const appended = one.store.append({ stream: "account:1", epoch: 1, expectedSequence: 0, bodies: ["a"] });
    const released = one.store.release("account:1");
    expect(one.store.unheld("account:1")).toMatch(/given the stream "account:1" back/);
    const late = one.store.append({ stream: "account:1", epoch: 1, expectedSequence: 1, bodies: ["late"] });
    await expect(late).rejects.toThrow(AppendRefused);
    await Promise.all([appended, released]);
    expect(await other.store.acquire("account:1")).toEqual({ epoch: 2, lastSequence: 1 });
    await expect(one.store.acquire("account:1")).rejects.toThrow(StreamHeld);
    await one.store.release("account:1");
    await other.store.append({ stream: "account:1", epoch: 2, expectedSequence: 1, bodies: ["b"] });
    await other.store.release("account:1");
    expect(await one.store.acquire("account:1")).toEqual({ epoch: 3, lastSequence: 2 });
    expect(one.store.unheld("account:1")).toBeUndefined();
  });

  it("takes what is asked of one stream in the order of the calls", async () => {
    const { store } = await subject().join();
    const batch = { stream: "desk", bodies: ["x"] };
    const asked = [
      store.acquire("desk"),
      store.append({ ...batch, epoch: 1, expectedSequence: 0 }),
      store.release("desk"),
      store.append({ ...batch, epoch: 1, expectedSequence: 1 }),
      store.acquire("desk"),
      store.append({ ...batch, epoch: 2, expectedSequence: 1 }),
    ];
    const states = (await Promise.allSettled(asked)).map(({ status }) => status);
    expect(states).toEqual(["fulfilled", "fulfilled", "fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expect(store.unheld("desk")).toBeUndefined();
    expect(await store.read("desk", 0, 10)).toHaveLength(2);
  });

  it("gives back everything at a clean end, of which nobody can say afterwards that it was left", async () => {
    const [one, other] = [await subject().join(), await subject().join()];
    for (const stream of ["a", "b"]) await one.store.acquire(stream);
    await one.store.close();
    expect(one.store.unheld("a")).toMatch(/closed/);
    for (const stream of ["a", "b"]) expect(await other.store.acquire(stream)).toEqual({ epoch: 2, lastSequence: 0 });
    expect((await other.store.cluster.members()).map(({ name }) => name)).toEqual([other.facts.name]);
  });

  it("shows each process what the others have written, also of streams that it does not hold", async () => {
    const [one, other] = [await subject().join(), await subject().join()];
    await one.store.acquire("account:1");
    for (let n = 0; n < 3; n += 1) {
      await one.store.append({ stream: "account:1", epoch: 1, expectedSequence: n, bodies: [`event ${n}`] });
      expect(await other.store.read("account:1", n, 10)).toEqual([{ sequence: n + 1, body: `event ${n}` }]);
    }
    await one.store.saveSnapshot({ stream: "account:1", sequence: 3, body: "s" });
    expect(await other.store.loadSnapshot("account:1")).toMatchObject({ sequence: 3 });
    expect(await other.store.streams()).toEqual(["account:1"]);
    expect(await other.store.accept({ requestId: "r", wallMs: 1, body: "" })).toBe("new");
    expect(await one.store.accept({ requestId: "r", wallMs: 1, body: "" })).toBe("seen");
  });

  it("keeps a thousand streams by one renewal of their process", async () => {
    const [one, other] = [await subject().join("engine"), await subject().join("gateway")];
    const names = Array.from({ length: MANY }, (_, n) => `account:${String(n).padStart(4, "0")}`);
    await Promise.all(names.map((stream) => one.store.acquire(stream)));
    await one.renew();
    expect(names.filter((stream) => one.store.unheld(stream) !== undefined)).toEqual([]);
    const members = await other.store.cluster.members();
    const { name: _name, ...facts } = one.facts;
    expect(members).toContainEqual({ ...one.facts, renewedAgoMs: expect.any(Number), isGone: false, streams: names });
    expect(members).toContainEqual(expect.objectContaining({ ...other.facts, streams: [] }));
    expect(Object.keys(facts)).toHaveLength(5);
    await one.store.close();
    expect(await other.store.acquire(names[MANY - 1] ?? "")).toEqual({ epoch: 2, lastSequence: 0 });
  });
}
