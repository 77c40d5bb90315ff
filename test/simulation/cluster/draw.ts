import { type Draw, marketClimates } from "../swarm.ts";
import type { Dice } from "../world/dice.ts";
import { EXCHANGE_CLIMATES } from "../world/exchange-faults.ts";
import { PERPETUAL_CLIMATES } from "../world/perpetual-faults.ts";
import type { Climate } from "../world/weather.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** What happens to processes that share a desk, by names of its own. Those that are over at once are as long as a second. */
const CLUSTER_CLIMATES: Readonly<Record<string, Climate>> = {
  "C1 kill": { perHour: 4, shortestMs: SECOND_MS, longestMs: SECOND_MS },
  "C2 stall": { perHour: 4, shortestMs: 5 * SECOND_MS, longestMs: 2 * MINUTE_MS },
  "C3 cut off from the store": { perHour: 2, shortestMs: 2 * SECOND_MS, longestMs: MINUTE_MS },
  "C4 store answer lost": { perHour: 3, shortestMs: 5 * SECOND_MS, longestMs: MINUTE_MS },
  "C5 queue down": { perHour: 1, shortestMs: 5 * SECOND_MS, longestMs: 3 * MINUTE_MS },
  "C5 queue flushed": { perHour: 2, shortestMs: SECOND_MS, longestMs: SECOND_MS },
  "C6 cut off from the queue": { perHour: 2, shortestMs: 5 * SECOND_MS, longestMs: 2 * MINUTE_MS },
  "C7 hand-over": { perHour: 6, shortestMs: SECOND_MS, longestMs: SECOND_MS },
  "C8 stopped at a send": { perHour: 4, shortestMs: 2 * MINUTE_MS, longestMs: 15 * MINUTE_MS },
  "C9 halt at a candle's close": { perHour: 6, shortestMs: SECOND_MS, longestMs: SECOND_MS },
  "C9 panic at a candle's close": { perHour: 3, shortestMs: SECOND_MS, longestMs: SECOND_MS },
  "C10 ended at a lost answer": { perHour: 6, shortestMs: 5 * MINUTE_MS, longestMs: 30 * MINUTE_MS },
};

export const CLUSTER_SPELLS: readonly string[] = Object.keys(CLUSTER_CLIMATES);

/** What a seed of several processes drew. */
export interface ClusterDraw extends Draw {
  /** Beside the gateway. */
  readonly engines: number;
}

/** How many processes share the desk, the gateway among them. */
export interface Instances {
  readonly least: number;
  readonly most: number;
}

/** Each seed has its own number of processes, its own subset of the faults and its own rates. */
export function drawCluster(dice: Dice, { least, most }: Instances, without: readonly string[] = []): ClusterDraw {
  const engines = Math.max(1, least + dice.below(most - least + 1) - 1);
  const [venueAccounts, perpetualAccounts] = dice.pick<readonly [number, number]>([
    [1, 0],
    [2, 0],
    [1, 1],
    [1, 1],
  ]);
  const share = dice.between(0, 0.5);
  const climates = new Map<string, Climate>();
  const exchanges = { ...marketClimates(), ...EXCHANGE_CLIMATES, ...(perpetualAccounts > 0 ? PERPETUAL_CLIMATES : {}) };
  for (const [all, odds] of [
    [CLUSTER_CLIMATES, 0.7],
    [exchanges, share],
  ] as const) {
    for (const [id, climate] of Object.entries(all)) {
      const isDrawn = dice.chance(odds);
      const perHour = climate.perHour * dice.magnitude(0.5, 2);
      if (isDrawn && !isLeftOut(id, without)) climates.set(id, { ...climate, perHour });
    }
  }
  return {
    engines,
    climates,
    venueAccounts,
    perpetualAccounts,
    kills: undefined,
    downMaxMs: dice.magnitude(2_000, 2 * MINUTE_MS),
    safeAfterCrashes: 0,
    wishEveryMs: dice.magnitude(2, 10) * MINUTE_MS,
  };
}

/** A fault, or `C` for all faults of processes, `E` for all of exchanges. */
function isLeftOut(id: string, without: readonly string[]): boolean {
  return without.some(
    (name) => id === name || id.split(" ")[0] === name || (name === "C" ? id.startsWith("C") : name === "E" && !id.startsWith("C")),
  );
}
