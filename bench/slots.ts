import { MINUTE_MS } from "../src/domain/time.ts";
import type { OpenedEngine } from "../src/engine/open.ts";
import { emptyStore, openBenchEngine, ownerAt, PROTECTION, SIZING, type StoreKind, seedBots } from "./kit/desk.ts";
import { type Figures, quantile } from "./kit/figures.ts";
import { CYCLE_MINUTES, kindOf, type MinuteKind, openJumps, symbolAt } from "./kit/market.ts";

const SIZES = [100, 1_000, 10_000];
const CYCLES = 60;
/** Cycles before the clock counts: the first round of jumps, in which nobody holds anything yet. */
const WARM_CYCLES = 30;
const CREATED = 50;
/** Growth is told from the better steps, because whatever else the machine does only adds. */
const UNDISTURBED = 0.1;

/** What one step of the market costs with so many bots: where nobody acts, where about one in forty does, and where those orders fill. */
export default async function slots(figures: Figures): Promise<void> {
  const quiet = new Map<number, number>();
  const acting = new Map<number, number>();
  for (const size of SIZES) {
    for (const kind of ["sqlite", "memory"] as const) {
      const times = await measured(figures, size, kind);
      if (kind === "memory") continue;
      quiet.set(size, quantile(times.quiet, UNDISTURBED));
      acting.set(size, quantile(times.act, UNDISTURBED));
    }
  }
  for (const [what, medians] of [
    ["quiet step", quiet],
    ["acting step", acting],
  ] as const) {
    const [small = 0, middle = 0, large = 0] = SIZES.map((size) => medians.get(size) ?? 0);
    figures.ratio(`${what}: 1,000 bots over 100, growth per bot`, middle / small / 10);
    figures.ratio(`${what}: 10,000 bots over 1,000, growth per bot`, large / middle / 10);
  }
}

async function measured(figures: Figures, size: number, kind: StoreKind): Promise<Record<MinuteKind, number[]>> {
  const { store, remove } = await emptyStore(kind);
  const market = openJumps();
  await seedBots(store, market, size);
  const began = performance.now();
  const opened = await openBenchEngine(store, market, "script");
  const openMs = performance.now() - began;
  const intents = countIntents(opened);
  const times: Record<MinuteKind, number[]> = { act: [], fill: [], quiet: [] };
  // A desk with running bots opens one minute early, to decide its last slot once more.
  await opened.engine.moveMarket({ forMs: market.startMs - opened.engine.market().atMs });
  for (let minute = 0; minute < (WARM_CYCLES + CYCLES) * CYCLE_MINUTES; minute += 1) {
    if (minute === WARM_CYCLES * CYCLE_MINUTES) intents.restart();
    const start = performance.now();
    await opened.engine.moveMarket({ forMs: MINUTE_MS });
    if (minute >= WARM_CYCLES * CYCLE_MINUTES) times[kindOf(minute)].push(performance.now() - start);
  }
  await tell(figures, `${size.toLocaleString("en-US")} bots, ${kind}`, times, await intents.total());
  if (kind === "sqlite") {
    figures.time(`${size.toLocaleString("en-US")} bots, ${kind}: open the engine`, openMs);
    await commands(figures, opened, size);
  }
  await opened.stop("the bench is over");
  await remove();
  return times;
}

async function tell(figures: Figures, label: string, times: Record<MinuteKind, number[]>, intents: number): Promise<void> {
  figures.count(`${label}: intents per acting step`, intents / CYCLES);
  for (const [kind, what] of [
    ["quiet", "quiet step"],
    ["act", "acting step, intents durable"],
    ["fill", "step that fills them"],
  ] as const) {
    figures.time(`${label}: ${what}, p50`, quantile(times[kind], 0.5));
    figures.time(`${label}: ${what}, p99`, quantile(times[kind], 0.99));
  }
}

/** Counts durable intents from now on. */
function countIntents({ streams }: OpenedEngine): { restart(): void; total(): Promise<number> } {
  const from = new Map<string, number>();
  const restart = () => {
    for (const name of streams.names()) from.set(name, streams.lastSequence(name));
  };
  restart();
  return {
    restart,
    async total() {
      let intents = 0;
      for (const name of streams.names()) {
        for (let after = from.get(name) ?? 0; after < streams.lastSequence(name); ) {
          const rows = await streams.since(name, after, 1_000);
          intents += rows.filter(({ event }) => event.type === "intent").length;
          after += rows.length;
        }
      }
      return intents;
    },
  };
}

/** What a person waits for on a desk of that size. */
async function commands(figures: Figures, { engine }: OpenedEngine, size: number): Promise<void> {
  const creating: number[] = [];
  const starting: number[] = [];
  for (let index = 0; index < CREATED; index += 1) {
    const caller = (verb: string) => ({ requestId: `${verb}-${index}`, user: ownerAt(0) });
    const name = `new-${index}`;
    const wish = {
      name,
      group: undefined,
      symbol: symbolAt(index),
      timeframe: "1m",
      strategy: "ema-cross",
      params: {},
      sizing: SIZING,
      protection: PROTECTION,
    } as const;
    const began = performance.now();
    await engine.createBot(wish, caller("create"));
    const created = performance.now();
    await engine.startBot(name, caller("start"));
    creating.push(created - began);
    starting.push(performance.now() - created);
  }
  const label = `${size.toLocaleString("en-US")} bots, sqlite`;
  figures.time(`${label}: create one more bot, p50`, quantile(creating, 0.5));
  figures.time(`${label}: start it, p50`, quantile(starting, 0.5));
  const began = performance.now();
  const listed = engine.bots().length;
  figures.time(`${label}: facts of all ${listed.toLocaleString("en-US")} bots`, performance.now() - began);
}
