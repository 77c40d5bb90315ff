import type { Dice } from "./world/dice.ts";
import { EXCHANGE_CLIMATES } from "./world/exchange-faults.ts";
import type { CrashPoint } from "./world/generation.ts";
import { PERPETUAL_CLIMATES } from "./world/perpetual-faults.ts";
import type { Climate } from "./world/weather.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Faults that come in spells, by their row of the fault table. */
const CLIMATES: Readonly<Record<string, Climate>> = {
  D2: { perHour: 2, shortestMs: SECOND_MS, longestMs: 10 * MINUTE_MS },
  D3: { perHour: 4, shortestMs: SECOND_MS, longestMs: 2 * MINUTE_MS },
  D4: { perHour: 1, shortestMs: 10 * SECOND_MS, longestMs: 15 * MINUTE_MS },
  D6: { perHour: 6, shortestMs: SECOND_MS, longestMs: 10 * MINUTE_MS },
  P2: { perHour: 2, shortestMs: 1, longestMs: 10 * MINUTE_MS },
  P3: { perHour: 0.7, shortestMs: 20 * SECOND_MS, longestMs: 5 * MINUTE_MS },
  P4: { perHour: 2, shortestMs: SECOND_MS, longestMs: 30 * MINUTE_MS },
  P5: { perHour: 1, shortestMs: 5 * SECOND_MS, longestMs: 5 * MINUTE_MS },
  E1: { perHour: 4, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  E3: { perHour: 4, shortestMs: SECOND_MS, longestMs: 5 * MINUTE_MS },
  E8: { perHour: 1, shortestMs: MINUTE_MS, longestMs: 60 * MINUTE_MS },
  E9: { perHour: 4, shortestMs: SECOND_MS, longestMs: 10 * MINUTE_MS },
  E15: { perHour: 0.5, shortestMs: 30 * SECOND_MS, longestMs: 30 * MINUTE_MS },
  "E17 late": { perHour: 3, shortestMs: MINUTE_MS, longestMs: 10 * MINUTE_MS },
  "E17 revised": { perHour: 3, shortestMs: MINUTE_MS, longestMs: 20 * MINUTE_MS },
  "E17 future": { perHour: 2, shortestMs: MINUTE_MS, longestMs: 10 * MINUTE_MS },
};

/** Faults that come in spells, apart from those that are drawn per process: P1 and what follows from it. */
export const SPELLS: readonly string[] = [CLIMATES, EXCHANGE_CLIMATES, PERPETUAL_CLIMATES].flatMap((climates) => Object.keys(climates));

/** Those of them that are about public prices alone. */
export function marketClimates(): Readonly<Record<string, Climate>> {
  return Object.fromEntries(["E1", "E3", "E9", "E15", "E17 late", "E17 revised", "E17 future"].map((id) => [id, CLIMATES[id]!]));
}

/** What one seed drew. */
export interface Draw {
  readonly climates: ReadonlyMap<string, Climate>;
  /** Port calls that a process lives for: drawn anew for each, undefined when none is killed. */
  readonly kills: { readonly callsMin: number; readonly callsMax: number } | undefined;
  /** Where the first process dies, and no other. */
  readonly crash?: CrashPoint | undefined;
  /** Between the death of a process and the next start. */
  readonly downMaxMs: number;
  readonly safeAfterCrashes: number;
  /** Accounts at the spot exchange and at the one for perpetuals; the rest trades on paper. */
  readonly venueAccounts: number;
  readonly perpetualAccounts: number;
  /** How often each person wants something. */
  readonly wishEveryMs: number;
}

/** Each seed has its own subset of the faults and its own rates. `without` takes faults away and leaves all others as they are. */
export function drawFaults(dice: Dice, without: readonly string[] = []): Draw {
  const share = dice.between(0, 0.8);
  const climates = new Map<string, Climate>();
  const realAccounts = dice.pick([0, 1, 2, 2]);
  const perpetualAccounts = dice.fork("perpetual").pick(realAccounts === 2 ? [0, 1, 1, 2] : realAccounts === 1 ? [0, 1] : [0]);
  const venueAccounts = realAccounts - perpetualAccounts;
  for (const [id, climate] of Object.entries({ ...CLIMATES, ...EXCHANGE_CLIMATES, ...PERPETUAL_CLIMATES })) {
    const drawn = dice.chance(share);
    const perHour = climate.perHour * dice.magnitude(0.3, 3);
    // Two processes at one exchange account are kept apart by the lock of the store, which this disk does not have.
    const possible =
      (realAccounts === 0 || id !== "P3") &&
      (venueAccounts > 0 || !Object.hasOwn(EXCHANGE_CLIMATES, id)) &&
      (perpetualAccounts > 0 || !Object.hasOwn(PERPETUAL_CLIMATES, id));
    if (drawn && possible && !without.includes(id)) climates.set(id, { ...climate, perHour });
  }
  const kills = dice.chance(0.7) && !without.includes("P1") ? { callsMin: 1, callsMax: dice.magnitude(200, 20_000) } : undefined;
  return {
    climates,
    venueAccounts,
    perpetualAccounts,
    kills,
    downMaxMs: dice.magnitude(2_000, 10 * MINUTE_MS),
    safeAfterCrashes: dice.chance(0.2) ? 5 : 0,
    wishEveryMs: dice.magnitude(2, 30) * MINUTE_MS,
  };
}
