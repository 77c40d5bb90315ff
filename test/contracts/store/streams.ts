import { describe, expect, it } from "vitest";
import { AppendRefused } from "../../../src/ports/store.ts";
import type { Subject } from "./subject.ts";
import { WHOLE } from "./subject.ts";

/** The part of the store contract that is about streams. The numbers are those of src/ports/store.ts. */
export function streamContract(subject: Subject): void {
  describe("acquire", () => acquireContract(subject));
  describe("append and read", () => appendContract(subject));
  describe("texts and sizes", () => sizeContract(subject));
  describe("refusals (clause 3)", () => refusalContract(subject));
  describe("many writers at once (clause 4)", () => concurrencyContract(subject));
}

function acquireContract(subject: Subject): void {
  it("gives a new stream epoch 1 and sequence 0", async () => {
    expect(await subject().store.acquire("account:1")).toEqual({ epoch: 1, lastSequence: 0 });
  });

  it("grows the epoch by one for each holder, across restarts and separately for each stream", async () => {
    const { store, restarted } = subject();
    await store.acquire("account:1");
    await store.append({ stream: "account:1", epoch: 1, expectedSequence: 0, bodies: ["a", "b"] });
    expect(await store.acquire("account:1")).toEqual({ epoch: 2, lastSequence: 2 });
    expect(await store.acquire("account:2")).toEqual({ epoch: 1, lastSequence: 0 });
    const later = await restarted();
    expect(await later.acquire("account:1")).toEqual({ epoch: 3, lastSequence: 2 });
  });

  it("lists the streams that were ever acquired, ascending", async () => {
    const { store, restarted } = subject();
    expect(await store.streams()).toEqual([]);
    for (const stream of ["desk", "account:b", "account:😀", "account:\uff5e", "account:B"]) await store.acquire(stream);
    const ascending = ["account:B", "account:b", "account:😀", "account:\uff5e", "desk"];
    expect(await store.streams()).toEqual(ascending);
    expect(await (await restarted()).streams()).toEqual(ascending);
  });

  it("gives a stream back: it may not be sent for or appended to any more, is read on, and can be acquired again (clauses 3, 6)", async () => {
    const { store, restarted } = subject();
    expect(store.unheld("desk")).toMatch(/has not acquired the stream "desk"/);
    const { epoch } = await store.acquire("desk");
    expect(store.unheld("desk")).toBeUndefined();
    const appended = store.append({ stream: "desk", epoch, expectedSequence: 0, bodies: ["a"] });
    await store.release("desk");
    await appended;
    expect(store.unheld("desk")).toMatch(/has given the stream "desk" back/);
    const late = store.append({ stream: "desk", epoch, expectedSequence: 1, bodies: ["late"] });
    await expect(late).rejects.toThrow(AppendRefused);
    await store.release("desk");
    await store.release("a stream that nobody has");
    expect(await store.read("desk", 0, WHOLE)).toEqual([{ sequence: 1, body: "a" }]);
    expect(await store.acquire("desk")).toEqual({ epoch: epoch + 1, lastSequence: 1 });
    expect(store.unheld("desk")).toBeUndefined();
    const later = await restarted();
    expect(await later.acquire("desk")).toEqual({ epoch: epoch + 2, lastSequence: 1 });
  });
}

function appendContract(subject: Subject): void {
  it("keeps a batch across a restart as soon as its append resolved (clause 1)", async () => {
    const { store, restarted } = subject();
    await store.acquire("desk");
    await store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["a", "b"] });
    await store.append({ stream: "desk", epoch: 1, expectedSequence: 2, bodies: ["c"] });
    expect(await (await restarted()).read("desk", 0, WHOLE)).toEqual([
      { sequence: 1, body: "a" },
      { sequence: 2, body: "b" },
      { sequence: 3, body: "c" },
    ]);
  });

  it("numbers a stream from 1 without holes, whatever other streams do (clause 2)", async () => {
    const { store } = subject();
    await store.acquire("one");
    await store.acquire("two");
    for (let sequence = 0; sequence < 5; sequence += 1) {
      await store.append({ stream: "one", epoch: 1, expectedSequence: sequence, bodies: ["x"] });
      await store.append({ stream: "two", epoch: 1, expectedSequence: 2 * sequence, bodies: ["y", "z"] });
    }
    expect((await store.read("one", 0, WHOLE)).map((row) => row.sequence)).toEqual([1, 2, 3, 4, 5]);
    expect((await store.read("two", 0, WHOLE)).map((row) => row.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("reads after a sequence, at most so many rows, and nothing beyond the end or from an unknown stream", async () => {
    const { store } = subject();
    await store.acquire("desk");
    await store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["a", "b", "c", "d", "e"] });
    expect(await store.read("desk", 1, 3)).toEqual([
      { sequence: 2, body: "b" },
      { sequence: 3, body: "c" },
      { sequence: 4, body: "d" },
    ]);
    expect((await store.read("desk", 3, 100)).map((row) => row.body)).toEqual(["d", "e"]);
    expect(await store.read("desk", 5, 100)).toEqual([]);
    expect(await store.read("desk", 99, 100)).toEqual([]);
    expect(await store.read("desk", 0, 0)).toEqual([]);
    expect(await store.read("nobody", 0, 100)).toEqual([]);
  });

  it("shows a reader what was appended before it asked, even when the append has not resolved yet (clause 5)", async () => {
    const { store } = subject();
    await store.acquire("desk");
    const appended = store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["a"] });
    expect(await store.read("desk", 0, WHOLE)).toEqual([{ sequence: 1, body: "a" }]);
    await appended;
  });

  it("writes nothing for an empty batch, and still checks it", async () => {
    const { store } = subject();
    await store.acquire("desk");
    await store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: [] });
    expect(await store.acquire("desk")).toEqual({ epoch: 2, lastSequence: 0 });
    await expect(store.append({ stream: "desk", epoch: 2, expectedSequence: 7, bodies: [] })).rejects.toThrow(AppendRefused);
  });
}

function sizeContract(subject: Subject): void {
  it("gives back every text as it came: empty, quoted, with line breaks, zero characters and emoji", async () => {
    const { store, restarted } = subject();
    const bodies = ["", "'; DROP TABLE events; --", "a\nb\r\n\tc", "zero\0inside", "🐢⚡ 鯤 é", '{"$d":"0.1"}'];
    await store.acquire("desk");
    await store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies });
    expect((await (await restarted()).read("desk", 0, WHOLE)).map((row) => row.body)).toEqual(bodies);
  });

  it("takes a body of two million characters and a batch of two thousand events", async () => {
    const { store, restarted } = subject();
    const large = "0123456789".repeat(200_000);
    await store.acquire("desk");
    await store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: [large] });
    await store.append({ stream: "desk", epoch: 1, expectedSequence: 1, bodies: Array.from({ length: 2_000 }, (_, n) => `event ${n}`) });
    const rows = await (await restarted()).read("desk", 0, WHOLE);
    expect(rows[0]?.body === large).toBe(true);
    expect(rows.at(-1)).toEqual({ sequence: 2_001, body: "event 1999" });
  });
}

function refusalContract(subject: Subject): void {
  const refusals: [string, { stream?: string; epoch?: number; expectedSequence?: number }, RegExp][] = [
    ["an expected sequence that is too low", { expectedSequence: 1 }, /"desk" ends at 2, this append expected 1/],
    ["an expected sequence that is too high", { expectedSequence: 3 }, /"desk" ends at 2, this append expected 3/],
    ["an older epoch", { epoch: 1 }, /held under epoch 2, this append came under epoch 1/],
    ["an epoch that nobody was given", { epoch: 3 }, /held under epoch 2, this append came under epoch 3/],
    [
      "a stream that nobody acquired",
      { stream: "other", epoch: 1, expectedSequence: 0 },
      /this process has not acquired the stream "other"/,
    ],
  ];

  it.each(refusals)("refuses %s and changes nothing", async (_case, wrong, message) => {
    const { store, restarted } = subject();
    await store.acquire("desk");
    await store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["a", "b"] });
    await store.acquire("desk");
    const refused = store.append({ stream: "desk", epoch: 2, expectedSequence: 2, bodies: ["x", "y"], ...wrong });
    await expect(refused).rejects.toThrow(AppendRefused);
    await expect(refused).rejects.toThrow(message);
    const later = await restarted();
    expect((await later.read("desk", 0, WHOLE)).map((row) => row.body)).toEqual(["a", "b"]);
    expect(await later.streams()).toEqual(["desk"]);
  });

  it("goes on after a refusal for whoever knows the true end", async () => {
    const { store } = subject();
    await store.acquire("desk");
    await expect(store.append({ stream: "desk", epoch: 1, expectedSequence: 5, bodies: ["x"] })).rejects.toThrow(AppendRefused);
    await store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["a"] });
    expect(await store.read("desk", 0, WHOLE)).toEqual([{ sequence: 1, body: "a" }]);
  });

  it("refuses the earlier holder at once when another one acquired between its call and its turn", async () => {
    const { store } = subject();
    await store.acquire("desk");
    const [taken, late] = await Promise.allSettled([
      store.acquire("desk"),
      store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["late"] }),
    ]);
    expect(taken).toEqual({ status: "fulfilled", value: { epoch: 2, lastSequence: 0 } });
    expect(late).toMatchObject({ status: "rejected", reason: expect.any(AppendRefused) });
    expect(await store.read("desk", 0, WHOLE)).toEqual([]);
  });
}

function concurrencyContract(subject: Subject): void {
  it("lets exactly one of many appends with the same expected sequence win", async () => {
    const { store } = subject();
    await store.acquire("desk");
    const racers = Array.from({ length: 10 }, (_, n) =>
      store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: [`racer ${n}`] }),
    );
    const results = await Promise.allSettled(racers);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await store.read("desk", 0, WHOLE)).toEqual([{ sequence: 1, body: "racer 0" }]);
  });

  it("takes 200 appends on 20 streams at once, each stream in the order of its calls", async () => {
    const { store, restarted } = subject();
    const names = Array.from({ length: 20 }, (_, n) => `account:${String(n).padStart(2, "0")}`);
    await Promise.all(names.map((stream) => store.acquire(stream)));
    const rounds = Array.from({ length: 10 }, (_, round) => round);
    await Promise.all(
      rounds.flatMap((round) =>
        names.map((stream) =>
          store.append({ stream, epoch: 1, expectedSequence: 2 * round, bodies: [`${stream} ${round}a`, `${stream} ${round}b`] }),
        ),
      ),
    );
    const later = await restarted();
    for (const stream of names) {
      const expected = rounds.flatMap((round) => [`${stream} ${round}a`, `${stream} ${round}b`]);
      expect(await later.read(stream, 0, WHOLE)).toEqual(expected.map((body, index) => ({ sequence: index + 1, body })));
    }
  });

  it("keeps the good appends of a crowd in which every other one is refused", async () => {
    const { store, restarted } = subject();
    await store.acquire("desk");
    const calls = Array.from({ length: 40 }, (_, n) => {
      const good = n % 2 === 0;
      return store.append({ stream: "desk", epoch: 1, expectedSequence: good ? n / 2 : 999, bodies: [good ? "good" : "bad"] });
    });
    const results = await Promise.allSettled(calls);
    expect(results.map(({ status }) => status)).toEqual(calls.map((_, n) => (n % 2 === 0 ? "fulfilled" : "rejected")));
    const bodies = (await (await restarted()).read("desk", 0, WHOLE)).map((row) => row.body);
    expect(bodies).toEqual(Array.from({ length: 20 }, () => "good"));
  });
}
