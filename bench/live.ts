import { emptyStore } from "./kit/desk.ts";
import type { Figures } from "./kit/figures.ts";
import { type LiveBench, openLiveBench, putToWork, sentAs, since, toMinute } from "./kit/live.ts";

const BOTS = 20;
const CYCLES = 40;
const WARM_CYCLES = 5;
const TRAILING_PCT = 1;
/** Closes of two minutes that let a fast average cross, and what then moves a trailing stop up and passes it. */
const PRICES = { low: 100, high: 104, higher: 107, passed: 105.5 } as const;
/** A candle is asked for that long after its minute: exchanges need it. */
const GRACE_S = 2;

/**
 * From what the market did to the order that leaves for the exchange, over an exchange in this process and a store on disk: what the desk itself costs.
 * Waiting by design is not in it: for a closed candle its grace, for everything the next beat, and for both the network.
 */
export default async function live(figures: Figures): Promise<void> {
  const { store, remove } = await emptyStore("sqlite");
  const bench = await openLiveBench(store, BOTS);
  await putToWork(bench, TRAILING_PCT);
  const times = { entry: [] as number[], protection: [] as number[], cancel: [] as number[], sale: [] as number[] };
  for (let cycle = -WARM_CYCLES; cycle < CYCLES; cycle += 1) {
    const entered = await closeUp(bench);
    const sold = await fallBack(bench);
    if (cycle < 0) continue;
    times.entry.push(...entered.entry);
    times.protection.push(...entered.protection);
    times.cancel.push(...sold.cancel);
    times.sale.push(...sold.sale);
  }
  const label = `${BOTS} live bots act at once`;
  for (const [what, spans] of [
    ["a closed candle to the entry sent", times.entry],
    ["a closed candle to the stop sent", times.protection],
    ["a price beyond a trailing stop to the cancel of the resting one sent", times.cancel],
    ["a price beyond a trailing stop to the sale sent", times.sale],
  ] as const)
    figures.percentiles(`${label}: ${what}`, spans);
  figures.count("orders measured", times.entry.length);
  await bench.close();
  await remove();
}

/** A low minute, then a high one: every bot enters when that one has closed. */
async function closeUp(bench: LiveBench): Promise<Record<"entry" | "protection", number[]>> {
  bench.price(PRICES.low);
  await toMinute(bench);
  for (let second = 0; second <= GRACE_S; second += 1) await bench.beat();
  bench.price(PRICES.high);
  await toMinute(bench);
  for (let second = 1; second < GRACE_S; second += 1) await bench.beat();
  bench.sent.length = 0;
  const beganMs = await bench.beat({ done: () => sentAs(bench.sent, "protection").length >= BOTS });
  return { entry: since(beganMs, sentAs(bench.sent, "entry")), protection: since(beganMs, sentAs(bench.sent, "protection")) };
}

/** The price rises and falls back through every trailing stop; resting stops are lower. */
async function fallBack(bench: LiveBench): Promise<Record<"cancel" | "sale", number[]>> {
  bench.price(PRICES.higher);
  for (let count = 0; count < 3; count += 1) await bench.beat();
  bench.price(PRICES.passed);
  bench.sent.length = 0;
  const beganMs = await bench.beat({ done: () => sentAs(bench.sent, "sale").length >= BOTS });
  await bench.beat();
  return { cancel: since(beganMs, sentAs(bench.sent, "cancel")), sale: since(beganMs, sentAs(bench.sent, "sale")) };
}
