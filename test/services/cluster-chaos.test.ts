import { afterAll, describe, expect, it } from "vitest";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { runChaos, saidOf } from "../kit/process-cluster/chaos.ts";

/** The same faults and commands again: `SEED=... vitest run --project services test/services/cluster-chaos.test.ts`. */
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const TIMEOUT_MS = 600_000;
/** `npm run proof -- cluster` has more of everything. */
const SHAPE = { seed: SEED, engines: 3, gateways: 2, live: 2, paper: 6, bots: 40 };
const FOR_MS = 90_000;
const PAUSE_MAX_MS = 4_000;

const folder = temporaryFolder("cluster");
afterAll(() => discard(folder));

describe("a desk of several processes, of which each dies, and whose servers fail", () => {
  it(`sends nothing twice, loses nothing that it acknowledged, and has the exchange's own books in the end: SEED=${SEED}`, {
    timeout: TIMEOUT_MS,
  }, async () => {
    const round = await runChaos({ ...SHAPE, folder, forMs: FOR_MS, pauseMaxMs: PAUSE_MAX_MS });
    process.stdout.write(`SEED=${SEED}: ${saidOf(round)}\n`);
    expect(round.faults).toEqual([]);
    // A run in which nothing happened shows nothing.
    expect(round.sent).toBeGreaterThan(SHAPE.live);
    expect(round.fills).toBeGreaterThan(0);
    expect(round.ownEnds).toBeGreaterThan(0);
    expect(round.halts).toBeGreaterThan(0);
    expect(round.commands.get("bot create done")).toBeGreaterThan(SHAPE.bots);
  });
});
