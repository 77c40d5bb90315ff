import { expect, it } from "vitest";
import type { Store } from "../../../src/ports/store.ts";
import type { Subject } from "./subject.ts";
import { WHOLE } from "./subject.ts";

/** Who writes the streams of a test, and who asks what is new in them: the same process or another one. */
export type NewsSubject = () => Promise<{ readonly writer: Store; readonly reader: Store }>;

/** What is new in many streams (clause 5), whatever the store is and whoever holds them. */
export function newsContract(subject: NewsSubject): void {
  it("tells of each stream what is new in it, and nothing of one that is read to its end or that nobody knows", async () => {
    const { writer, reader } = await subject();
    await fill(writer, { desk: 3, "account:a": 2, "account:b": 1, "account:never asked": 1 });
    const after = new Map([
      ["account:b", 1],
      ["desk", 1],
      ["account:nobody", 0],
      ["account:a", 0],
    ]);
    const { rows, more } = await reader.news(after, WHOLE);
    expect(more).toEqual(new Set());
    expect(rows).toEqual(
      new Map([
        ["desk", [row("desk", 2), row("desk", 3)]],
        ["account:a", [row("account:a", 1), row("account:a", 2)]],
      ]),
    );
  });

  it("finds nothing where nothing is asked, nothing is new, or nothing may be given", async () => {
    const { writer, reader } = await subject();
    await fill(writer, { desk: 2 });
    const nothing = { rows: new Map(), more: new Set() };
    expect(await reader.news(new Map(), WHOLE)).toEqual(nothing);
    expect(await reader.news(new Map([["desk", 2]]), WHOLE)).toEqual(nothing);
    expect(await reader.news(new Map([["desk", 99]]), WHOLE)).toEqual(nothing);
    expect(await reader.news(new Map([["desk", 0]]), 0)).toEqual({ rows: new Map(), more: new Set(["desk"]) });
  });

  it.each([1, 2, 3, 7, 17, 18, 100])(
    "gives at most %i rows in all, and comes to the end of every stream that is asked on for",
    async (limit) => {
      const { writer, reader } = await subject();
      const counts = { "account:a": 4, "account:b": 0, "account:c": 9, "account:d": 1, desk: 4 };
      await fill(writer, counts);
      const read = new Map<string, number[]>(Object.keys(counts).map((stream) => [stream, []]));
      let asked = [...read.keys()];
      for (let questions = 0; asked.length > 0; questions += 1) {
        expect(questions).toBeLessThan(100);
        const { rows, more } = await reader.news(new Map(asked.map((stream) => [stream, read.get(stream)?.at(-1) ?? 0])), limit);
        const given = [...rows].flatMap(([stream, found]) => found.map((each) => ({ stream, ...each })));
        expect(given.length).toBeLessThanOrEqual(limit);
        for (const { stream, sequence, body } of given) {
          expect(body).toBe(row(stream, sequence).body);
          read.get(stream)?.push(sequence);
        }
        for (const stream of more) expect(asked).toContain(stream);
        asked = [...more];
      }
      const whole = Object.entries(counts).map(([stream, count]) => [stream, Array.from({ length: count }, (_, index) => index + 1)]);
      expect([...read]).toEqual(whole);
    },
  );

  it("lets nobody starve: of those that had nothing, somebody has something by the next question", async () => {
    const { writer, reader } = await subject();
    await fill(writer, { "account:a": 9, "account:b": 2, "account:c": 2 });
    const served = new Set<string>();
    for (let question = 0; question < 3; question += 1) {
      const waiting = ["account:a", "account:b", "account:c"].filter((stream) => !served.has(stream));
      const { rows } = await reader.news(new Map(waiting.map((stream) => [stream, 0])), 2);
      for (const stream of rows.keys()) served.add(stream);
    }
    expect(served.size).toBe(3);
  });

  it("keeps apart streams of any name, and every text as it came", async () => {
    const { writer, reader } = await subject();
    const names = ["account:$or.b", 'account:"; --', "account:😀", "account:\uff5e", "account:B", "account:b"];
    for (const stream of names) {
      await writer.acquire(stream);
      await writer.append({ stream, epoch: 1, expectedSequence: 0, bodies: [`${stream} zero\0inside`, ""] });
    }
    const { rows } = await reader.news(new Map(names.map((stream) => [stream, 0])), WHOLE);
    for (const stream of names)
      expect(rows.get(stream)).toEqual([
        { sequence: 1, body: `${stream} zero\0inside` },
        { sequence: 2, body: "" },
      ]);
  });

  it("reads a batch in parts", async () => {
    const { writer, reader } = await subject();
    await writer.acquire("desk");
    await writer.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["a", "b", "c", "d"] });
    const { rows, more } = await reader.news(new Map([["desk", 1]]), 2);
    expect([rows.get("desk"), [...more]]).toEqual([
      [
        { sequence: 2, body: "b" },
        { sequence: 3, body: "c" },
      ],
      ["desk"],
    ]);
  });
}

/** What a process finds new in streams that it writes itself. */
export function ownNewsContract(subject: Subject): void {
  it("shows what was appended before it was asked, even when the append has not resolved yet, also to a stream that was given back (clause 5)", async () => {
    const { store } = subject();
    for (const stream of ["desk", "account:a", "account:b"]) await store.acquire(stream);
    const appended = ["desk", "account:a", "account:b"].map((stream) =>
      store.append({ stream, epoch: 1, expectedSequence: 0, bodies: [row(stream, 1).body] }),
    );
    const released = store.release("account:b");
    const { rows, more } = await store.news(new Map(["desk", "account:a", "account:b"].map((stream) => [stream, 0])), WHOLE);
    expect(more).toEqual(new Set());
    expect([...rows.keys()].sort()).toEqual(["account:a", "account:b", "desk"]);
    await Promise.all([...appended, released]);
  });
}

const row = (stream: string, sequence: number) => ({ sequence, body: `${stream} ${sequence}` });

/** Streams with so many rows each, appended one by one and, for the last two of each, together. */
async function fill(store: Store, counts: Readonly<Record<string, number>>): Promise<void> {
  for (const [stream, count] of Object.entries(counts)) {
    const { epoch } = await store.acquire(stream);
    for (let done = 0; done < count; ) {
      const size = count - done === 2 ? 2 : 1;
      const bodies = Array.from({ length: size }, (_, index) => row(stream, done + index + 1).body);
      await store.append({ stream, epoch, expectedSequence: done, bodies });
      done += size;
    }
  }
}
