import type { Queue } from "../../../src/ports/queue.ts";
import { openQueue } from "../../../src/system/queue.ts";
import type { QueueStage } from "../../contracts/queue/stage.ts";
import { queueContract } from "../../contracts/queue.contract.ts";
import { Warnings } from "../../feeds/hand-data.ts";
import { FakeClock } from "../../kit/fake-clock.ts";
import { MemoryQueueServer } from "../../kit/queue/memory-server.ts";
import { testSignatures } from "../../kit/queue/signatures.ts";

const STEP_MS = 50;
const WAIT_MAX_MS = 120_000;

queueContract("a queue in memory", async (): Promise<QueueStage> => {
  const clock = new FakeClock();
  const server = new MemoryQueueServer({ clock });
  const queues: Queue[] = [];
  return {
    clock,
    async process() {
      const broker = server.connect();
      const logger = new Warnings();
      const queue = openQueue({ broker, clock, logger, signatures: testSignatures() });
      queues.push(queue);
      return { queue, warnings: logger.warnings, cut: () => broker.cut(), mend: () => broker.mend() };
    },
    intruder: async () => server.connect(),
    flush: async () => server.flush(),
    stop: async () => server.stop(),
    start: async () => server.start(),
    async until(what, holds) {
      const untilMs = clock.monotonicMs() + WAIT_MAX_MS;
      while (!holds()) {
        if (clock.monotonicMs() > untilMs) throw new Error(`it never came to this: ${what}`);
        await clock.advance(STEP_MS);
      }
    },
    async end() {
      for (const queue of queues) void queue.close();
      await clock.advance(STEP_MS);
    },
  };
});
