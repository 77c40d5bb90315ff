import { beforeEach, expect, it } from "vitest";
import { OFFER_AGAIN_MS, QueueUnavailable } from "../../../src/ports/queue.ts";
import { Engine, type QueueStage } from "./stage.ts";

const STREAMS = ["account:ann", "account:bob", "account:eve", "account:zoe"];
/** A redelivery takes this long at most, with slow machines allowed for. */
const TAKEOVER_MAX_MS = 15_000;

export function accountContract(stage: () => QueueStage): void {
  let leases: Map<string, Engine>;
  const engineOf = async (capacity: number) => new Engine(await stage().process(), leases, stage().clock, capacity);
  const held = (engines: readonly Engine[]) => engines.flatMap(({ holds }) => holds).sort();
  const allRun = (...engines: Engine[]) => stage().until("every account runs", () => held(engines).length === STREAMS.length);
  const ensure = (engine: Engine) => engine.process.queue.ensure(STREAMS);
  /** Ensures until it works, as a reconciler does. */
  const ensured = async (engine: Engine) => {
    let isDone = false;
    await stage().until("the queue answers again", () => {
      ensure(engine).then(
        () => {
          isDone = true;
        },
        () => undefined,
      );
      return isDone;
    });
  };

  beforeEach(() => {
    leases = new Map();
  });

  it("spreads accounts over processes with room, each to one, however often they are ensured", async () => {
    const [a, b] = [await engineOf(2), await engineOf(2)];
    for (let time = 0; time < 3; time += 1) await ensure(time % 2 === 0 ? a : b);
    await allRun(a, b);
    expect([a.holds.length, b.holds.length]).toEqual([2, 2]);
    await ensure(a);
    expect([...a.begun, ...b.begun].sort()).toEqual(STREAMS);
    expect(a.worker.running).toEqual(a.begun);
    expect(a.process.warnings).toEqual([]);
  });

  it("gives the accounts of a process that died to another within seconds", async () => {
    const a = await engineOf(4);
    await ensure(a);
    await allRun(a);
    const b = await engineOf(4);
    a.die();
    const diedMs = stage().clock.monotonicMs();
    await allRun(b);
    expect(stage().clock.monotonicMs() - diedMs).toBeLessThan(TAKEOVER_MAX_MS);
    expect(a.aborted).toEqual([]);
  });

  it("offers what is held elsewhere again after a pause, and not without end", async () => {
    const a = await engineOf(1);
    const other = await engineOf(0);
    leases.set("account:ann", other);
    await a.process.queue.ensure(["account:ann"]);
    await stage().until("it was offered three times", () => a.refusedAtMs.length >= 3);
    const pausesMs = a.refusedAtMs.slice(1, 3).map((ms, index) => ms - (a.refusedAtMs[index] ?? 0));
    for (const ms of pausesMs) expect(ms).toBeGreaterThanOrEqual(OFFER_AGAIN_MS - 100);
    leases.delete("account:ann");
    await stage().until("it runs", () => a.holds.length === 1);
  });

  it("gives the newest accounts to others when there is to be less, and takes more when there may be", async () => {
    const a = await engineOf(4);
    await ensure(a);
    await allRun(a);
    const newest = a.begun.slice(2).sort();
    const b = await engineOf(1);
    a.worker.setCapacity(2);
    await stage().until("one has gone over", () => b.holds.length === 1);
    expect(a.aborted.toSorted()).toEqual(newest);
    b.worker.setCapacity(4);
    await stage().until("the other has gone over", () => b.holds.length === 2);
    expect(b.holds).toEqual(newest);
    b.worker.setCapacity(0);
    a.worker.setCapacity(9);
    await stage().until("all are back", () => a.holds.length === 4);
  });

  it("gives everything back at its end, to others at once", async () => {
    const a = await engineOf(4);
    await ensure(a);
    await allRun(a);
    const b = await engineOf(4);
    await a.worker.end();
    expect(a.worker.running).toEqual([]);
    expect(a.aborted.toSorted()).toEqual(STREAMS);
    const endedMs = stage().clock.monotonicMs();
    await allRun(b);
    expect(stage().clock.monotonicMs() - endedMs).toBeLessThan(4_000);
  });

  it("forgets an account that is no more until it is named again, and offers one whose run failed again", async () => {
    const { queue } = await stage().process();
    const ends: (() => "retired")[] = [];
    const offered: string[] = [];
    const worker = queue.work({
      capacity: 9,
      run: async (stream) => {
        offered.push(stream);
        const end = ends.shift();
        if (!end) throw new Error("a run that fails");
        return end();
      },
    });
    ends.push(() => "retired");
    await queue.ensure(["account:old"]);
    await stage().until("it was offered", () => offered.length === 1);
    await stage().until("it has ended", () => worker.running.length === 0);
    await queue.ensure(["account:new"]);
    await stage().until("the failing one was offered twice", () => offered.length === 3);
    expect(offered).toEqual(["account:old", "account:new", "account:new"]);
    await queue.ensure(["account:old"]);
    await stage().until("it was offered again", () => offered.filter((stream) => stream === "account:old").length === 2);
  });

  it("builds itself anew from `ensure` after it was emptied, while everything runs on", async () => {
    const [a, b] = [await engineOf(2), await engineOf(2)];
    await ensure(a);
    await allRun(a, b);
    await stage().flush();
    await ensure(b);
    // The jobs are there again when they can be taken over.
    const c = await engineOf(4);
    a.worker.setCapacity(0);
    b.worker.setCapacity(0);
    await allRun(c);
    expect(held([a, b])).toEqual([]);
    expect([...a.begun, ...b.begun].sort()).toEqual(STREAMS);
    expect([...a.begunTwice, ...b.begunTwice]).toEqual([]);
    expect(c.begun.toSorted()).toEqual(STREAMS);
  });

  it("finds the jobs of what runs again after a loss, so that others are not offered them without end", async () => {
    const [a, b] = [await engineOf(4), await engineOf(0)];
    await ensure(a);
    await allRun(a);
    b.worker.setCapacity(4);
    await stage().flush();
    await ensure(b);
    const nowMs = () => stage().clock.monotonicMs();
    const lostMs = nowMs();
    await stage().until("nothing is offered any more", () => nowMs() - (b.refusedAtMs.at(-1) ?? lostMs) > 2 * OFFER_AGAIN_MS);
    expect(a.holds).toEqual(STREAMS);
  });

  it("aborts nothing and says it once while nothing answers, and goes on when it is back and empty", async () => {
    const [a, b] = [await engineOf(2), await engineOf(9)];
    a.process.queue.ensure(STREAMS).catch(() => undefined);
    await allRun(a, b);
    const before = [a.holds, b.holds];
    await stage().stop();
    await expect(ensure(a)).rejects.toThrow(QueueUnavailable);
    a.worker.setCapacity(9);
    for (let time = 0; time < 50; time += 1) a.process.queue.tell("something");
    // Longer than its locks last.
    const stoppedMs = stage().clock.monotonicMs();
    await stage().until("its locks have run out", () => stage().clock.monotonicMs() - stoppedMs > 7_000);
    expect([a.holds, b.holds]).toEqual(before);
    expect([...a.aborted, ...b.aborted]).toEqual([]);
    await stage().start();
    await ensured(a);
    await ensured(b);
    expect([a.holds, b.holds]).toEqual(before);
    // Whoever runs an account has its job again: its death is noticed.
    b.die();
    await allRun(a);
    expect([...a.begunTwice, ...b.begunTwice]).toEqual([]);
    expect(a.process.warnings.length).toBeLessThanOrEqual(1);
  });

  it("leaves an account with the process that is cut off for as long as it has the lease, and lets it have the job again", async () => {
    const a = await engineOf(4);
    await ensure(a);
    await allRun(a);
    const b = await engineOf(4);
    a.process.cut();
    await stage().until("its jobs came to the other one", () => b.refusedAtMs.length >= STREAMS.length);
    a.process.mend();
    expect(a.holds).toEqual(STREAMS);
    await ensured(a);
    b.worker.setCapacity(0);
    const c = await engineOf(2);
    a.worker.setCapacity(2);
    await stage().until("it can give accounts away again", () => c.holds.length === 2);
    expect(a.begun.toSorted()).toEqual(STREAMS);
    expect(a.aborted).toHaveLength(2);
  });

  it("refuses a capacity that is no whole number, and a second worker in one process", async () => {
    const { queue } = await stage().process();
    const run = async () => "retired" as const;
    expect(() => queue.work({ capacity: -1, run })).toThrow(RangeError);
    const worker = queue.work({ capacity: 1, run });
    expect(() => worker.setCapacity(0.5)).toThrow(RangeError);
    expect(() => queue.work({ capacity: 1, run })).toThrow("has its account worker already");
    await worker.end();
    queue.work({ capacity: 1, run });
  });
}
