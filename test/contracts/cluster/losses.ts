import { expect, it } from "vitest";
import { StoreUnavailable } from "../../../src/ports/store.ts";
import { acquireSoon, type ClusterSubject, LOSSES } from "./subject.ts";

/** Calls whose answer nobody heard, whether or not they had arrived. */
export function lossContract(subject: ClusterSubject): void {
  it.each(LOSSES)("an acquisition whose %s is lost is made again by the same process", async (loss) => {
    const one = await subject().join();
    await one.lose("holds", loss);
    await expect(one.store.acquire("a")).rejects.toThrow(StoreUnavailable);
    expect(one.store.unheld("a")).toMatch(/has not acquired/);
    const { epoch, lastSequence, isTakeover } = await one.store.acquire("a");
    expect([lastSequence, isTakeover]).toEqual([0, undefined]);
    await one.store.append({ stream: "a", epoch, expectedSequence: 0, bodies: ["x"] });
    await one.renew();
    await one.store.append({ stream: "a", epoch, expectedSequence: 1, bodies: ["y"] });
  });

  it.each(LOSSES)("an acquisition whose %s is lost keeps nobody else out for long", async (loss) => {
    const [one, other] = [await subject().join(), await subject().join()];
    await one.store.acquire("a");
    await one.store.release("a");
    await one.lose("holds", loss);
    await expect(one.store.acquire("a")).rejects.toThrow(StoreUnavailable);
    await one.renew();
    expect(await acquireSoon(other, "a")).toMatchObject({ lastSequence: 0 });
  });

  it.each(LOSSES)("a release whose %s is lost is made up for", async (loss) => {
    const [one, other] = [await subject().join(), await subject().join()];
    await one.store.acquire("a");
    await one.lose("holds", loss);
    await expect(one.store.release("a")).rejects.toThrow(StoreUnavailable);
    expect(one.store.unheld("a")).toMatch(/given the stream "a" back/);
    await one.renew();
    const acquired = await acquireSoon(other, "a");
    expect(acquired).toEqual({ epoch: 2, lastSequence: 0 });
  });

  it.each(LOSSES)("a release whose %s is lost takes nothing from a process that has acquired the stream again", async (loss) => {
    const [one, other] = [await subject().join(), await subject().join()];
    await one.store.acquire("a");
    await one.lose("holds", loss);
    await expect(one.store.release("a")).rejects.toThrow(StoreUnavailable);
    const { epoch } = await one.store.acquire("a");
    await one.renew();
    await expect(other.store.acquire("a")).rejects.toThrow(/is in use by/);
    await one.store.append({ stream: "a", epoch, expectedSequence: 0, bodies: ["x"] });
  });

  it.each(LOSSES)(
    "an unanswered release whose %s is lost is one for whoever has the stream next, also when its process ends",
    async (loss) => {
      const [one, other] = [await subject().join(), await subject().join()];
      await one.store.acquire("a");
      await one.lose("holds", loss);
      await expect(one.store.release("a", true)).rejects.toThrow(StoreUnavailable);
      await one.store.close();
      expect(await acquireSoon(other, "a")).toMatchObject({ isTakeover: true });
    },
  );

  it.each(LOSSES)(
    "an unanswered release whose %s is lost is one for the same process, too, when it takes the stream again",
    async (loss) => {
      const one = await subject().join();
      await one.store.acquire("a");
      await one.lose("holds", loss);
      await expect(one.store.release("a", true)).rejects.toThrow(StoreUnavailable);
      expect(await one.store.acquire("a")).toMatchObject({ isTakeover: true });
    },
  );

  it("an unanswered release and then an acquisition that do not arrive leave a stream that was left", async () => {
    const [one, other] = [await subject().join(), await subject().join()];
    await one.store.acquire("a");
    await one.lose("holds", "request");
    await expect(one.store.release("a", true)).rejects.toThrow(StoreUnavailable);
    await one.lose("holds", "request");
    await expect(one.store.acquire("a")).rejects.toThrow(StoreUnavailable);
    await one.renew();
    expect(await acquireSoon(other, "a")).toMatchObject({ isTakeover: true });
  });

  it.each(LOSSES)("an ask whose %s is lost is asked once when it is asked again", async (loss) => {
    const [one, other] = [await subject().join(), await subject().join()];
    await one.store.acquire("a");
    const ask = { id: "1", stream: "a", body: "b", wallMs: 1 };
    await other.lose("asks", loss);
    await expect(other.store.asks.ask(ask)).rejects.toThrow(StoreUnavailable);
    await other.store.asks.ask(ask);
    expect(await one.store.asks.open(["a"])).toEqual([ask]);
  });

  it.each(LOSSES)("a beginning, an answer and a withdrawal whose %s is lost come out right when they are made again", async (loss) => {
    const { store, lose } = await subject().join();
    await store.acquire("a");
    for (const id of ["1", "2"]) await store.asks.ask({ id, stream: "a", body: "b", wallMs: 1 });
    const again = async (call: () => Promise<boolean>) => {
      await lose("asks", loss);
      await expect(call()).rejects.toThrow(StoreUnavailable);
      return call();
    };
    expect(await again(() => store.asks.begin("1"))).toBe(true);
    expect(await again(() => store.asks.answer("1", "done"))).toBe(true);
    expect(await store.asks.answers(["1"])).toEqual(new Map([["1", "done"]]));
    expect(await again(() => store.asks.withdraw("2"))).toBe(true);
    expect(await again(() => store.asks.withdraw("never asked"))).toBe(true);
    expect(await store.asks.open(["a"])).toEqual([]);
  });
}
