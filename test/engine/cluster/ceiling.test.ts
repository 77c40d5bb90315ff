import { describe, expect, it } from "vitest";
import { decimal } from "../../../src/domain/money.ts";
import { isFlat } from "../../../src/domain/position.ts";
import { Secret } from "../../../src/domain/secret.ts";
import type { Environment } from "../../../src/ports/live-venue.ts";
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

const UNREAD = "not sent: the books of other are not read here now, and what is limited is over several accounts";

/** Two accounts at two exchanges, each with a process of its own. The process of `main` does not read the books of `other`, because its exchange does not answer there. */
async function twoAccounts(environment: Environment) {
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
  const during = async <T>(work: Promise<T>, seconds = 20): Promise<T> => {
    work.catch(() => undefined);
    await beat(seconds);
    return work;
  };
  const gateway = await start("gateway", "gateway");
  const { front } = gateway.opened;
  // To this process the exchange of the account that is connected next does not answer.
  const engine = await start("engine", "engine", ["binanceus"]);
  await during(front.connectAccount(newAccount({ environment }), by("connect")), 20);
  const another = await start("engine-2", "engine");
  await during(front.connectAccount(newAccount({ environment: "live", ...OTHER }), by("connect other")), 40);
  expect([engine, another].map((each) => each.opened.engine.accounts().map(({ state }) => state.account))).toEqual([
    ["main"],
    ["main", "other"],
  ]);
  const enters = (account: string) => during(front.enterOrder(handOrder({ account, notional: decimal(900) }), by(`enter ${account}`)));
  const main = () => [...(engine.engine.account("main")?.state.bots.values() ?? [])].map(({ position }) => isFlat(position));
  const refusals = async () => (await engine.events("order-canceled")).map(({ reason }) => reason);
  return { gateway, enters, main, refusals, fatal: () => rigs.flatMap(({ fatal }) => fatal) };
}

describe("where the books of another account are not read", () => {
  it("the ceiling of live trading lets no real money enter", async () => {
    const { gateway, enters, main, refusals, fatal } = await twoAccounts("live");
    await enters("other");
    await enters("main");
    expect([main(), await refusals()]).toEqual([[true], [UNREAD]]);
    expect(gateway.engine.ceiling()?.atRisk?.toNumber()).toBeLessThan(1_000);
    expect(fatal()).toEqual([]);
  });

  it("nothing enters past a breaker that halts the desk wherever it opens", async () => {
    const { gateway, enters, main, refusals } = await twoAccounts("demo");
    const setting = { at: 5, reaction: "halt", span: "reset" } as const;
    await gateway.opened.desk.append([{ type: "breaker-set", scope: "account:other", breaker: "daily-loss", setting, by: "ann" }]);
    await enters("main");
    expect([main(), await refusals()]).toEqual([[true], [UNREAD]]);
  });

  it("test money enters where nothing is over several accounts", async () => {
    const { enters, main, refusals } = await twoAccounts("demo");
    await enters("main");
    expect([main(), await refusals()]).toEqual([[false], []]);
  });
});
