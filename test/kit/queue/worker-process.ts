import { systemClock } from "../../../src/system/clock.ts";
import { openRedisBroker } from "../../../src/system/queue/redis-broker.ts";
import { openQueue } from "../../../src/system/queue.ts";
import { SILENT } from "../../../src/system/silent-logger.ts";
import { testSignatures } from "./signatures.ts";

/** A process of a desk that runs every account that it gets, and says so, until it is killed. Its argument is the address of a Redis. */
const [, , url = ""] = process.argv;
const clock = systemClock();
const logger = SILENT;
const queue = openQueue({
  broker: await openRedisBroker({ url, password: undefined, clock, logger, desk: "test" }),
  clock,
  logger,
  signatures: testSignatures(),
});
queue.work({
  capacity: 9,
  run: (stream, signal) => {
    process.stdout.write(`runs ${stream}\n`);
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve("released")));
  },
});
