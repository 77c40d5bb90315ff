import { beforeEach, describe, expect, it } from "vitest";
import { HOUR_MS, MINUTE_MS } from "../../src/domain/time.ts";
import { withCachedCandles } from "../../src/feeds/exchange/cached-candles.ts";
import type { SharedCache } from "../../src/ports/cache.ts";
import type { MarketData } from "../../src/ports/marketData.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { BTC, ETH, HandData, NOON_MS } from "./hand-data.ts";

/** A cache in memory that a test can spoil. */
class HandCache implements SharedCache {
  readonly values = new Map<string, string>();

  async get(keys: readonly string[]): Promise<(string | undefined)[]> {
    return keys.map((key) => this.values.get(key));
  }

  put(values: ReadonlyMap<string, string>): void {
    for (const [key, value] of values) this.values.set(key, value);
  }

  trouble(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    this.values.clear();
  }
}

describe("candles through a cache", () => {
  /** Two and a half hours after noon. */
  let clock: FakeClock;
  let data: HandData;
  let cache: HandCache;
  let cached: MarketData;
  beforeEach(() => {
    clock = new FakeClock(NOON_MS + 2.5 * HOUR_MS);
    data = new HandData(clock);
    cache = new HandCache();
    cached = withCachedCandles(data, { cache, clock, environment: "live" });
  });

  it("are the exchange's own, asked once for what is long past and each time for what is not", async () => {
    const plain = await data.candles(BTC, NOON_MS + 30 * MINUTE_MS, 120);
    data.asked.length = 0;
    expect(await cached.candles(BTC, NOON_MS, 150)).toHaveLength(150);
    expect(await cached.candles(BTC, NOON_MS + 30 * MINUTE_MS, 120)).toEqual(plain);
    expect(await cached.candles(BTC, NOON_MS + 10 * MINUTE_MS, 50)).toHaveLength(50);
    expect(data.asked).toEqual([`${BTC} 0 150`, `${BTC} 120 30`]);
  });

  it("are kept for one symbol, one exchange and one of its worlds", async () => {
    await cached.candles(BTC, NOON_MS, 60);
    await cached.candles(ETH, NOON_MS, 60);
    await withCachedCandles(data, { cache, clock, environment: "demo" }).candles(BTC, NOON_MS, 60);
    expect(data.asked).toHaveLength(3);
  });

  it("are not kept while their hour may still change, nor with a minute missing", async () => {
    data.absent.add(`${BTC} 70`);
    await cached.candles(BTC, NOON_MS, 150);
    expect(cache.values.size).toBe(1);
    expect((await cached.candles(BTC, NOON_MS, 150)).at(-1)?.openTimeMs).toBe(NOON_MS + 150 * MINUTE_MS);
    expect(data.asked).toEqual([`${BTC} 0 150`, `${BTC} 60 90`]);
    const fresh = new FakeClock(NOON_MS + HOUR_MS + 4 * MINUTE_MS);
    const soon = withCachedCandles(new HandData(fresh), { cache: new HandCache(), clock: fresh, environment: "live" });
    expect(await soon.candles(BTC, NOON_MS, 60)).toHaveLength(60);
  });

  it("are not kept while their hour may still change at the exchange, however far ahead this machine's clock is", async () => {
    const venueMs = NOON_MS + HOUR_MS - 20_000;
    const ahead = new FakeClock(venueMs + 6 * MINUTE_MS);
    const told = Object.assign(new HandData(ahead), { nowMs: () => venueMs });
    const kept = withCachedCandles(told, { cache, clock: ahead, environment: "live" });
    expect(await kept.candles(BTC, NOON_MS, 60)).toHaveLength(60);
    expect(cache.values.size).toBe(0);
  });

  it.each([
    ["no text of candles", () => "]"],
    ["too few minutes", (text: string) => JSON.stringify((JSON.parse(text) as unknown[]).slice(1))],
    ["prices that cannot be", (text: string) => text.replace("[10,11,9,10,1]", "[10,8,9,10,1]")],
    ["prices that are texts", (text: string) => text.replace("[10,11,9,10,1]", '["10",11,9,10,1]')],
  ])("are asked for again when the cache holds %s", async (_case, spoil) => {
    const plain = await cached.candles(BTC, NOON_MS, 60);
    for (const [key, text] of cache.values) cache.values.set(key, spoil(text));
    expect(await cached.candles(BTC, NOON_MS, 60)).toEqual(plain);
    expect(data.asked).toHaveLength(2);
  });

  it("come from the exchange when the cache forgets everything, and everything else always does", async () => {
    await cached.candles(BTC, NOON_MS, 60);
    cache.values.clear();
    expect(await cached.candles(BTC, NOON_MS, 60)).toHaveLength(60);
    expect(await cached.prices(new Set([BTC]))).toHaveLength(1);
    await cached.close();
    expect([data.asked.length, data.closed]).toEqual([3, true]);
  });
});
