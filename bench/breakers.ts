import type { BreakerSetting, Reaction } from "../src/domain/breaker.ts";
import { accountStream } from "../src/engine/streams.ts";
import { BREAKER_DEFAULTS, type BreakerDefaults } from "../src/risk/breaker-defaults.ts";
import { emptyStore, ownerAt } from "./kit/desk.ts";
import type { Figures } from "./kit/figures.ts";
import { type LiveBench, openLiveBench, putToWork, sentAs, since, toMinute } from "./kit/live.ts";

const BOTS = 20;
const CYCLES = 30;
const WARM_CYCLES = 3;
/** Far from any price, so that nothing but the breaker sells. */
const TRAILING_PCT = 15;
const PRICES = { low: 100, high: 104 } as const;
const [NARROW_PCT, WIDE_PCT] = [0.02, 1];
const AT_BPS = 50;
/** The prices that let bots enter are gaps to others. */
const ONLY_SPREAD: BreakerDefaults = BREAKER_DEFAULTS.spread ? { spread: BREAKER_DEFAULTS.spread } : {};
/** Longer than anything here: somebody resets what is open. */
const SPAN_MS = 3_600_000;
const GRACE_S = 2;
const STREAM = accountStream("main");

/**
 * From what opens a breaker to what follows, over an exchange in this process and a store on disk: the spread of twenty symbols widens at once. The trip is durable before anything is
 * sold; a sale waits for the cancel of the resting stop. And from a closed candle that all bots would enter on to their durable denials.
 */
export default async function breakers(figures: Figures): Promise<void> {
  const { store, remove } = await emptyStore("sqlite");
  let spread = NARROW_PCT;
  const bench = await openLiveBench(store, BOTS, { breakers: ONLY_SPREAD, spreadPct: () => spread });
  const widen = (pct: number) => {
    spread = pct;
  };
  await putToWork(bench, TRAILING_PCT);
  const times = { trip: [] as number[], cancel: [] as number[], sale: [] as number[], denial: [] as number[] };
  for (let cycle = -WARM_CYCLES; cycle < CYCLES; cycle += 1) {
    await react(bench, "flatten");
    await close(bench, () => enough(bench, BOTS));
    const closed = await flattened(bench, widen);
    await react(bench, "deny");
    const denials = await denied(bench, widen);
    if (cycle < 0) continue;
    times.trip.push(...closed.trip);
    times.cancel.push(...closed.cancel);
    times.sale.push(...closed.sale);
    times.denial.push(...denials);
  }
  const label = `${BOTS} live bots`;
  for (const [what, spans] of [
    ["the look at a spread that opens their breakers to the durable trip", times.trip],
    ["the same to the cancel of a resting stop sent", times.cancel],
    ["the same to the sale that flattens sent", times.sale],
    ["a closed candle to the durable denial, breakers open", times.denial],
  ] as const)
    figures.percentiles(`${label}: ${what}`, spans);
  figures.count("sales and denials measured", times.sale.length + times.denial.length);
  await bench.close();
  await remove();
}

async function react({ engine }: LiveBench, reaction: Reaction): Promise<void> {
  const setting: BreakerSetting = { at: AT_BPS, reaction, span: SPAN_MS };
  await engine.desk.append([{ type: "breaker-set", scope: "account:main", breaker: "spread", setting, by: "bench" }]);
}

function enough({ sent }: LiveBench, protections: number): boolean {
  return sentAs(sent, "protection").length >= protections;
}

/** A low minute, then a high one: every bot wants to enter when that one has closed. Returns when its last beat began. */
async function close(bench: LiveBench, done: () => boolean): Promise<number> {
  bench.price(PRICES.low);
  await toMinute(bench);
  for (let second = 0; second <= GRACE_S; second += 1) await bench.beat();
  bench.price(PRICES.high);
  await toMinute(bench);
  for (let second = 1; second < GRACE_S; second += 1) await bench.beat();
  bench.sent.length = 0;
  return bench.beat({ done });
}

async function flattened(bench: LiveBench, widen: (pct: number) => void): Promise<Record<"trip" | "cancel" | "sale", number[]>> {
  for (let count = 0; count < 3; count += 1) await bench.beat();
  const written = watch(bench);
  widen(WIDE_PCT);
  bench.sent.length = 0;
  while (!isSeen(bench)) await bench.beat({ done: () => true });
  const beganMs = await bench.beat({ done: () => sentAs(bench.sent, "sale").length >= BOTS });
  const trip = await written.timesOf("breaker-tripped");
  await settle(bench, widen);
  return {
    trip: trip.map((atMs) => atMs - beganMs),
    cancel: since(beganMs, sentAs(bench.sent, "cancel")),
    sale: since(beganMs, sentAs(bench.sent, "sale")),
  };
}

/** A beat reads prices after it has looked at the breakers: what they say is looked at with the next one. */
function isSeen({ engine: { engine } }: LiveBench): boolean {
  const seen = engine.breakers.all().filter(({ breaker, reading = 0 }) => breaker === "spread" && reading >= AT_BPS);
  return seen.length > 0;
}

/** Breakers are open already when the candle closes. */
async function denied(bench: LiveBench, widen: (pct: number) => void): Promise<number[]> {
  widen(WIDE_PCT);
  while (bench.engine.engine.breakers.all().filter(({ open }) => open).length < BOTS) await bench.beat();
  const live = bench.engine.engine.bots().filter(({ state }) => state.spec.mode === "live");
  const before = live.map(({ state }) => state.actedSlotMs);
  const written = watch(bench);
  const beganMs = await close(bench, () => live.every(({ state }, index) => state.actedSlotMs !== before[index]));
  const atMs = await written.timesOf("wish-denied");
  if (sentAs(bench.sent, "entry").length > 0 || atMs.length < BOTS) throw new Error(`${atMs.length} of ${BOTS} bots were denied`);
  await settle(bench, widen);
  return atMs.map((each) => each - beganMs);
}

/** Narrow again, and somebody resets what is open. */
async function settle(bench: LiveBench, widen: (pct: number) => void): Promise<void> {
  const { breakers: open } = bench.engine.engine;
  widen(NARROW_PCT);
  while (isSeen(bench)) await bench.beat();
  for (const each of open.all())
    if (each.open)
      await open.reset(each.account, each, "the bench goes on", {
        requestId: `reset ${bench.clock.wall()} ${each.scope}`,
        user: ownerAt(0),
      });
  await bench.beat();
  if (open.all().some((each) => each.open)) throw new Error("a breaker is open still");
}

/** When what is written from now on became durable, by kind of event. */
function watch({ engine: { streams } }: LiveBench) {
  const from = streams.lastSequence(STREAM);
  const durable: { readonly sequence: number; readonly atMs: number }[] = [];
  const end = streams.onAppend((stream) => {
    if (stream === STREAM) durable.push({ sequence: streams.lastSequence(STREAM), atMs: performance.now() });
  });
  return {
    from,
    async timesOf(type: string): Promise<number[]> {
      end();
      const events = await streams.since(STREAM, from, 1_000);
      return events
        .filter(({ event }) => event.type === type)
        .map(({ sequence }) => durable.find((each) => each.sequence >= sequence)!.atMs);
    },
  };
}
