import { describe, expect, it } from "vitest";
import { JobTooLate, type Queue, QueueUnavailable } from "../../../src/ports/queue.ts";
import { openQueue } from "../../../src/system/queue.ts";
import { Engine } from "../../contracts/queue/stage.ts";
import { Warnings } from "../../feeds/hand-data.ts";
import { FakeClock, seededChance } from "../../kit/fake-clock.ts";
import { MemoryQueueServer } from "../../kit/queue/memory-server.ts";
import { testSignatures } from "../../kit/queue/signatures.ts";

const STREAMS = Array.from({ length: 12 }, (_, n) => `account:${n}`);
const STEP_MS = 500;

/** Some minutes with a server that delivers twice, loses words, stops and forgets, and with processes that are cut off, die, and get more or less room. */
async function play(seed: number) {
  const clock = new FakeClock();
  const chance = seededChance(seed);
  const draw = (below: number) => (chance.bytes(1)[0] ?? 0) % below;
  const server = new MemoryQueueServer({ clock, chance, redelivered: 0.2, lostWords: 0.2, doubledWords: 0.2 });
  const leases = new Map<string, Engine>();
  const open = () => {
    const broker = server.connect();
    const queue: Queue = openQueue({ broker, clock, logger: new Warnings(), signatures: testSignatures() });
    const process = { queue, warnings: [], cut: () => broker.cut(), mend: () => broker.mend() };
    return { queue, broker, engine: new Engine(process, leases, clock, 6) };
  };
  const processes = [open(), open(), open()];
  const begunTwice: (readonly string[])[] = processes.map(({ engine }) => engine.begunTwice);
  const outcomes: string[] = [];
  for (let step = 0; step < 400; step += 1) {
    const any = processes[draw(processes.length)]!;
    const happens = draw(60);
    if (happens === 0) server.flush();
    if (happens === 1) server.stop();
    if (happens === 2 || step % 100 === 99) server.start();
    if (happens === 3) any.broker.cut();
    if (happens < 12) any.broker.mend();
    if (happens === 12) any.engine.worker.setCapacity(draw(8));
    if (happens === 13) {
      any.engine.die();
      const next = open();
      begunTwice.push(next.engine.begunTwice);
      processes[processes.indexOf(any)] = next;
    }
    if (happens === 14) {
      any.queue.submit({ kind: "report", id: `${step}`, body: "", timeoutMs: 20_000 }).then(
        ({ kind }) => outcomes.push(kind),
        (thrown) => outcomes.push(thrown instanceof JobTooLate || thrown instanceof QueueUnavailable ? "told" : `${thrown}`),
      );
    }
    if (happens === 15) any.queue.handle("report", { concurrency: 1, timeoutMs: 5_000, run: async () => "done" });
    if (step % 10 === 0) any.queue.ensure(STREAMS).catch(() => undefined);
    await clock.advance(STEP_MS);
  }
  server.start();
  for (const { broker, engine, queue } of processes) {
    broker.mend();
    engine.worker.setCapacity(6);
    queue.handle("report", { concurrency: 1, timeoutMs: 5_000, run: async () => "done" });
  }
  for (let step = 0; step < 120; step += 1) {
    if (step % 10 === 0) await Promise.all([processes[0]!.queue.ensure(STREAMS), clock.advance(STEP_MS)]);
    await clock.advance(STEP_MS);
  }
  const held = processes.flatMap(({ engine }) => engine.holds).sort();
  const running = processes.flatMap(({ engine }) => engine.worker.running).sort();
  await Promise.all([...processes.map(({ queue }) => queue.close()), clock.advance(60_000)]);
  return { held, running, outcomes, begunTwice: begunTwice.flat() };
}

describe("a queue that delivers more than once, forgets and comes and goes", () => {
  it.each(Array.from({ length: 8 }, (_, n) => n + 1))(
    "lets every account run at one place in the end, and leaves nobody waiting (seed %i)",
    async (seed) => {
      const { held, running, outcomes, begunTwice } = await play(seed);
      expect(begunTwice).toEqual([]);
      expect(held).toEqual(STREAMS.toSorted());
      expect(running).toEqual(STREAMS.toSorted());
      for (const outcome of outcomes) expect(["done", "failed", "told"]).toContain(outcome);
      expect(outcomes.length).toBeGreaterThan(0);
    },
  );
});
