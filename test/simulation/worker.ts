import { runSeed, type SeedResult } from "./run.ts";
import type { WorldOptions } from "./world/world.ts";

/** A process that plays seeds for another one: each message is a seed, each answer its result. */
process.on("message", (options: WorldOptions) => {
  runSeed(options).then(
    (result: SeedResult) => process.send?.(result),
    (failure: unknown) => {
      process.stderr.write(`seed ${options.seed}: ${failure instanceof Error ? failure.stack : String(failure)}\n`);
      process.exit(1);
    },
  );
});
