import { expect, it } from "vitest";
import type { Ask } from "../../../src/ports/asks.ts";
import type { ClusterSubject } from "./subject.ts";

const asked = (id: string, wallMs = 1, stream = "a"): Ask => ({ id, stream, wallMs, body: `body of ${id}` });

/** What one process asks of the holder of a stream. */
export function asksContract(subject: ClusterSubject): void {
  bookContract(subject);
  changeContract(subject);
  staleLookContract(subject);
  withdrawalContract(subject);
}

async function holderAndAsker(subject: ClusterSubject) {
  const [holder, asker] = [await subject().join("engine"), await subject().join("gateway")];
  await holder.store.acquire("a");
  return { holder, asker, own: holder.store.asks, book: asker.store.asks };
}

function bookContract(subject: ClusterSubject): void {
  it("shows the holder of a stream what is asked of it, oldest first, and nobody else", async () => {
    const { own, book, holder } = await holderAndAsker(subject);
    await holder.store.acquire("b");
    for (const ask of [asked("late", 30), asked("z", 10), asked("y", 10), asked("b", 20, "b"), asked("c", 20, "c")]) await book.ask(ask);
    expect(await own.open(["a", "b", "c"])).toEqual([asked("z", 10), asked("y", 10), asked("b", 20, "b"), asked("late", 30)]);
    expect(await own.open(["b"])).toEqual([asked("b", 20, "b")]);
    expect([await own.open([]), await book.open(["a", "b", "c"])]).toEqual([[], []]);
    expect([await book.begin("z"), await own.begin("c"), await own.begin("never asked")]).toEqual([false, false, false]);
  });

  it("keeps the first ask of an id, begins it once and gives it one answer", async () => {
    const { own, book } = await holderAndAsker(subject);
    await book.ask(asked("1"));
    await book.ask({ ...asked("1", 5, "b"), body: "another" });
    expect(await own.open(["a"])).toEqual([asked("1")]);
    expect(await own.answer("1", "too early")).toBe(false);
    expect([await own.begin("1"), await own.begin("1")]).toEqual([true, true]);
    expect(await own.open(["a"])).toEqual([]);
    expect(await book.answers(["1", "2"])).toEqual(new Map());
    expect([await book.answer("1", "not mine"), await own.answer("1", "done"), await own.answer("1", "again")]).toEqual([
      false,
      true,
      true,
    ]);
    await book.ask(asked("1"));
    expect(await own.open(["a"])).toEqual([]);
    expect(await book.answers(["1", "2"])).toEqual(new Map([["1", "done"]]));
    expect([await own.begin("1"), await own.answer("never asked", "x")]).toEqual([false, false]);
  });

  it("prunes what is old and answered, withdrawn or never begun, and nothing that may still be answered", async () => {
    const { own, book, holder } = await holderAndAsker(subject);
    for (const id of ["answered", "begun", "withdrawn", "open"]) await book.ask(asked(id, 10));
    await book.ask(asked("young", 20));
    for (const id of ["answered", "begun"]) await own.begin(id);
    await own.answer("answered", "done");
    await book.withdraw("withdrawn");
    await holder.store.prune(20);
    expect(await own.open(["a"])).toEqual([asked("young", 20)]);
    expect(await book.answers(["answered"])).toEqual(new Map());
    expect(await own.answer("begun", "late")).toBe(true);
    expect(await book.answers(["begun"])).toEqual(new Map([["begun", "late"]]));
  });
}

/** The stream changes hands while something is asked of it. */
function changeContract(subject: ClusterSubject): void {
  it("gives what a process had begun that is gone to the next holder, whose answer counts", async () => {
    const { holder, asker, own, book } = await holderAndAsker(subject);
    const next = await subject().join("engine");
    for (const id of ["begun", "answered", "open"]) await book.ask(asked(id));
    for (const id of ["begun", "answered"]) await own.begin(id);
    await own.answer("answered", "in time");
    await holder.lapse();
    expect(await next.store.asks.open(["a"])).toEqual([]);
    await next.store.acquire("a");
    expect((await next.store.asks.open(["a"])).map(({ id }) => id)).toEqual(["begun", "open"]);
    expect([await next.store.asks.begin("begun"), await next.store.asks.begin("answered")]).toEqual([true, false]);
    await holder.wake();
    await expect(own.answer("begun", "late")).rejects.toThrow();
    expect(await next.store.asks.answer("begun", "young")).toBe(true);
    expect(await asker.store.asks.answers(["begun", "answered"])).toEqual(
      new Map([
        ["begun", "young"],
        ["answered", "in time"],
      ]),
    );
  });

  it("gives what a process had begun that gave the stream back to the next holder", async () => {
    const { holder, own, book } = await holderAndAsker(subject);
    const next = await subject().join("engine");
    await book.ask(asked("1"));
    await own.begin("1");
    await holder.store.release("a");
    expect([await own.begin("1"), await own.open(["a"])]).toEqual([false, []]);
    await next.store.acquire("a");
    expect(await next.store.asks.open(["a"])).toEqual([asked("1")]);
    expect(await next.store.asks.begin("1")).toBe(true);
    expect([await own.answer("1", "late"), await next.store.asks.answer("1", "done")]).toEqual([false, true]);
  });
}

/** A process has looked, and what it saw is not so any more when it begins. */
function staleLookContract(subject: ClusterSubject): void {
  it("begins what another process had begun and left after it was seen open, and not what was withdrawn", async () => {
    const { holder, own, book } = await holderAndAsker(subject);
    const next = await subject().join("engine");
    for (const id of ["left", "withdrawn"]) await book.ask(asked(id));
    expect((await own.open(["a"])).length).toBe(2);
    await holder.store.release("a");
    await next.store.acquire("a");
    expect(await next.store.asks.begin("left")).toBe(true);
    expect([await own.begin("left"), await book.withdraw("withdrawn")]).toEqual([false, true]);
    await next.store.release("a");
    await holder.store.acquire("a");
    expect([await own.begin("left"), await own.begin("withdrawn")]).toEqual([true, false]);
    expect([await next.store.asks.answer("left", "late"), await own.answer("left", "done")]).toEqual([false, true]);
  });
}

function withdrawalContract(subject: ClusterSubject): void {
  it("withdraws what nobody has begun, for ever, and nothing else", async () => {
    const { own, book } = await holderAndAsker(subject);
    for (const id of ["open", "begun", "answered"]) await book.ask(asked(id));
    for (const id of ["begun", "answered"]) await own.begin(id);
    await own.answer("answered", "done");
    expect([await book.withdraw("open"), await book.withdraw("open")]).toEqual([true, true]);
    expect([await book.withdraw("begun"), await book.withdraw("answered")]).toEqual([false, false]);
    expect(await own.begin("open")).toBe(false);
    await book.ask(asked("open"));
    expect(await own.open(["a"])).toEqual([]);
    expect(await own.answer("begun", "done")).toBe(true);
  });

  it("withdraws what is still on its way: it finds its place taken", async () => {
    const { own, book } = await holderAndAsker(subject);
    expect(await book.withdraw("slow")).toBe(true);
    await book.ask(asked("slow"));
    expect([await own.open(["a"]), await own.begin("slow"), await book.answers(["slow"])]).toEqual([[], false, new Map()]);
  });

  it("lets exactly one of a beginning and a withdrawal at the same instant win", async () => {
    const { own, book } = await holderAndAsker(subject);
    for (let round = 0; round < 20; round += 1) {
      const id = `ask ${round}`;
      await book.ask(asked(id));
      const [begun, withdrawn] = await Promise.all([own.begin(id), book.withdraw(id)]);
      expect([begun, withdrawn].filter(Boolean)).toHaveLength(1);
      expect(await own.answer(id, "done")).toBe(begun);
    }
  });
}
