import { discard, temporaryFolder } from "../../test/kit/canary/watch.ts";
import type { ClusterNode } from "../../test/kit/process-cluster/node.ts";
import { People } from "../../test/kit/process-cluster/people.ts";
import { type ClusterShape, ClusterStage } from "../../test/kit/process-cluster/stage.ts";
import type { Passage } from "../../test/kit/services/passage.ts";
import { until } from "./until.ts";
import { wayToExchange } from "./way-to-exchange.ts";

const SEED = 42;
const ACCOUNT = "account:";

/**
 * The processes of one desk with all that they need on this machine: the stage of the tests, with a MongoDB of one member, because three servers beside the
 * desk, on one disk and two cores, would be what is measured.
 */
export class BenchCluster {
  readonly stage: ClusterStage;
  readonly people: People;
  /** The way of all processes to the exchange, where it can be closed. */
  readonly way: Passage | undefined;
  readonly #folder: string;

  private constructor(stage: ClusterStage, folder: string, way: Passage | undefined) {
    this.stage = stage;
    this.people = new People(stage);
    this.way = way;
    this.#folder = folder;
  }

  /** Resolves when a gateway has the desk. It ends with `close`. `cuts`: the exchange can be made unreachable. */
  static async open(shape: Omit<ClusterShape, "seed">, { cuts = false } = {}): Promise<BenchCluster> {
    const folder = temporaryFolder("bench");
    const stage = await ClusterStage.open(folder, { ...shape, seed: SEED, databases: 1 });
    let way: Passage | undefined;
    try {
      if (cuts) way = await wayToExchange(stage);
      await stage.whenActive();
    } catch (thrown) {
      await new BenchCluster(stage, folder, way).close();
      throw thrown;
    }
    return new BenchCluster(stage, folder, way);
  }

  /** Makes people and bots, and puts the bots to work. */
  async prepare(): Promise<void> {
    // They lose by design, and a breaker would stop each after six losses.
    await this.stage.sayWell("risk set breaker:losses at:off confirm:yes");
    await this.people.setUp();
  }

  /** Engines that were not ended for good. */
  get engines(): readonly ClusterNode[] {
    return this.stage.of("engine").filter(({ process }) => process.isRunning);
  }

  /** Resolves when so many engines have all accounts, each an equal share. */
  async placed(engines: number): Promise<void> {
    await until(async () => {
      const names = await Promise.all(this.engines.map(({ process }) => this.stage.nameOf(process.pid)));
      const accounts = (await this.stage.holders()).filter(({ _id }) => _id.startsWith(ACCOUNT));
      const held = names.map((name) => accounts.filter(({ holder }) => holder !== null && holder === name).length);
      const all = held.reduce((sum, count) => sum + count, 0);
      return names.length === engines && all === accounts.length && Math.max(...held) - Math.min(...held) <= 1;
    }, `an equal share of the accounts at each of ${engines} engines`);
  }

  async close(): Promise<void> {
    await this.stage.close();
    await this.way?.close();
    discard(this.#folder);
  }
}
