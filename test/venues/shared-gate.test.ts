import { beforeEach, describe, expect, it } from "vitest";
import { Governor } from "../../src/venues/governor.ts";
import type { WirePriority } from "../../src/venues/wire.ts";
import { type BudgetStage, sharedBudgetContract } from "../contracts/shared-budget.contract.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { MemoryBudgetServer } from "../kit/shared/memory-budgets.ts";
import { answered } from "./spot/scripted-wire.ts";

const MINUTE_MS = 60_000;
/** Of a limit of 100 four fifths are used: 80 by exits, 64 by reads, 48 by entries. */
const LIMIT = { limit: 100, spanMs: MINUTE_MS };

sharedBudgetContract("a count in memory", async (): Promise<BudgetStage> => {
  const clock = new FakeClock();
  const server = new MemoryBudgetServer(clock);
  return {
    process: () => server.connect(),
    flush: async () => server.flush(),
    deafen() {
      server.isDeaf = true;
    },
    end: async () => undefined,
    async settled(promise) {
      await clock.advance(50);
      return promise;
    },
  };
});

describe("governors behind one address", () => {
  let clock: FakeClock;
  let server: MemoryBudgetServer;
  let settled: string[];

  beforeEach(() => {
    clock = new FakeClock();
    server = new MemoryBudgetServer(clock);
    settled = [];
  });

  function governorOf(processes = 2): Governor {
    const shared = { budget: server.connect(), processes: () => processes };
    return new Governor({ clock, weightLimits: [LIMIT], orderLimits: [], shared });
  }

  /** Asks and notes how it was settled. */
  function ask(governor: Governor, name: string, priority: WirePriority, weight = 10, account = "main"): void {
    void governor.admit(account, { weight, orders: 0 }, priority).then((refusal) => {
      settled.push(refusal ? `${name}: ${refusal.reason}` : name);
    });
  }

  it("use no more together than one alone, and leave the reserve to exits of any of them", async () => {
    const [a, b] = [governorOf(), governorOf()];
    for (let n = 0; n < 4; n += 1) {
      ask(a, `a${n}`, "entry");
      ask(b, `b${n}`, "entry");
    }
    await clock.advance(1_000);
    expect(settled.toSorted()).toEqual(["a0", "a1", "b0", "b1"]);
    ask(b, "exit", "exit", 30);
    await clock.advance(5);
    expect(settled.at(-1)).toBe("exit");
    await clock.advance(2_000);
    expect(settled.slice(5).toSorted()).toEqual(
      [2, 3].flatMap((n) => ["a", "b"].map((p) => `${p}${n}: the request budget is used up`)).sort(),
    );
  });

  it("wait for room in the count of all, and take it when it comes", async () => {
    const [a, b] = [governorOf(), governorOf()];
    ask(a, "first", "read", 60);
    await clock.advance(55_000);
    expect(settled).toEqual(["first"]);
    ask(b, "second", "read", 60);
    await clock.advance(1_000);
    expect([settled.length, b.queued]).toEqual([1, 1]);
    await clock.advance(5_000);
    expect(settled).toEqual(["first", "second"]);
    expect(b.queued).toBe(0);
    // It was asked when it could fit, and not all the time.
    expect(server.asked).toBeLessThan(6);
  });

  it("keep silent when one of them is told to, exits too", async () => {
    const [a, b] = [governorOf(), governorOf()];
    a.observe("main", answered(429, {}, { "retry-after": "30" }));
    ask(b, "exit", "exit");
    await clock.advance(10);
    expect(settled).toEqual(["exit: the exchange asked for silence for another 30 s"]);
    expect(b.bannedUntilMs - clock.wall()).toBeCloseTo(30_000, -2);
    ask(b, "again", "exit");
    await clock.advance(30_000);
    ask(b, "later", "exit");
    await clock.advance(10);
    expect(settled.slice(1)).toEqual([expect.stringContaining("again: the exchange asked"), "later"]);
  });

  it("keep to a fixed share each without an answer, with the reserve of exits, and tell what they used afterwards", async () => {
    const [a, b] = [governorOf(), governorOf()];
    server.isDeaf = true;
    for (let n = 0; n < 3; n += 1) ask(a, `entry${n}`, "entry");
    ask(b, "read", "read", 30);
    await clock.advance(100);
    expect(settled.toSorted()).toEqual(["entry0", "entry1", "read"]);
    ask(a, "exit", "exit", 20);
    await clock.advance(40);
    expect(settled.at(-1)).toBe("exit");
    server.isDeaf = false;
    // 40 and 30 were used: an exit of 10 is all that there is.
    ask(a, "small", "exit", 10);
    ask(b, "large", "exit", 20);
    await clock.advance(3_000);
    expect(settled.filter((name) => name === "small" || name === "large")).toEqual(["small"]);
    b.leave("main");
    await clock.advance(1);
    expect(settled.at(-1)).toBe("large: the desk is closing");
  });

  it("count anew what they used when everything was forgotten", async () => {
    const [a, b] = [governorOf(), governorOf()];
    ask(a, "a", "exit", 40);
    ask(b, "b", "exit", 20);
    await clock.advance(10);
    server.flush();
    ask(b, "b again", "exit", 10);
    ask(a, "a again", "exit", 10);
    await clock.advance(10);
    ask(b, "too much", "exit", 10);
    await clock.advance(10);
    expect(settled).toEqual(["a", "b", "b again", "a again"]);
    b.close();
  });

  it("learn from an answer that somebody else uses the address", async () => {
    const [a, b] = [governorOf(), governorOf()];
    a.observe("main", answered(200, {}, { "x-mbx-used-weight-1m": "75" }));
    ask(b, "exit", "exit", 10);
    await clock.advance(10);
    expect(settled).toEqual([]);
    ask(b, "small", "exit", 5);
    await clock.advance(10);
    expect(settled).toEqual(["small"]);
    b.close();
    await clock.advance(1);
    expect(settled).toEqual(["small", "exit: the desk is closing"]);
  });
});
