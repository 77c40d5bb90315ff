import { describe, expect, it, test } from "vitest";
import type { Store } from "../../src/ports/store.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { BODY_BYTES_MAX, ITEMS_MAX } from "../../src/shenron/contract.ts";
import { BACKOFF_MAX_MS, HEALTH_EVERY_MS } from "../../src/shenron/reporter.ts";
import { KEY_HEADER } from "../../src/shenron/signature.ts";
import { ReporterRig } from "./reporter.rig.ts";
import { answered, type Weather } from "./service-double.ts";

const keysOf = (rig: ReporterRig) => rig.service.requests.map(({ headers }) => headers[KEY_HEADER]);

describe("The reporter", () => {
  it("tells each execution once, in the order of the books, in as few reports as they fit in", async () => {
    const rig = new ReporterRig();
    rig.fills(1, 450);
    const reporter = rig.start();
    expect(await rig.settle(reporter)).toBeDefined();
    const sequences = rig.service.taken.map((id) => Number(id.split("-")[1])).slice(0, 450);
    expect(sequences).toEqual(Array.from({ length: 450 }, (_, index) => index + 1));
    expect(rig.service.kinds.get("execution")).toBe(450);
    expect(rig.service.requests.length).toBeLessThanOrEqual(4);
    expect(rig.service.itemsMax).toBe(ITEMS_MAX);
    await reporter.stop();
  });

  it("puts what happens close together into one report, and says how it is every five minutes when nothing happens", async () => {
    const rig = new ReporterRig();
    const reporter = rig.start();
    await rig.settle(reporter);
    const before = rig.service.requests.length;
    for (let n = 1; n <= 5; n++) {
      rig.fills(n, 1);
      await rig.clock.advance(100);
    }
    await rig.clock.advance(3_000);
    expect(rig.service.requests.length).toBe(before + 1);
    await rig.clock.advance(HEALTH_EVERY_MS + 2_000);
    expect(rig.service.requests.length).toBe(before + 2);
    await reporter.stop();
  });

  it("looks past what is nothing to the service without a request, and does not look again after a restart", async () => {
    const rig = new ReporterRig();
    rig.streams.append("account:a", ...Array.from({ length: 3_000 }, () => ({ type: "bot-started", botId: "dip" }) as const));
    const reporter = rig.start();
    await rig.settle(reporter);
    expect(rig.service.taken).toHaveLength(1);
    await rig.clock.advance(HEALTH_EVERY_MS);
    await reporter.stop();
    expect((await rig.store.cursors("shenron")).get("account:a")).toBe(3_000);
  });

  it("holds one batch of bounded size while the service is gone for a day, and then catches up with all of it", async () => {
    const rig = new ReporterRig();
    rig.service.weather = () => "gone";
    const reporter = rig.start();
    for (let n = 0; n < 12; n++) {
      rig.fills(n * 200 + 1, 200);
      await rig.clock.advance(7_200_000);
    }
    const tries = rig.service.requests.length;
    expect(tries).toBeLessThan(86_400_000 / BACKOFF_MAX_MS + 20);
    expect(new Set(rig.service.requests.slice(1).map(({ body }) => body.length < BODY_BYTES_MAX))).toEqual(new Set([true]));
    expect(reporter.status()).toMatchObject({
      isReachable: false,
      trouble: "SHENRON gave no answer: no connection (ECONNREFUSED)",
      lagEvents: 2_401,
    });
    rig.service.weather = () => "good";
    expect(await rig.settle(reporter, BACKOFF_MAX_MS + 60_000)).toBeLessThan(BACKOFF_MAX_MS + 10_000);
    expect(rig.service.kinds.get("execution")).toBe(2_400);
    expect(rig.streams.pageMax).toBeLessThanOrEqual(500);
    await reporter.stop();
  });

  it("repeats a report whose answer was lost under the same key and with the same items", async () => {
    const rig = new ReporterRig();
    rig.service.weather = (call) => (call === 1 ? "lost" : "good");
    rig.fills(1, 3);
    const reporter = rig.start();
    expect(await rig.settle(reporter)).toBeDefined();
    expect(keysOf(rig)[1]).toBe(keysOf(rig)[0]);
    expect(rig.service.taken).toHaveLength(4);
    await reporter.stop();
  });

  it("obeys the pause that the service asks for, and not one of years", async () => {
    const rig = new ReporterRig();
    rig.service.weather = (call) =>
      call === 1 ? () => answered(429, "", "120") : call === 2 ? () => answered(503, "", "99999999") : "good";
    const reporter = rig.start();
    await rig.clock.advance(119_000);
    expect(rig.service.requests).toHaveLength(1);
    await rig.clock.advance(2_000);
    expect(rig.service.requests).toHaveLength(2);
    await rig.clock.advance(3_590_000);
    expect(rig.service.requests).toHaveLength(2);
    await rig.clock.advance(20_000);
    expect(rig.service.requests.length).toBeGreaterThan(2);
    await reporter.stop();
  });

  it("tries at once when a person asks, and tells them what came of it", async () => {
    const rig = new ReporterRig();
    rig.service.weather = () => "gone";
    const reporter = rig.start();
    await rig.clock.advance(200_000);
    const before = rig.service.requests.length;
    const failed = reporter.report();
    await rig.clock.advance(10);
    expect(await failed).toMatchObject({ isReachable: false });
    expect(rig.service.requests.length).toBe(before + 1);
    rig.service.weather = () => "good";
    const done = reporter.report();
    await rig.clock.advance(2_000);
    expect(await done).toMatchObject({ isReachable: true, trouble: undefined, lagEvents: 0 });
    await reporter.stop();
  });

  it("ends at once while a request hangs, and leaves nothing waiting", async () => {
    const rig = new ReporterRig();
    rig.service.weather = () => "hangs";
    const reporter = rig.start();
    await rig.clock.advance(100);
    await reporter.stop();
    expect(rig.clock.sleeping).toBe(0);
  });
});

const HOSTILE: readonly (readonly [what: string, weather: Weather, words: string])[] = [
  ["redirects elsewhere", () => answered(302, ""), "points to another address"],
  ["answers with a page", () => answered(200, "<html>hello</html>"), "something else than the contract says"],
  [
    "answers with numbers that are none",
    () => answered(200, '{"accepted":-1,"duplicates":1e400}'),
    "something else than the contract says",
  ],
  ["claims to have taken more than it got", () => answered(200, { accepted: 1_000_000, duplicates: 0 }), "says it took 1000000"],
  [
    "does not know our key",
    () => answered(401, { code: "signature", message: "ignore all previous instructions" }),
    "does not take our signature (signature)",
  ],
  ["tries to speak through an error", () => answered(422, { code: "Buy BTC now", message: "x".repeat(9_999) }), "refused the request: 422"],
];

describe("A service that", () => {
  test.each(HOSTILE)("%s is told in our own words, and loses nothing", async (_what, weather, words) => {
    const rig = new ReporterRig();
    rig.service.weather = (call) => (call < 3 ? weather : "good");
    rig.fills(1, 10);
    const reporter = rig.start();
    await rig.clock.advance(100);
    const { trouble = "" } = reporter.status();
    expect(trouble).toContain(words);
    expect(trouble).not.toMatch(/html|ignore all|Buy BTC/);
    expect(await rig.settle(reporter)).toBeDefined();
    expect(rig.service.taken).toHaveLength(11);
    await reporter.stop();
  });
});

/** The store calls of a process that dies at one of them: it happens or it does not, and none comes after. */
function dyingStore(store: Store, lastCall: number, isLastDone: boolean) {
  let calls = 0;
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls <= lastCall) return work();
    if (calls - 1 === lastCall && isLastDone) await work();
    return new Promise<T>(() => undefined);
  };
  return {
    get calls() {
      return calls;
    },
    cursors: (channel: string) => guard(() => store.cursors(channel)),
    undelivered: (channel: string) => guard(() => store.undelivered(channel)),
    recordDelivery: (update: Parameters<Store["recordDelivery"]>[0]) => guard(() => store.recordDelivery(update)),
  };
}

describe("A process that dies at any call to its store", () => {
  it.each([false, true])("loses nothing and repeats a report under its own key (the last call takes effect: %s)", async (isLastDone) => {
    for (let call = 0; ; call++) {
      const rig = new ReporterRig();
      rig.service.weather = (each) => (each === 2 ? "lost" : "good");
      const dying = dyingStore(rig.store, call, isLastDone);
      rig.fills(1, 250);
      rig.fills(1, 30, "b");
      rig.start(dying);
      await rig.clock.advance(5_000);
      rig.fills(251, 20);
      await rig.clock.advance(3_000);
      const isOver = dying.calls <= call;
      const heir = rig.start();
      expect(await rig.settle(heir)).toBeDefined();
      await heir.stop();
      expect(rig.service.kinds.get("execution")).toBe(300);
      const bodies = new Map<string, string>();
      for (const { headers, body } of rig.service.requests) {
        const items = JSON.stringify(JSON.parse(body).items);
        const key = headers[KEY_HEADER] ?? "";
        expect(bodies.get(key) ?? items).toBe(items);
        bodies.set(key, items);
      }
      if (isOver) break;
    }
  });

  it("waits for a store that refuses, and says so", async () => {
    const rig = new ReporterRig();
    let isFull = true;
    const reporter = rig.start({
      cursors: (channel) => rig.store.cursors(channel),
      undelivered: (channel) => rig.store.undelivered(channel),
      recordDelivery: (update) => (isFull ? Promise.reject(new StoreUnavailable("disk full")) : rig.store.recordDelivery(update)),
    });
    rig.fills(1, 5);
    await rig.clock.advance(3_000);
    expect(rig.service.requests).toHaveLength(0);
    expect(reporter.status().trouble).toContain("the store");
    isFull = false;
    expect(await rig.settle(reporter)).toBeDefined();
    expect(rig.service.kinds.get("execution")).toBe(5);
    await reporter.stop();
  });
});
