import { join } from "node:path";
import mongoose from "mongoose";
import { encryptionKeyCanary } from "../canary/canary.ts";
import { random } from "../engine-market.ts";
import type { DeskProcess, Exit, Shown } from "../process-desk.ts";
import { pause } from "../process-live-desk.ts";
import { Mongod } from "../services/mongod.ts";
import { RedisServer } from "../services/redis.ts";
import { freePort } from "../services/server.ts";
import type { Build } from "./build.ts";
import { ClusterClient } from "./client.ts";
import { ClusterNode, type NodeRole } from "./node.ts";
import { ClusterWorld } from "./world.ts";

const DATABASE = "storm";
const LOOK_MS = 100;
const ACTIVE_MAX_MS = 90_000;
const ANSWER_MAX_MS = 90_000;

export interface ClusterShape {
  readonly seed: number;
  readonly engines: number;
  readonly gateways: number;
  /** Accounts at the simulated exchange, and of people on paper. */
  readonly live: number;
  readonly paper: number;
  readonly bots: number;
  /** Members of the set of MongoDB; three where it is left out. */
  readonly databases?: 1 | 3;
}

/** Who has streams, as the database says. */
export interface HolderDocument {
  readonly _id: string;
  readonly holder: string | null;
}
interface MemberDocument {
  readonly _id: string;
  readonly pid: number;
}

/** The processes of one desk under a supervisor, with everything that they need as real servers. */
export class ClusterStage {
  readonly shape: ClusterShape;
  readonly draw: () => number;
  readonly world: ClusterWorld;
  readonly mongod: Mongod;
  readonly redis: RedisServer;
  readonly client = new ClusterClient();
  readonly database: mongoose.Connection;
  readonly #folder: string;
  readonly #servers: Servers;
  readonly #answered = new WeakMap<DeskProcess, number>();
  #nodes: readonly ClusterNode[] = [];

  private constructor(folder: string, shape: ClusterShape, servers: Servers) {
    this.#folder = folder;
    this.#servers = servers;
    this.shape = shape;
    this.draw = random(shape.seed);
    this.world = servers.world;
    this.mongod = servers.mongod;
    this.redis = servers.redis;
    this.database = servers.database;
  }

  static async open(folder: string, shape: ClusterShape): Promise<ClusterStage> {
    const stage = new ClusterStage(folder, shape, await openServers(shape));
    for (let index = 1; index <= shape.gateways; index += 1) await stage.start("gateway", `gateway${index}`);
    for (let index = 1; index <= shape.engines; index += 1) await stage.start("engine", `engine${index}`);
    return stage;
  }

  get nodes(): readonly ClusterNode[] {
    return this.#nodes;
  }

  /** Starts one more process, under a name that none had; of another build where one is named. */
  async start(role: NodeRole, name: string, build?: Build): Promise<ClusterNode> {
    const port = await freePort();
    if (role === "gateway") this.client.knows(port);
    const own = { HTTP_ADDRESS: String(port), STANDBY: role === "gateway" ? "yes" : "no" };
    const settings = (life: number) => ({ ...commonSettings(this.#servers, `${name}-${life}`), ROLE: role, ...own });
    const node = new ClusterNode({ name, role, port, folder: join(this.#folder, name), settings, build });
    this.#nodes = [...this.#nodes, node];
    return node;
  }

  /** Ends one for good, as asked. */
  async retire(node: ClusterNode): Promise<Exit> {
    const exit = await node.end();
    this.#nodes = this.#nodes.filter((each) => each !== node);
    return exit;
  }

  of(role: NodeRole): ClusterNode[] {
    return this.nodes.filter((node) => node.role === role);
  }

  /** The gateway that has the desk, if one has. */
  get active(): ClusterNode | undefined {
    return this.of("gateway").find(({ process }) => process.isRunning && process.shown.some(({ kind }) => kind === "welcome"));
  }

  async whenActive(): Promise<ClusterNode> {
    for (const untilMs = Date.now() + ACTIVE_MAX_MS; Date.now() < untilMs; await pause(LOOK_MS)) {
      const { active } = this;
      if (active) return active;
    }
    const words = this.of("gateway").map(({ name, process }) => `${name}: ${process.stderr.slice(-800)}`);
    throw new Error(`no gateway has the desk after ${ACTIVE_MAX_MS} ms\n${words.join("\n")}`);
  }

  /** Types a line at the terminal of the gateway that has the desk and waits for its answer; undefined when that one dies first. One speaks at a time. */
  async say(line: string): Promise<Shown | undefined> {
    const { process } = await this.whenActive();
    const count = (this.#answered.get(process) ?? 0) + 1;
    this.#answered.set(process, count);
    process.type(line);
    const answer = process.until(
      () => process.shown.filter(({ kind }) => kind === "view")[count - 1],
      `an answer to "${line.slice(0, 60)}"`,
      ANSWER_MAX_MS,
    );
    return answer.catch((failure: unknown) => {
      if (!process.isRunning) return undefined;
      throw failure;
    });
  }

  async sayWell(line: string): Promise<Shown> {
    const answer = await this.say(line);
    if (!answer || answer.view.tone === "bad")
      throw new Error(
        `"${line.slice(0, 80)}" was refused: ${answer ? `${answer.view.title} ${answer.view.lines.join(" ")}` : "the gateway died"}`,
      );
    return answer;
  }

  /** The name under which a process joined, if it has. */
  async nameOf(pid: number): Promise<string | undefined> {
    const member = await this.database.collection<MemberDocument>("members").findOne({ pid }, { sort: { startedMs: -1 } });
    return member?._id;
  }

  /** Every stream with who has it. */
  holders(): Promise<HolderDocument[]> {
    return this.database
      .collection<HolderDocument>("holds")
      .find({}, { projection: { holder: 1 } })
      .toArray();
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.abandon()));
    await this.database.close();
    await Promise.all([this.world.stop(), this.redis.end(), this.mongod.end()]);
  }
}

interface Servers {
  readonly world: ClusterWorld;
  readonly mongod: Mongod;
  readonly redis: RedisServer;
  readonly database: mongoose.Connection;
}

async function openServers({ seed, live, databases = 3 }: ClusterShape): Promise<Servers> {
  const starting = [ClusterWorld.start(seed, live), Mongod.start({ members: databases }), RedisServer.start()] as const;
  const [world, mongod, redis] = await Promise.all(starting);
  const database = await mongoose.createConnection(mongod.url(DATABASE), { serverSelectionTimeoutMS: 30_000 }).asPromise();
  return { world, mongod, redis, database };
}

function commonSettings({ world, mongod, redis }: Servers, address: string): Record<string, string> {
  const url = world.urlFor(address);
  return {
    STORE_URL: mongod.url(DATABASE),
    REDIS_URL: redis.url,
    MARKET: "exchange:binance",
    BINANCE_API_URL: url,
    BINANCEUS_API_URL: `${url}/none`,
    BLOFIN_API_URL: `${url}/none`,
    LIVE_CEILING: "10000000 USDT",
    KEY_ENCRYPTION_KEY: encryptionKeyCanary("key-encryption key"),
    DAILY_LOSS_LIMIT: "99%",
    POSITION_CAP: "50%",
    SAFE_AFTER_CRASHES: "0",
  };
}
