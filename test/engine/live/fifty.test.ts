import { describe, expect, it } from "vitest";
import { by } from "../../kit/engine-rig.ts";
import { spotListing } from "../../kit/exchange/spot/listing.ts";
import { expectSettled, openOrders } from "../../kit/live-referee.ts";
import { connectedRig, handOrder } from "../../kit/live-rig.ts";

const BOTS = 50;
const SHARE_FOR_ENTRIES = 0.48;

describe("an account with fifty positions", () => {
  it("leaves room in the exchange's request budget for entries, keeps every stop, and writes nothing while nothing happens (F51)", async () => {
    const coins = Array.from(
      { length: BOTS },
      (_, index) => `C${String.fromCharCode(65 + (index % 26))}${String.fromCharCode(65 + Math.floor(index / 26))}`,
    );
    const rig = await connectedRig({ balances: { USDT: "50000" }, listings: coins.map((coin) => spotListing(coin, "USDT")) });
    for (const coin of coins) {
      await rig.engine.enterOrder(handOrder({ symbol: `${coin}/USDT`, takePct: 5 }), by(`enter ${coin}`));
      await rig.beat(2);
    }
    await rig.beat(10);
    expect(openOrders(rig)).toHaveLength(BOTS * 2);
    const before = { sequence: rig.books().sequence, requests: rig.requests.length };
    await rig.beat(600);
    expect(rig.books().sequence - before.sequence).toBeLessThanOrEqual(2 * BOTS);
    const weight = rig.requests.slice(before.requests).reduce((sum, { request }) => sum + weightOf(`${request.method} ${request.path}`), 0);
    expect(weight / 10).toBeLessThan(rig.door.limits.options.weightPerMinute * SHARE_FOR_ENTRIES);
    expect(rig.door.limits.refusals).toBe(0);
    await rig.restart();
    await rig.beat(120);
    await expectSettled(rig);
    expect(rig.venue.orders).toHaveLength(BOTS * 3);
  });
});

function weightOf(route: string): number {
  if (route.endsWith("/openOrders")) return 6;
  if (route === "GET /api/v3/order") return 4;
  return route.startsWith("GET") ? 20 : 1;
}
