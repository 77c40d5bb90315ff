import { ClusterFaults, type FaultKind } from "../test/kit/process-cluster/faults.ts";
import { sizeOf } from "../test/kit/sizes.ts";
import { BenchCluster } from "./kit/cluster.ts";
import { type Figures, quantile } from "./kit/figures.ts";
import { type CaughtUp, commandTimes, exchangePart, mongoPart, outage, redisPart } from "./kit/outages.ts";
import { hasServers } from "./kit/servers.ts";
import { until } from "./kit/until.ts";
import { isAsItShouldBe, WHOLE_EVERY_MS } from "./kit/whole.ts";

const MS_PER_SECOND = 1_000;
const SHAPE = { engines: 2, gateways: 2, live: 2, paper: 8, bots: 16 };

/** Writes down what one desk has shown. */
type Telling = (figures: Figures) => void;
type Work = (desk: BenchCluster) => Promise<Telling>;

/**
 * What a desk of several processes needs until all is as it was: after the death of an engine, of the gateway, and after outages of what it stands on.
 * Nearly all of it is waiting, so three desks suffer side by side: one loses engines, one gateways, and one the exchange and its servers.
 *
 * Other sizes, for a look: `TAKEOVER_ROUNDS=2 TAKEOVER_OUTAGE_SECONDS=45 npm run bench takeover`.
 */
export default async function takeover(figures: Figures): Promise<void> {
  if (!hasServers("takeover", ["mongod", "redis-server"])) return;
  const rounds = sizeOf("TAKEOVER_ROUNDS", 10);
  const outageMs = sizeOf("TAKEOVER_OUTAGE_SECONDS", 60) * MS_PER_SECOND;
  const works: readonly Work[] = [ofEngines(rounds), ofGateways(rounds), ofOutages(outageMs)];
  const tellings: Telling[] = [];
  const failures: unknown[] = [];
  const going: Promise<void>[] = [];
  for (const [index, work] of works.entries()) {
    if (failures.length > 0) break;
    // One after the other, because a start is the one thing that computes much.
    const desk = await opened().catch((failure: unknown) => void failures.push(failure));
    if (!desk) break;
    const done = (telling: Telling) => {
      tellings[index] = telling;
    };
    going.push(
      work(desk)
        .then(done)
        .catch((failure: unknown) => void failures.push(failure))
        .finally(() => desk.close()),
    );
  }
  await Promise.all(going);
  if (failures.length > 0) throw failures[0];
  for (const telling of tellings) telling(figures);
}

/** A desk with bots at work. */
async function opened(): Promise<BenchCluster> {
  const desk = await BenchCluster.open(SHAPE, { cuts: true });
  try {
    await desk.prepare();
    return desk;
  } catch (thrown) {
    await desk.close();
    throw thrown;
  }
}

function ofEngines(rounds: number): Work {
  return async (desk) => {
    const { engineTakeovers: took } = await killed(desk, "engine killed", rounds);
    if (took.length !== rounds) throw new Error(`${took.length} of ${rounds} engines had accounts when they were killed`);
    const [first, last] = [took.map(({ firstMs }) => firstMs), took.map(({ lastMs }) => lastMs)];
    return (figures) => {
      spans(figures, "an engine killed, until the first of its accounts is elsewhere", first);
      spans(figures, "an engine killed, until the last of its accounts is elsewhere", last);
    };
  };
}

function ofGateways(rounds: number): Work {
  return async (desk) => {
    const { gatewayTakeovers } = await killed(desk, "gateway killed", rounds);
    if (gatewayTakeovers.length !== rounds) throw new Error(`${gatewayTakeovers.length} of ${rounds} killed gateways were replaced`);
    return (figures) => spans(figures, "the gateway killed, until the other one answers a command", gatewayTakeovers);
  };
}

function ofOutages(forMs: number): Work {
  return async (desk) => {
    const usual = await commandTimes(desk);
    const found: (readonly [string, CaughtUp])[] = [];
    for (const part of [exchangePart(desk), await redisPart(desk), mongoPart(desk)])
      found.push([part.name, await outage(desk, part, forMs)]);
    return (figures) => {
      figures.time("nothing is away: a bot is stopped or started by a command, p50", quantile(usual, 0.5));
      for (const [name, caughtUp] of found) tellOutage(figures, name, forMs, caughtUp);
    };
  };
}

function tellOutage(figures: Figures, name: string, forMs: number, caughtUp: CaughtUp): void {
  const { meanwhileMs, commandMs, readyMs, soundMs, ownMs, breakerMs } = caughtUp;
  if (meanwhileMs.length > 0) figures.time(`${name} away: a bot is stopped or started by a command, p50`, quantile(meanwhileMs, 0.5));
  for (const [what, ms] of [
    ["a command has stopped a bot", commandMs],
    ["every process is ready", readyMs],
    ["no engine has a problem, and no account at the exchange is held back", soundMs],
    ["all that it had forgotten is in it again", ownMs],
    ["no breaker keeps an account from entering", breakerMs],
  ] as const)
    if (ms !== undefined) figures.time(`${name} back after ${forMs / MS_PER_SECOND} s, until ${what}`, ms);
}

/** Kills one process after the other, each when all that the one before it had left has been made good. */
async function killed(desk: BenchCluster, kind: FaultKind, rounds: number): Promise<ClusterFaults> {
  const faults = new ClusterFaults(desk.stage, desk.people);
  for (let round = 0; round < rounds; round += 1) {
    await desk.placed(SHAPE.engines);
    await until(() => isAsItShouldBe(desk), "a desk that is whole", { everyMs: WHOLE_EVERY_MS });
    if (!(await faults.begin(kind))) throw new Error(`it could happen to nobody: ${kind}`);
    await faults.over();
    if (faults.problems.length > 0) throw new Error(faults.problems.join("; "));
  }
  return faults;
}

function spans(figures: Figures, what: string, times: readonly number[]): void {
  figures.time(`${what}, p50`, quantile(times, 0.5));
  figures.time(`${what}, worst`, quantile(times, 1));
}
