import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/kit/longest-first.ts";

// Node keeps what it compiled: half of the start of a process is compiling the same sources again, and the tests start a few hundred.
process.env.NODE_COMPILE_CACHE ??= resolve(import.meta.dirname, "node_modules/.cache/compiled");

export default defineConfig({
  test: {
    // Looks for the secrets of all tests in everything that a run leaves.
    globalSetup: ["test/kit/canary/global-setup.ts"],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: ["test/services/**", "node_modules/**"],
          testTimeout: 60_000,
          // The product keeps no state in modules (test/shape), so a worker loads it and its packages once for all of its files: half of the
          // time went into loading. What a file could leave behind in the process fails that file.
          isolate: false,
          setupFiles: ["test/kit/leave-no-trace.ts"],
          // Many tests wait for sockets: on two cores, two workers take half the time of the one that is the default there.
          maxWorkers: "100%",
        },
      },
      {
        test: {
          name: "services",
          include: ["test/services/**/*.test.ts"],
          exclude: ["test/services/image*.test.ts", "node_modules/**"],
          testTimeout: 300_000,
          hookTimeout: 60_000,
          // Most of them wait (slow commits, a database's election, kills of live trading) while the others compute (kills of a replay).
          maxWorkers: 3,
        },
      },
      {
        // Containers of the image that .ci/image builds, which takes a while: on its own, so that the other services do not wait for it.
        test: {
          name: "image",
          include: ["test/services/image*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
