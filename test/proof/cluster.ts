import { createHash } from "node:crypto";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { type ChaosRound, runChaos, saidOf } from "../kit/process-cluster/chaos.ts";
import { sizeOf } from "../kit/sizes.ts";
import type { Unit } from "./state.ts";

/** Half an hour in rows of ten minutes, so that an interrupted proof loses little. */
const SEEDS = [301, 302, 303];
const HASH_DIGITS = 16;
const MINUTE_MS = 60_000;
const PAUSE_MAX_MS = 12_000;

/** Other numbers than those of the proof, for a look: `CLUSTER_MINUTES=3 CLUSTER_BOTS=200 CLUSTER_PAPER=20 npm run proof -- cluster`. Their rows have names of their own. */
const SIZES = {
  minutes: sizeOf("CLUSTER_MINUTES", 10),
  engines: sizeOf("CLUSTER_ENGINES", 3),
  bots: sizeOf("CLUSTER_BOTS", 2_000),
  paper: sizeOf("CLUSTER_PAPER", 192),
  live: sizeOf("CLUSTER_LIVE", 8),
};

/** Real processes of one desk, with real servers, of which each dies or fails at random while people go on. */
export function clusterUnits(): Unit[] {
  const { minutes, engines, bots, paper, live } = SIZES;
  return SEEDS.map((seed) => ({
    name: `cluster, ${engines} engines, ${bots} bots over ${paper + live} accounts for ${minutes} min, ${seed}`,
    part: "cluster",
    async run() {
      const folder = temporaryFolder("proof");
      try {
        const tell = (line: string) => process.stdout.write(`  ${new Date().toISOString().slice(11, 19)} ${line}\n`);
        const shape = { seed, engines, gateways: 2, bots, paper, live };
        const round = await runChaos({ ...shape, folder, forMs: minutes * MINUTE_MS, pauseMaxMs: PAUSE_MAX_MS, tell });
        return { did: `seed ${seed}: ${saidOf(round)}`, hash: hashOf(round), faults: [...round.faults] };
      } finally {
        discard(folder);
      }
    },
  }));
}

/** Names what happened: no two runs are alike, for they are in real time. */
function hashOf({ bots, intents, sent, fills, turns }: ChaosRound): string {
  return createHash("sha256")
    .update(JSON.stringify([bots, intents, sent, fills, turns]))
    .digest("hex")
    .slice(0, HASH_DIGITS);
}
