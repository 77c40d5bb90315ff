import { setTimeout as pause } from "node:timers/promises";
import { MINUTE_MS } from "../src/domain/time.ts";
import { readBooks } from "../test/kit/process-cluster/books.ts";
import { sizeOf } from "../test/kit/sizes.ts";
import { BenchCluster } from "./kit/cluster.ts";
import { ALL_ENGINES, type Load, loadOf, msPerOrder } from "./kit/cluster-load.ts";
import { acted, type ClosedSlots, checkActed, lastMs, slotsAt, slotsPerSecond } from "./kit/cluster-slots.ts";
import type { Figures } from "./kit/figures.ts";
import { residentOf } from "./kit/process.ts";
import { hasServers } from "./kit/servers.ts";
import { until } from "./kit/until.ts";

/** From the most engines down to one: the same bots on the same accounts, which the engines that are left take over. */
const ENGINES = [4, 2, 1];
const IDLE_MS = 15_000;
/** Each bot enters with one candle of two. */
const FIRST_ORDERS_MAX_MS = 4 * MINUTE_MS;
const LOOK_EVERY_MS = 5_000;

/** What a number of engines came to. */
interface Measured {
  readonly engines: number;
  readonly slots: readonly ClosedSlots[];
  readonly load: Load;
}

/**
 * A desk of several processes at work: all bots decide on each closed candle of a minute and act on it. As fast as that goes with one, two and four
 * engines, what the processes compute meanwhile, and what they hold.
 *
 * Other sizes, for a look: `CLUSTER_BOTS=100 CLUSTER_ACCOUNTS=8 CLUSTER_MINUTES=1 npm run bench cluster`.
 */
export default async function cluster(figures: Figures): Promise<void> {
  if (!hasServers("cluster", ["mongod", "redis-server"])) return;
  const bots = sizeOf("CLUSTER_BOTS", 1_000);
  const paper = sizeOf("CLUSTER_ACCOUNTS", 40);
  const minutes = sizeOf("CLUSTER_MINUTES", 2);
  const desk = await BenchCluster.open({ engines: Math.max(...ENGINES), gateways: 1, live: 0, paper, bots });
  try {
    await pause(IDLE_MS);
    weigh(figures, desk, "no bots");
    await desk.prepare();
    const haveActed = async () => acted((await readBooks(desk.stage.database)).facts) === desk.people.bots.length;
    await until(haveActed, "an order of each bot", { maxMs: FIRST_ORDERS_MAX_MS, everyMs: LOOK_EVERY_MS });
    const found: Measured[] = [];
    for (const engines of ENGINES) {
      await Promise.all(desk.engines.slice(engines).map((node) => node.end()));
      await desk.placed(engines);
      found.push(await measure(desk, engines, minutes));
    }
    for (const measured of found.toReversed()) tell(figures, measured, bots);
    compare(figures, found);
    weigh(figures, desk, `${named(bots)}, all at one engine`);
  } finally {
    await desk.close();
  }
}

const named = (bots: number) => `${bots.toLocaleString("en-US")} bots`;
const label = (engines: number) => (engines === 1 ? "1 engine" : `${engines} engines`);

/** Some whole minutes of the desk. */
async function measure(desk: BenchCluster, engines: number, minutes: number): Promise<Measured> {
  const load = await loadOf(desk, minutes);
  if (desk.engines.length !== engines) throw new Error(`${desk.engines.length} of ${engines} engines live`);
  const { facts, faults } = await readBooks(desk.stage.database);
  if (faults.length > 0) throw new Error(`the books have faults: ${faults.join("; ")}`);
  const firstMs = Math.ceil(load.begunMs / MINUTE_MS) * MINUTE_MS;
  const closes = Array.from({ length: minutes }, (_, minute) => firstMs + minute * MINUTE_MS);
  const slots = closes.map((closeMs) => slotsAt(closeMs, facts));
  checkActed(slots, desk.people.bots.length, facts);
  return { engines, load, slots };
}

function tell(figures: Figures, { engines, slots, load }: Measured, bots: number): void {
  const what = `${named(bots)}, ${label(engines)}`;
  const orders = slots.reduce((sum, { acceptedMs }) => sum + acceptedMs.length, 0);
  figures.count(`${what}: orders accepted in ${(bots * slots.length).toLocaleString("en-US")} slots`, orders);
  const each = (times: (slots: ClosedSlots) => readonly number[]) => slots.flatMap((closed) => times(closed));
  figures.count(`${what}: slots a second, from the first decision on a candle until the last order is accepted`, slotsPerSecond(slots));
  figures.percentiles(
    `${what}: from a candle's close to a bot's decision`,
    each(({ decidedMs }) => decidedMs),
  );
  figures.percentiles(
    `${what}: from a candle's close to the accepted order, its intent durable`,
    each(({ acceptedMs }) => acceptedMs),
  );
  figures.time(`${what}: from a candle's close until the last bot is done, worst`, lastMs(slots));
  for (const [process, ms] of load.perMinute) figures.time(`${what}: computed in a minute by ${process}`, ms);
  const cost = costOf({ slots, load });
  if (cost.engines > 0) figures.time(`${what}: computed by engines for an order`, cost.engines);
  if (cost.all > 0) figures.time(`${what}: computed by all processes for an order`, cost.all);
}

/** What a slot costs that ends with an order, its fill included, in milliseconds; 0 or less where it cannot be told from what else a process does. */
function costOf({ slots, load }: Pick<Measured, "slots" | "load">): { readonly engines: number; readonly all: number } {
  const count = slots.reduce((sum, { acceptedMs }) => sum + acceptedMs.length, 0) / slots.length;
  return { engines: msPerOrder(load, count, [ALL_ENGINES]), all: msPerOrder(load, count) };
}

/** How several engines compare with one. */
function compare(figures: Figures, found: readonly Measured[]): void {
  const one = found.find(({ engines }) => engines === 1);
  if (!one) return;
  for (const more of found.filter(({ engines }) => engines > 1).toReversed()) {
    figures.ratio(`slots a second: ${label(more.engines)} over one`, slotsPerSecond(more.slots) / slotsPerSecond(one.slots));
    const [many, single] = [costOf(more).all, costOf(one).all];
    if (many > 0 && single > 0) figures.ratio(`computed by all processes for an order: ${label(more.engines)} over one`, many / single);
  }
}

function weigh(figures: Figures, { stage, engines }: BenchCluster, what: string): void {
  for (const [role, node] of [
    ["gateway", stage.active],
    ["engine", engines[0]],
  ] as const) {
    const bytes = node && residentOf(node.process.pid);
    if (bytes !== undefined) figures.megabytes(`resident memory of the ${role}, ${what}`, bytes);
  }
}
