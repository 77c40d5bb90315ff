import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { MINUTE_MS } from "../../src/domain/time.ts";
import type { ClusterNode } from "../../test/kit/process-cluster/node.ts";
import type { BenchCluster } from "./cluster.ts";
import { computedMs } from "./process.ts";

/** Where in a minute nothing is done for a candle: bots are done with the last one by the first, and the next one closes after the second. */
const CALM_FROM_MS = 20_000;
const CALM_UNTIL_MS = 57_000;

/** All engines together. */
export const ALL_ENGINES = "engines";

interface Sample {
  readonly atMs: number;
  /** By what they are: what its processes have computed since they began. */
  readonly computed: ReadonlyMap<string, number>;
}

/** What the processes of a desk compute, in milliseconds a minute, by what they are; nothing where the machine does not tell. */
export interface Load {
  /** When measuring began: the first candle is the next one. */
  readonly begunMs: number;
  readonly perMinute: ReadonlyMap<string, number>;
  /** What a minute would be without slots, by what is computed between them. */
  readonly without: ReadonlyMap<string, number>;
}

/** Whole minutes from calm to calm, so that no candle's work is cut in two. The exchange is simulated in this process and is not counted. */
export async function loadOf(cluster: BenchCluster, minutes: number): Promise<Load> {
  if (!isCalm(Date.now())) await pause(untilInto(CALM_FROM_MS));
  const pids = await pidsOf(cluster);
  const samples = [sampleOf(pids)];
  const endMs = Date.now() + minutes * MINUTE_MS;
  for (let leftMs = endMs - Date.now(); leftMs > 0; leftMs = endMs - Date.now()) {
    await pause(Math.min(leftMs, untilInto(CALM_FROM_MS), untilInto(CALM_UNTIL_MS)));
    samples.push(sampleOf(pids));
  }
  const pieces = samples.slice(1).map((to, index) => ({ from: samples[index]!, to }));
  const calm = pieces.filter(({ from, to }) => isCalm((from.atMs + to.atMs) / 2));
  return { begunMs: samples[0]!.atMs, perMinute: perMinute(pieces), without: perMinute(calm) };
}

/** What one of so many orders a minute costs beyond what is computed anyhow, in milliseconds: of some processes, or of all. */
export function msPerOrder({ perMinute, without }: Load, orders: number, whose: Iterable<string> = perMinute.keys()): number {
  return [...whose].reduce((sum, what) => sum + (perMinute.get(what) ?? 0) - (without.get(what) ?? 0), 0) / orders;
}

function perMinute(pieces: readonly { readonly from: Sample; readonly to: Sample }[]): ReadonlyMap<string, number> {
  const spanMs = pieces.reduce((sum, { from, to }) => sum + to.atMs - from.atMs, 0);
  const names = [...(pieces[0]?.from.computed.keys() ?? [])];
  const spent = (what: string) =>
    pieces.reduce((sum, { from, to }) => sum + (to.computed.get(what) ?? 0) - (from.computed.get(what) ?? 0), 0);
  return new Map(names.map((what) => [what, (spent(what) * MINUTE_MS) / spanMs]));
}

function isCalm(atMs: number): boolean {
  const intoMs = atMs % MINUTE_MS;
  return intoMs >= CALM_FROM_MS && intoMs < CALM_UNTIL_MS;
}

/** How long it is until the next time that a minute is so old. */
function untilInto(intoMs: number): number {
  return (intoMs - (Date.now() % MINUTE_MS) + MINUTE_MS) % MINUTE_MS || MINUTE_MS;
}

function sampleOf(pids: readonly (readonly [what: string, pid: number])[]): Sample {
  const computed = new Map<string, number>();
  for (const [what, pid] of pids) {
    const ms = computedMs(pid);
    if (ms !== undefined) computed.set(what, (computed.get(what) ?? 0) + ms);
  }
  return { atMs: Date.now(), computed };
}

/** Every process of the desk and its servers. */
async function pidsOf({ stage, engines }: BenchCluster): Promise<(readonly [what: string, pid: number])[]> {
  const { pid: mongod } = await stage.mongod.command({ serverStatus: 1 }, { index: await stage.mongod.primary() });
  const redis = new Redis(stage.redis.url);
  const [, redisPid = ""] = /^process_id:(\d+)/m.exec(await redis.info("server")) ?? [];
  redis.disconnect();
  const ofNode = (what: string) => (node: ClusterNode) => [what, node.process.pid] as const;
  const nodes = [...engines.map(ofNode(ALL_ENGINES)), ...stage.of("gateway").map(ofNode("the gateway"))];
  return [...nodes, ["MongoDB", Number(mongod)], ["Redis", Number(redisPid)]];
}
