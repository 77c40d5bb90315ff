import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { finalBooks, playThrough, playUndisturbed, script, stormyMarket } from "../engine/crash-scenario.ts";
import { random } from "../kit/engine-market.ts";
import type { CrashPoint } from "../kit/engine-store.ts";
import type { Unit } from "./state.ts";

const MINUTES = 130;
const MARKETS = 20;
const RUNS_PER_MARKET = 50;
const CRASHES_PER_RUN = 12;
/** A process lives for at most so many writes. */
const WRITES_MAX = 60;

/** The engine in one process, whose store dies at chosen writes: before they take effect or after. */
export function crashUnits(): Unit[] {
  return Array.from({ length: MARKETS }, (_, index) => crashUnit(index + 1));
}

function crashUnit(marketSeed: number): Unit {
  return {
    name: `crashes, market ${marketSeed}`,
    part: "crashes",
    async run() {
      const market = stormyMarket(MINUTES, 1_000 * marketSeed);
      const acts = script(MINUTES);
      const wanted = finalBooks((await playUndisturbed(market, acts)).rig);
      const faults: string[] = [];
      for (let run = 1; run <= RUNS_PER_MARKET; run += 1) {
        const seed = marketSeed * RUNS_PER_MARKET + run;
        const rig = await playThrough(market, acts, pointsOf(seed));
        if (!isDeepStrictEqual(finalBooks(rig), wanted)) faults.push(`seed ${seed}: the books differ`);
      }
      const first = marketSeed * RUNS_PER_MARKET + 1;
      const did = `seeds ${first} to ${first + RUNS_PER_MARKET - 1}: ${CRASHES_PER_RUN} crashes in each of ${RUNS_PER_MARKET} runs`;
      return { did, hash: createHash("sha256").update(JSON.stringify(wanted)).digest("hex").slice(0, 16), faults };
    },
  };
}

function pointsOf(seed: number): CrashPoint[] {
  const draw = random(seed);
  return Array.from({ length: CRASHES_PER_RUN }, () => ({
    write: 1 + Math.floor(draw() * WRITES_MAX),
    when: draw() < 0.5 ? "before" : "after",
  }));
}
