import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { type LiveRound, runLiveKills } from "../kit/process-live-kills.ts";
import { EXCHANGES, type ExchangeId } from "../kit/process-live-world.ts";
import type { Unit } from "./state.ts";

const KILLS = 50;
const ROUNDS: readonly { readonly name: string; readonly exchanges: readonly ExchangeId[]; readonly seed: number }[] = [
  { name: "Binance.com and Binance.US", exchanges: ["binance", "binanceus"], seed: 201 },
  { name: "Blofin", exchanges: ["blofin"], seed: 202 },
  { name: "all three exchanges", exchanges: EXCHANGES, seed: 203 },
  { name: "Binance.com and Binance.US, again", exchanges: ["binance", "binanceus"], seed: 204 },
];

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
