import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { QueueUnavailable } from "../../src/ports/queue.ts";
import { Engine } from "../contracts/queue/stage.ts";
import { queueContract } from "../contracts/queue.contract.ts";
import { canary } from "../kit/canary/canary.ts";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { RedisStage, until } from "../kit/queue/redis-stage.ts";
import { ServerProcess } from "../kit/services/server.ts";

const STREAMS = ["account:ann", "account:bob", "account:eve"];
const PASSWORD = canary("store password");
/** LOCK_MS and the look for it, and what a busy machine adds. */
const TAKEOVER_MAX_MS = 12_000;

queueContract("a queue in Redis", () => RedisStage.open());

describe("a queue in Redis", () => {
  let stage: RedisStage;
  let leases: Map<string, Engine>;
  const engineOf = async (capacity: number) => new Engine(await stage.process(), leases, stage.clock, capacity);

  beforeEach(() => {
    leases = new Map();
  });
  afterEach(() => stage.end());

  it("gives what a process killed with -9 ran to another", async () => {
    stage = await RedisStage.open();
    const folder = temporaryFolder("queue");
    const killed = new ServerProcess(
      process.execPath,
      [new URL("../kit/queue/worker-process.ts", import.meta.url).pathname, stage.redis.url],
      folder,
    );
    const engine = await engineOf(0);
    await engine.process.queue.ensure(STREAMS);
    for (const stream of STREAMS) await killed.said(`runs ${stream}`);
    engine.worker.setCapacity(9);
    const killedMs = performance.now();
    await killed.end("SIGKILL");
    await until("the other runs them", () => engine.holds.length === STREAMS.length);
    expect(performance.now() - killedMs).toBeLessThan(TAKEOVER_MAX_MS);
    discard(folder);
  });

  it("leaves everything where it is while Redis is deaf", async () => {
    stage = await RedisStage.open();
    const engine = await engineOf(9);
    await engine.process.queue.ensure(STREAMS);
    await until("all run", () => engine.holds.length === STREAMS.length);
    stage.redis.process.signal("SIGSTOP");
    const askedMs = performance.now();
    await expect(engine.process.queue.ensure(STREAMS)).rejects.toThrow(QueueUnavailable);
    await expect(engine.process.queue.submit({ kind: "chart", id: "1", body: "", timeoutMs: 60_000 })).rejects.toThrow(QueueUnavailable);
    expect(performance.now() - askedMs).toBeLessThan(10_000);
    await until("its locks have run out", () => performance.now() - askedMs > 8_000);
    stage.redis.process.signal("SIGCONT");
    let answers = false;
    const answered = () => {
      answers = true;
    };
    await until("it answers", () => {
      engine.process.queue.ensure(STREAMS).then(answered, () => undefined);
      return answers;
    });
    expect(engine.begun.toSorted()).toEqual(STREAMS);
    expect(engine.aborted).toEqual([]);
    expect(engine.process.warnings.length).toBeLessThanOrEqual(1);
  });

  it("does without when the password is wrong, says so once, and shows no password", async () => {
    stage = await RedisStage.open(PASSWORD);
    const right = await stage.process(PASSWORD);
    const wrong = await stage.process("not-the-password");
    wrong.queue.work({ capacity: 9, run: async () => "held-elsewhere" });
    for (let time = 0; time < 5; time += 1) await expect(wrong.queue.ensure(STREAMS)).rejects.toThrow(QueueUnavailable);
    await right.queue.ensure(STREAMS);
    expect(wrong.warnings).toEqual(["Redis does not answer: every account stays with the process that runs it, and nothing moves"]);
  });

  it("finds its jobs again when a part of them was evicted", async () => {
    stage = await RedisStage.open();
    const engine = await engineOf(0);
    await engine.process.queue.ensure(STREAMS);
    await stage.asked((redis) => redis.del("scalpstorm:test:queue:accounts:wait"));
    await stage.asked((redis) => redis.del("scalpstorm:test:queue:accounts:=account%3Abob"));
    await engine.process.queue.ensure(STREAMS);
    engine.worker.setCapacity(9);
    await until("all run", () => engine.holds.length === STREAMS.length);
    await stage.asked((redis) => redis.del("scalpstorm:test:queue:accounts:=account%3Abob"));
    const other = await engineOf(9);
    await engine.process.queue.ensure(STREAMS);
    engine.die();
    await until("all run elsewhere", () => other.holds.length === STREAMS.length);
  });

  it("keeps little in Redis of what is over", async () => {
    stage = await RedisStage.open();
    const { queue } = await stage.process();
    queue.handle("chart", { concurrency: 8, timeoutMs: 10_000, run: async () => "x".repeat(1_000) });
    await Promise.all(Array.from({ length: 200 }, (_, n) => queue.submit({ kind: "chart", id: `${n}`, body: "", timeoutMs: 60_000 })));
    const keys = await stage.asked((redis) => redis.keys("*"));
    const lasting = await stage.asked(async (redis) => {
      const left = await Promise.all(keys.map(async (key) => ((await redis.pttl(key)) < 0 ? [key] : [])));
      return left.flat().sort();
    });
    expect(lasting.filter((key) => key.includes("="))).toEqual([]);
    expect(keys.filter((key) => key.includes(":kept:"))).toHaveLength(200);
  });
});
