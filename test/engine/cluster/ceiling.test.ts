import { expect, it } from "vitest";
import { decimal } from "../../../src/domain/money.ts";
import { isFlat } from "../../../src/domain/position.ts";
import { Secret } from "../../../src/domain/secret.ts";
import { openQueue } from "../../../src/system/queue.ts";
import { SILENT } from "../../../src/system/silent-logger.ts";
import { by } from "../../kit/engine-rig.ts";
import { FakeClock } from "../../kit/fake-clock.ts";
import { handOrder, type LiveRig, newAccount, OTHER_KEY, openLiveRig, SECRET, START_MS } from "../../kit/live-rig.ts";
import { MemoryProcess } from "../../kit/memory-cluster/process.ts";
import { MemoryServer } from "../../kit/memory-cluster/server.ts";
import { openTestVault } from "../../kit/open-vault.ts";
import { MemoryQueueServer } from "../../kit/queue/memory-server.ts";
import { testSignatures } from "../../kit/queue/signatures.ts";

const OTHER = { name: "other", exchangeId: "binanceus", credentials: { apiKey: new Secret(OTHER_KEY), secret: new Secret(SECRET) } };

it("the ceiling of live trading lets nothing enter where the books of another live account are not read", async () => {
  const clock = new FakeClock(START_MS);
  const server = new MemoryServer(clock);
  const queues = new MemoryQueueServer({ clock });
  const rigs: LiveRig[] = [];
  const start = async (name: string, role: "gateway" | "engine", silent: readonly string[] = []): Promise<LiveRig> => {
    const facts = { name, role, pid: 1, host: "test", version: "test", startedMs: clock.wall() };
    const { store } = await MemoryProcess.join(server, facts, { clock });
    const queue = openQueue({ broker: queues.connect(), clock, logger: SILENT, signatures: testSignatures() });
    const { asks, cluster } = store;
    const shared = { role, processName: name, asks, cluster, queue, vault: openTestVault(), saw: () => undefined };
    const ceiling = { amount: decimal(1_000), currency: "USDT" };
    const rig = await openLiveRig({ clock, store, shared, silent, ceiling, otherBalances: { USDT: "1000" } });
    rigs.push(rig);
    return rig;
  };
  const beat = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      for (const { opened } of rigs.slice(1)) void opened.pulse.beat();
      for (const { core } of rigs) core.advanceTo(clock.wall() + 1_000);
      await rigs[0]?.beat(1);
    }
  };
  const during = async <T>(work: Promise<T>, seconds: number): Promise<T> => {
    work.catch(() => undefined);
    await beat(seconds);
    return work;
  };
  const gateway = await start("gateway", "gateway");
  const { front } = gateway.opened;
  // To this process the exchange of the account that is connected next does not answer.
  const engine = await start("engine", "engine", ["binanceus"]);
  await during(front.connectAccount(newAccount({ environment: "live" }), by("connect")), 20);
  const another = await start("engine-2", "engine");
  await during(front.connectAccount(newAccount({ environment: "live", ...OTHER }), by("connect other")), 40);
  expect([engine, another].map((each) => each.opened.engine.accounts().map(({ state }) => state.account))).toEqual([
    ["main"],
    ["main", "other"],
  ]);
  await during(front.enterOrder(handOrder({ account: "other", notional: decimal(900) }), by("enter other")), 20);
  await during(front.enterOrder(handOrder({ notional: decimal(900) }), by("enter main")), 20);
  const main = engine.engine.account("main")?.state;
  expect([...(main?.bots.values() ?? [])].map(({ position }) => isFlat(position))).toEqual([true]);
  expect((await engine.events("order-canceled")).map(({ reason }) => reason)).toEqual([
    "not sent: the books of other are not read here now, and a limit is over all accounts",
  ]);
  expect(gateway.engine.ceiling()?.atRisk?.toNumber()).toBeLessThan(1_000);
  expect(rigs.flatMap(({ fatal }) => fatal)).toEqual([]);
});
