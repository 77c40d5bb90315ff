import { type BotSpec, OWN_RULES } from "../src/domain/bot.ts";
import { MINUTE_MS } from "../src/domain/time.ts";
import type { Timeframe } from "../src/domain/timeframe.ts";
import { emptyStore, openBenchEngine, seedBots } from "./kit/desk.ts";
import { type Figures, quantile } from "./kit/figures.ts";
import { openJumps, SYMBOLS } from "./kit/market.ts";

const BOTS = 10_000;
/** With fifty symbols, 200 feeds. */
const TIMEFRAMES: readonly Timeframe[] = ["1m", "3m", "5m", "15m"];
/** Minutes after which all feeds close a candle at once. */
const ROUND_MINUTES = 15;
const ROUNDS = 40;
const WARM_ROUNDS = 4;
const FEEDS = SYMBOLS * TIMEFRAMES.length;

/** What a candle costs that closes for 10,000 bots with rules of their own on 200 feeds: all with the same rules, and with 200 different ones. */
export default async function rules(figures: Figures): Promise<void> {
  const one = await measured(figures, 1);
  const many = await measured(figures, 200);
  figures.ratio("10,000 bots on 200 feeds, all closing: 200 rules over 1 rule", many / one);
}

async function measured(figures: Figures, distinct: number): Promise<number> {
  const { store, remove } = await emptyStore("memory");
  const market = openJumps();
  await seedBots(store, market, BOTS, undefined, (bot, index) => ruled(bot, index, distinct));
  const began = performance.now();
  const opened = await openBenchEngine(store, market, "script");
  const label = `10,000 bots, 200 feeds, ${distinct === 1 ? "1 pair of rules" : `${distinct} pairs of rules`}`;
  figures.time(`${label}: open the engine`, performance.now() - began);
  await opened.engine.moveMarket({ forMs: market.startMs - opened.engine.market().atMs });
  const all: number[] = [];
  const some: number[] = [];
  for (let minute = 1; minute <= (WARM_ROUNDS + ROUNDS) * ROUND_MINUTES; minute += 1) {
    const start = performance.now();
    await opened.engine.moveMarket({ forMs: MINUTE_MS });
    if (minute <= WARM_ROUNDS * ROUND_MINUTES) continue;
    if (minute % ROUND_MINUTES === 0) all.push(performance.now() - start);
    else if (TIMEFRAMES.every((each) => each === "1m" || minute % Number.parseInt(each, 10) !== 0)) some.push(performance.now() - start);
  }
  judged(opened.engine.bots().map(({ lastDecision }) => lastDecision?.slotMs));
  figures.time(`${label}: a minute that closes all feeds, p50`, quantile(all, 0.5));
  figures.time(`${label}: a minute that closes all feeds, p99`, quantile(all, 0.99));
  figures.time(`${label}: a minute that closes ${SYMBOLS} feeds, p50`, quantile(some, 0.5));
  await opened.stop("the bench is over");
  await remove();
  return quantile(all, 0.5);
}

/** Bots of a symbol spread over its timeframes, and rules over all bots of a feed. Nothing ever has twice its volume, so that only judging is timed. */
function ruled(bot: BotSpec, index: number, distinct: number): BotSpec {
  const timeframe = TIMEFRAMES[Math.floor(index / SYMBOLS) % TIMEFRAMES.length]!;
  const rule = Math.floor(index / FEEDS) * 4 + (index % 4);
  const number = rule % distinct;
  const [period, level] = [5 + (number % 20), 20 + Math.floor(number / 20)];
  const enter = `rsi(14) < ${level} and close > ema(${period}) and volume > 2 * avgvolume(20)[1]`;
  const exit = `rsi(14) > ${100 - level} or close crosses below ema(${period}) or bars_held >= ${period}`;
  return { ...bot, timeframe, strategy: OWN_RULES, params: {}, rules: { enter, exit } };
}

function judged(slots: readonly (number | undefined)[]): void {
  const without = slots.filter((slotMs) => slotMs === undefined).length;
  if (without > 0) throw new Error(`${without} of ${slots.length} bots judged nothing`);
}
