import { expect, it } from "vitest";
import { StreamHeld } from "../../../src/ports/store.ts";
import { type ClusterSubject, eventually } from "./subject.ts";

/** A process that stands still or is dead: its time, and what becomes of its streams. */
export function goneContract(subject: ClusterSubject): void {
  it("gives a stream away only when its holder's time is over, and says then that it was left", async () => {
    const [one, other] = [await subject().join(), await subject().join()];
    for (const stream of ["a", "b", "c"]) await one.store.acquire(stream);
    await one.store.append({ stream: "a", epoch: 1, expectedSequence: 0, bodies: ["last words"] });
    await one.store.release("c");
    await expect(other.store.acquire("a")).rejects.toThrow(StreamHeld);
    await one.lapse();
    const gone = (await other.store.cluster.members()).find(({ name }) => name === one.facts.name);
    expect(gone).toMatchObject({ isGone: true, streams: ["a", "b"] });
    expect(await other.store.acquire("a")).toEqual({ epoch: 2, lastSequence: 1, isTakeover: true });
    expect(await other.store.acquire("b")).toEqual({ epoch: 2, lastSequence: 0, isTakeover: true });
    expect(await other.store.acquire("c")).toEqual({ epoch: 2, lastSequence: 0 });
    expect((await other.store.cluster.members()).map(({ name }) => name)).toEqual([other.facts.name]);
  });

  it("lets a process that wakes after it was declared gone write nothing, send nothing and never come back", async () => {
    const [one, other] = [await subject().join(), await subject().join()];
    await one.store.acquire("a");
    await one.store.acquire("kept by nobody");
    await one.lapse();
    expect(await other.store.acquire("a")).toMatchObject({ isTakeover: true });
    await one.wake();
    const sentence = /another process (has taken|may take) it/;
    expect(one.store.unheld("a")).toMatch(sentence);
    const late = one.store.append({ stream: "a", epoch: 1, expectedSequence: 0, bodies: ["late"] });
    await expect(late).rejects.toThrow();
    await one.taken;
    await one.renew();
    expect(one.store.unheld("kept by nobody")).toMatch(sentence);
    await expect(one.store.acquire("kept by nobody")).rejects.toThrow(sentence);
    expect(await other.store.acquire("kept by nobody")).toMatchObject({ epoch: 2, isTakeover: true });
    await other.store.append({ stream: "a", epoch: 2, expectedSequence: 0, bodies: ["young"] });
    expect(await other.store.read("a", 0, 10)).toEqual([{ sequence: 1, body: "young" }]);
  });

  it("lets a process that wakes late go on when nobody wanted what it holds", async () => {
    const one = await subject().join();
    await one.store.acquire("a");
    await one.lapse();
    await one.wake();
    await eventually(async () => {
      await one.renew();
      return one.store.unheld("a") === undefined;
    });
    await one.store.append({ stream: "a", epoch: 1, expectedSequence: 0, bodies: ["still here"] });
  });

  it("gives what one left behind to exactly one of two that race for it", async () => {
    const [one, two, three] = [await subject().join(), await subject().join(), await subject().join()];
    await one.store.acquire("a");
    await one.lapse();
    const raced = await Promise.allSettled([two.store.acquire("a"), three.store.acquire("a")]);
    expect(raced.filter(({ status }) => status === "fulfilled")).toEqual([
      { status: "fulfilled", value: { epoch: expect.any(Number), lastSequence: 0, isTakeover: true } },
    ]);
  });

  it("says that a stream was left to everybody who takes it soon after, for what was sent last may still be on its way", async () => {
    const [one, two, three] = [await subject().join(), await subject().join(), await subject().join()];
    await one.store.acquire("a");
    await one.lapse();
    expect(await two.store.acquire("a")).toMatchObject({ isTakeover: true });
    await two.store.release("a");
    expect(await three.store.acquire("a")).toMatchObject({ epoch: 3, isTakeover: true });
    await three.store.close();
    expect(await two.store.acquire("a")).toMatchObject({ epoch: 4, isTakeover: true });
  });

  it("says the same of a stream that was given back unanswered, and of no other that was given back", async () => {
    const [one, two] = [await subject().join(), await subject().join()];
    for (const stream of ["answered", "unanswered"]) await one.store.acquire(stream);
    await one.store.release("answered");
    await one.store.release("unanswered", true);
    expect(await two.store.acquire("answered")).toEqual({ epoch: 2, lastSequence: 0 });
    expect(await two.store.acquire("unanswered")).toEqual({ epoch: 2, lastSequence: 0, isTakeover: true });
  });

  it("forgets who is gone and holds nothing, and its name is gone for ever", async () => {
    const [one, other] = [await subject().join(), await subject().join()];
    await one.lapse();
    await other.store.prune(0);
    expect((await other.store.cluster.members()).map(({ name }) => name)).toEqual([other.facts.name]);
  });
}
