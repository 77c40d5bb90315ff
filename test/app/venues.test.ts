import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Venues } from "../../src/app/venues.ts";
import { ConfigError, TransientError, UserError } from "../../src/domain/errors.ts";
import { Secret } from "../../src/domain/secret.ts";
import type { LiveVenue } from "../../src/ports/live-venue.ts";
import type { Logger } from "../../src/ports/logger.ts";
import { canary } from "../kit/canary/canary.ts";
import { FakeClock, seededChance } from "../kit/fake-clock.ts";
import { RawServer } from "../venues/ccxt/raw-server.ts";

const credentials = {
  apiKey: new Secret(canary("exchange key")),
  secret: new Secret(canary("exchange secret")),
  passphrase: new Secret(canary("exchange passphrase", 20)),
};
const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT,
};
const clock = new FakeClock();
const opened: LiveVenue[] = [];
const world: { server: RawServer; venues: Venues } = { server: new RawServer(), venues: venuesAt("http://127.0.0.1:9") };

beforeEach(async () => {
  world.server = new RawServer();
  world.venues = venuesAt(await world.server.listen());
});
afterEach(async () => {
  for (const venue of opened.splice(0)) await venue.close();
  await world.server.close();
});

function venuesAt(apiUrl: string): Venues {
  const apiUrls = { binance: apiUrl, binanceus: apiUrl, blofin: apiUrl };
  return new Venues({ clock, chance: seededChance(1), logger: SILENT, apiUrls });
}

async function open(exchangeId: string, environment: "demo" | "live", more = {}): Promise<LiveVenue> {
  const venue = await world.venues.open({ exchangeId, environment, credentials, ...more });
  opened.push(venue);
  return venue;
}

describe("accounts at real exchanges", () => {
  it.each([
    ["binance", "live", "/api/v3/account"],
    ["binance", "demo", "/demo/api/v3/account"],
    ["binanceus", "live", "/api/v3/account"],
    ["blofin", "live", "/api/v1/account/balance"],
    ["blofin", "demo", "/demo/api/v1/account/balance"],
  ] as const)("opens %s %s, which asks its own world only", async (exchangeId, environment, path) => {
    const venue = await open(exchangeId, environment);
    expect([venue.exchangeId, venue.environment]).toEqual([exchangeId, environment]);
    expect(world.server.received).toEqual([]);
    await expect(venue.balances()).rejects.toThrow(TransientError);
    expect(world.server.received.map(({ url }) => url.pathname)).toContain(path);
  });

  it("refuses the demo world of Binance.US, other exchanges and other machines", async () => {
    await expect(open("binanceus", "demo")).rejects.toThrow("Binance.US has no demo world");
    await expect(open("kraken", "live")).rejects.toThrow(UserError);
    world.venues = venuesAt("https://api.binance.com");
    await expect(open("binance", "live")).rejects.toThrow(ConfigError);
  });

  it("begin with a part of an account's budget counted as used at an exchange that does not tell what an earlier process used", async () => {
    const readable = async (id: string) => {
      const governor = (await world.venues.budgetOf(id, "live"))!;
      for (let n = 0; n < 19; n += 1) void governor.admit("some", { weight: 0, orders: 1 }, "read");
      const { queued } = governor;
      governor.close();
      return 19 - queued;
    };
    expect([await readable("blofin"), await readable("binance")]).toEqual([10, 19]);
  });

  it("share one silence per exchange and world with whoever asks for prices, which is told and outlives the process", async () => {
    const bans: unknown[] = [];
    const first = await open("binance", "live", { onBan: (untilMs: number, reason: string) => bans.push(untilMs - clock.wall(), reason) });
    const second = await open("binance", "live");
    world.server.answer = (response) => response.writeHead(418, { "retry-after": "600" }).end('{"code":-1003,"msg":"Way too much."}');
    await expect(first.syncClock()).rejects.toThrow(TransientError);
    expect(bans).toEqual([600_000, "this machine's address is banned (HTTP 418)"]);
    const asked = world.server.received.length;
    await expect(second.openOrders("BTC/USDT")).rejects.toThrow("asked for silence for another 10 min");
    const market = (await world.venues.budgetOf("binance", "live"))!;
    expect(market.bannedUntilMs - clock.wall()).toBe(600_000);
    market.keepSilent(clock.wall() + 700_000);
    await expect(second.openOrders("BTC/USDT")).rejects.toThrow("asked for silence for another 11 min");
    expect((await world.venues.budgetOf("binance", "demo"))?.bannedUntilMs).toBe(0);
    expect(await world.venues.budgetOf("kraken", "live")).toBeUndefined();
    world.venues = venuesAt("http://127.0.0.1:9");
    const restarted = await open("binance", "live", { bannedUntilMs: clock.wall() + 600_000 });
    await expect(restarted.openOrders("BTC/USDT")).rejects.toThrow("asked for silence for another 10 min");
    expect(world.server.received).toHaveLength(asked);
  });
});
