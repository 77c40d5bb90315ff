import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { type LiveRound, runLiveKills } from "../kit/process-live-kills.ts";
import { EXCHANGES, type ExchangeId } from "../kit/process-live-world.ts";
import type { Unit } from "./state.ts";

/** Two hundred kills in rows of a few minutes, so that an interrupted proof loses little. */
const KILLS = 20;
const PLACES: readonly { readonly name: string; readonly exchanges: readonly ExchangeId[]; readonly seeds: readonly number[] }[] = [
  { name: "all three exchanges", exchanges: EXCHANGES, seeds: [201, 202, 203, 204] },
  { name: "Binance.com and Binance.US", exchanges: ["binance", "binanceus"], seeds: [211, 212, 213] },
  { name: "Blofin", exchanges: ["blofin"], seeds: [221, 222, 223] },
];
const ROUNDS = PLACES.flatMap(({ name, exchanges, seeds }) => seeds.map((seed) => ({ name: `${name} ${seed}`, exchanges, seed })));

/** Real processes, killed with SIGKILL while they trade live at simulated exchanges. */
export function liveUnits(): Unit[] {
  return ROUNDS.map(({ name, exchanges, seed }) => ({
    name: `live, ${name}`,
    part: "live",
    async run() {
      const folder = temporaryFolder("proof");
      try {
        const round = await runLiveKills({ folder, seed, kills: KILLS, exchanges });
        return { did: saidOf(round, seed), hash: round.hash, faults: [...round.faults] };
      } finally {
        discard(folder);
      }
    },
  }));
}

function saidOf(round: LiveRound, seed: number): string {
  const { kills, intents, sent, fills, lost, found, absent, alarms, fired, convergedMs } = round;
  const faults = [...fired.values()].reduce((sum, count) => sum + count, 0);
  return `seed ${seed}: ${kills} kills, ${faults} spoilt requests; ${intents} intents, ${sent} orders sent, ${fills} fills; ${lost} answers lost, of them ${found} found and ${absent} proven absent; ${alarms} alarms; at rest ${Math.round(convergedMs / 1_000)} s after the last fault`;
}
