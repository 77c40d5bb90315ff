import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemChance } from "../../src/system/chance.ts";
import { systemClock } from "../../src/system/clock.ts";
import { redisBudgets } from "../../src/system/redis-budgets.ts";
import { RedisLink } from "../../src/system/redis-link.ts";
import { redisTries } from "../../src/system/redis-tries.ts";
import { type BudgetStage, sharedBudgetContract } from "../contracts/shared-budget.contract.ts";
import { Warnings } from "../feeds/hand-data.ts";
import { canary } from "../kit/canary/canary.ts";
import { until } from "../kit/queue/redis-stage.ts";
import { RedisServer } from "../kit/services/redis.ts";

const PASSWORD = canary("store password");
const AWAY = "Redis does not answer: counted here alone";
const clock = systemClock();
const WINDOW = { spanMs: 60_000, bound: 100, own: 0, uncounted: 0 };
const WISH = { weight: 1, windows: [WINDOW] };

/** Links to one Redis, each as a process of its own has it. */
class Links {
  readonly redis: RedisServer;
  readonly logger = new Warnings();
  readonly opened: RedisLink[] = [];

  constructor(redis: RedisServer) {
    this.redis = redis;
  }

  async open(password?: string): Promise<RedisLink> {
    const link = await RedisLink.open({ url: this.redis.url, password, clock, logger: this.logger, awayMessage: AWAY });
    this.opened.push(link);
    return link;
  }

  async end(): Promise<void> {
    for (const link of this.opened) link.close();
    await this.redis.end();
  }
}

function budgetOf(link: RedisLink, egress = "address") {
  return redisBudgets({ link, clock, chance: systemChance(), egress, processes: () => 2 }).of("binance live");
}

async function timed<T>(work: Promise<T>, maxMs: number): Promise<T> {
  const begun = performance.now();
  const value = await work;
  expect(performance.now() - begun).toBeLessThan(maxMs);
  return value;
}

sharedBudgetContract("a count in Redis", async (): Promise<BudgetStage> => {
  const links = new Links(await RedisServer.start());
  const spare = await Promise.all(Array.from({ length: 6 }, () => links.open()));
  return {
    process: () => budgetOf(spare.pop() ?? links.opened[0]!),
    flush: async () => void (await links.opened[0]!.ask((redis) => redis.flushall())),
    deafen: () => links.redis.process.signal("SIGSTOP"),
    end: () => links.end(),
    settled: (promise) => promise,
  };
});

describe("counts in Redis", () => {
  let links: Links;
  const start = async (password?: string) => {
    links = new Links(await RedisServer.start(password));
  };
  beforeEach(() => start());
  afterEach(() => links.end());

  it("belong to one address and one exchange, and vanish when they are old", async () => {
    const link = await links.open();
    const [here, there] = [budgetOf(link), budgetOf(link, "elsewhere")];
    expect(await here.take({ ...WISH, weight: 100 })).toMatchObject({ kind: "taken" });
    expect(await there.take({ ...WISH, weight: 100 })).toMatchObject({ kind: "taken" });
    const short = { ...WISH, windows: [{ ...WINDOW, spanMs: 1_000, bound: 10 }], weight: 10 };
    expect(await here.take(short)).toMatchObject({ kind: "taken" });
    const full = await here.take(short);
    const waitMs = full.kind === "full" ? (full.retryAfterMs ?? 0) : 0;
    expect(waitMs).toBeGreaterThan(900);
    const askedMs = performance.now();
    await until("what was used is old", () => performance.now() - askedMs > waitMs);
    expect(await here.take(short)).toMatchObject({ kind: "taken" });
    const keys = await link.ask((redis) => redis.keys("*"));
    for (const key of keys) expect(await link.ask((redis) => redis.pttl(key))).toBeGreaterThan(0);
  });

  it("keep an exit waiting for one short deadline while Redis is deaf, then for nothing, and are back when it hears", async () => {
    const budget = budgetOf(await links.open());
    await budget.take(WISH);
    links.redis.process.signal("SIGSTOP");
    expect(await timed(budget.take(WISH), 200)).toEqual({ kind: "unanswered" });
    for (let time = 0; time < 20; time += 1) expect(await timed(budget.take(WISH), 20)).toEqual({ kind: "unanswered" });
    links.redis.process.signal("SIGCONT");
    let answer = "";
    await until("it answers", () => {
      void budget.take(WISH).then(({ kind }) => {
        answer = kind;
      });
      return answer === "taken";
    });
  });

  it("answer nothing at once while Redis is gone or refuses, and say it once", async () => {
    const link = await links.open();
    const [budget, tries] = [budgetOf(link), redisTries({ link, clock, desk: "test" })];
    await links.redis.process.end();
    await until("it is noticed", () => links.logger.warnings.length > 0);
    for (let time = 0; time < 5; time += 1) {
      expect(await timed(budget.take(WISH), 50)).toEqual({ kind: "unanswered" });
      expect(await timed(tries.count("code ann"), 150)).toBeUndefined();
      tries.miss("code ann", 60_000);
      budget.silence(1_000);
    }
    expect(links.logger.warnings).toEqual([AWAY]);
    expect(link.trouble()).toContain(`${AWAY} (since `);
    await links.redis.startAgain();
    let count: number | undefined;
    await until("it answers", () => {
      void tries.count("code ann").then((found) => {
        count = found?.count;
      });
      return count === 0;
    });
    expect(link.trouble()).toBeUndefined();
  });

  it("answer nothing where the password is wrong", async () => {
    await links.end();
    await start(PASSWORD);
    const right = budgetOf(await links.open(PASSWORD));
    expect(await right.take(WISH)).toMatchObject({ kind: "taken" });
    const wrong = budgetOf(await links.open("not-the-password"));
    expect(await timed(wrong.take(WISH), 200)).toEqual({ kind: "unanswered" });
    expect(links.logger.warnings).toEqual([AWAY]);
  });

  it("hold wrong tries of all processes for their time from the first one on", async () => {
    const [a, b] = [await links.open(), await links.open()].map((link) => redisTries({ link, clock, desk: "test" }));
    const other = redisTries({ link: await links.open(), clock, desk: "other" });
    for (let time = 0; time < 3; time += 1) a!.miss("code ann", 60_000);
    // In the order in which one connection was asked.
    expect(await a!.count("code ann")).toMatchObject({ count: 3 });
    const found = await b!.count("code ann");
    expect(found?.count).toBe(3);
    expect(found?.leftMs).toBeGreaterThan(55_000);
    expect(found?.leftMs).toBeLessThanOrEqual(60_000);
    expect(await other.count("code ann")).toEqual({ count: 0, leftMs: 0 });
    b!.forget("code ann");
    expect(await b!.count("code ann")).toEqual({ count: 0, leftMs: 0 });
  });
});
