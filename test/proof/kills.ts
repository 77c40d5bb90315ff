import { isDeepStrictEqual } from "node:util";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { type Comparison, compare } from "../kit/process-kills.ts";
import { recordedReplay, simulatedReplay } from "../kit/process-market.ts";
import { recordedFile } from "../kit/recorded.ts";
import type { Unit } from "./state.ts";

const KILLS = 50;
const INVENTED_DAYS = 4;
const INVENTED_SEEDS = [7, 8, 9, 10];
const FALL_FROM_MS = Date.UTC(2021, 4, 16);
const FALL_DAYS = 4;
const FALL_SEEDS = [101, 102];
const SYMBOLS = ["BTC/USDT", "ETH/USDT"];

/** Real processes, killed with SIGKILL while a replay runs at full speed. */
export function killUnits(): Unit[] {
  const invented = INVENTED_SEEDS.map((seed) =>
    unit(`kills, invented prices ${seed}`, seed, (folder) => simulatedReplay(folder, SYMBOLS, seed, INVENTED_DAYS)),
  );
  const files = new Map<string, string>();
  for (const symbol of SYMBOLS) {
    const path = recordedFile(`market-data/binance-spot-${symbol.replace("/", "")}-1m-20210420-20210520.csv.gz`);
    if (path !== undefined) files.set(symbol, path);
  }
  if (files.size < SYMBOLS.length) return invented;
  const recorded = FALL_SEEDS.map((seed) =>
    unit(`kills, May 16 to 20 of 2021, ${seed}`, seed, (folder) => recordedReplay(folder, files, FALL_FROM_MS, FALL_DAYS)),
  );
  return invented.flatMap((each, index) => [each, ...recorded.slice(index, index + 1)]);
}

function unit(name: string, seed: number, marketIn: (folder: string) => Promise<string>): Unit {
  return {
    name,
    part: "kills",
    async run() {
      const folder = temporaryFolder("proof");
      try {
        const comparison = await compare({ folder, market: await marketIn(folder), seed, kills: KILLS });
        return { did: saidOf(comparison, seed), hash: comparison.calm.hash, faults: faultsOf(comparison) };
      } finally {
        discard(folder);
      }
    },
  };
}

function saidOf({ calm, killed }: Comparison, seed: number): string {
  const kills = killed.reduce((sum, round) => sum + round.kills, 0);
  const repeats = killed.reduce((sum, round) => sum + round.repeats, 0);
  const alerts = killed.reduce((sum, round) => sum + round.alerts, 0);
  const fills = calm.books.reduce((sum, bot) => sum + bot.fills.length, 0);
  return `seed ${seed}: ${kills} kills in ${killed.length} replay${killed.length === 1 ? "" : "s"} of ${fills} fills; ${alerts} alerts due on two platforms, none lost, ${repeats} marked as repeats`;
}

function faultsOf({ calm, killed }: Comparison): string[] {
  return [calm, ...killed].flatMap((round, index) => {
    const where = index === 0 ? "undisturbed" : `replay ${index}`;
    const unequal = (["books", "decisions", "answers"] as const).filter((part) => !isDeepStrictEqual(round[part], calm[part]));
    return [...round.faults, ...unequal.map((part) => `${part} differ`)].map((fault) => `${where}: ${fault}`);
  });
}
