import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { strategyNames } from "../../src/strategies/registry.ts";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { BOTS, type Comparison, compare } from "../kit/process-kills.ts";
import { recordedReplay, simulatedReplay } from "../kit/process-market.ts";
import { recordedOrSkip } from "../kit/recorded.ts";

/** `npm run proof` does 50. */
const KILLS = Number(process.env.KILLS ?? 6);
/** The same kills again: `SEED=... vitest run --project services test/services/kill.test.ts`. */
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const MARKET_SEED = 7;
const MARKET_DAYS = 2;
/** The fall of May 19, 2021 and the days around it. */
const FALL_FROM_MS = Date.UTC(2021, 4, 18, 6);
const FALL_DAYS = 2;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder("kill");
});
afterEach(() => discard(folder));

function expectEqual({ calm, killed }: Comparison, kills: number): void {
  expect(killed.reduce((sum, round) => sum + round.kills, 0)).toBe(kills);
  expect(calm.faults).toEqual([]);
  expect(calm.repeats).toBe(0);
  for (const round of killed) {
    expect(round.faults).toEqual([]);
    expect(round.books).toEqual(calm.books);
    expect(round.decisions).toEqual(calm.decisions);
    expect(round.answers).toEqual(calm.answers);
    expect(round.answers[0]?.view.lines).toContain("The books add up.");
  }
}

describe("kill -9 at random moments of a replay at full speed", () => {
  it(`leaves the books of an undisturbed run and loses no alert: invented prices, ${KILLS} kills, SEED=${SEED}`, async () => {
    for (const name of strategyNames()) expect(BOTS.join("\n")).toContain(`strategy:${name} `);
    const market = await simulatedReplay(folder, ["BTC/USDT", "ETH/USDT"], MARKET_SEED, MARKET_DAYS);
    const comparison = await compare({ folder, market, seed: SEED, kills: KILLS });
    expect(comparison.calm.books.length).toBe(BOTS.length);
    expectEqual(comparison, KILLS);
  });

  it(`leaves the books of an undisturbed run and loses no alert: the fall of May 2021, SEED=${SEED}`, async (context) => {
    const files = new Map(
      ["BTC", "ETH"].map((coin) => [
        `${coin}/USDT`,
        recordedOrSkip(context, `market-data/binance-spot-${coin}USDT-1m-20210420-20210520.csv.gz`),
      ]),
    );
    const market = await recordedReplay(folder, files, FALL_FROM_MS, FALL_DAYS);
    const kills = Math.ceil(KILLS / 2);
    expectEqual(await compare({ folder, market, seed: SEED + 1, kills }), kills);
  });
});
