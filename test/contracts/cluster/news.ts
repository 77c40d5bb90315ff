import { expect, it } from "vitest";
import { newsContract as storeNewsContract } from "../store/news.ts";
import type { ClusterSubject, Joined } from "./subject.ts";

const STREAMS = ["account:one", "account:other", "desk"];
const ROUNDS = 25;

/** What a process reads in one question of streams that others write (clause 5). */
export function newsContract(subject: ClusterSubject): void {
  storeNewsContract(async () => ({ writer: (await subject().join()).store, reader: (await subject().join()).store }));

  it("tells what others have written and what it has written itself, however often it is asked", async () => {
    const [one, other] = [await subject().join(), await subject().join()];
    await write(one, "account:one", 0, ["a", "b"]);
    await write(other, "account:other", 0, ["c"]);
    await write(other, "desk", 0, ["d"]);
    const told = [await newsOf(one, {}), await newsOf(other, {}), await newsOf(one, {})];
    expect(told).toEqual(Array(3).fill({ "account:one": ["a", "b"], "account:other": ["c"], desk: ["d"] }));
    await other.store.append({ stream: "desk", epoch: 1, expectedSequence: 1, bodies: ["e"] });
    expect(await newsOf(one, { "account:one": 2, "account:other": 1, desk: 1 })).toEqual({ desk: ["e"] });
    await one.store.append({ stream: "account:one", epoch: 1, expectedSequence: 2, bodies: ["f"] });
    expect(await newsOf(other, { "account:one": 2, "account:other": 1, desk: 2 })).toEqual({ "account:one": ["f"] });
  });

  it("tells two that each append and then ask never both that the other has written nothing", async () => {
    const [one, other] = [await subject().join(), await subject().join()];
    await write(one, "account:one", 0, ["0"]);
    await write(other, "account:other", 0, ["0"]);
    for (let round = 1; round <= ROUNDS; round += 1) {
      const appendAndAsk = async (self: Joined, own: string, others: string) => {
        await self.store.append({ stream: own, epoch: 1, expectedSequence: round, bodies: [String(round)] });
        return (await newsOf(self, { [others]: round }))[others]?.length ?? 0;
      };
      const saw = await Promise.all([
        appendAndAsk(one, "account:one", "account:other"),
        appendAndAsk(other, "account:other", "account:one"),
      ]);
      expect(saw).toContain(1);
    }
  });

  it("tells what a process has written before it gave the stream away, and what the next one has", async () => {
    const [one, other] = [await subject().join(), await subject().join()];
    await write(one, "desk", 0, ["a"]);
    await one.store.release("desk");
    await write(other, "desk", 1, ["b"]);
    expect([await newsOf(one, {}), await newsOf(other, {})]).toEqual([{ desk: ["a", "b"] }, { desk: ["a", "b"] }]);
  });
}

async function write({ store }: Joined, stream: string, expectedSequence: number, bodies: readonly string[]): Promise<void> {
  const { epoch } = await store.acquire(stream);
  await store.append({ stream, epoch, expectedSequence, bodies });
}

async function newsOf({ store }: Joined, after: Readonly<Record<string, number>>): Promise<Record<string, string[]>> {
  const { rows, more } = await store.news(new Map(STREAMS.map((stream) => [stream, after[stream] ?? 0])), 100);
  expect([...more]).toEqual([]);
  return Object.fromEntries([...rows].map(([stream, found]) => [stream, found.map(({ body }) => body)]));
}
