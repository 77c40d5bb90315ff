import { describe, expect, it } from "vitest";
import { TransientError } from "../../../src/domain/errors.ts";
import { decimal } from "../../../src/domain/money.ts";
import type { LiveVenue } from "../../../src/ports/live-venue.ts";
import { by } from "../../kit/engine-rig.ts";
import { expectSettled } from "../../kit/live-referee.ts";
import { connectedRig, handOrder, type LiveRig, protectedRig } from "../../kit/live-rig.ts";

/** A desk with a position in each of two symbols, at an exchange that tells all open orders at once. */
async function rigAtOnce(): Promise<LiveRig & { readonly asked: string[]; readonly broken: { on: boolean } }> {
  const asked: string[] = [];
  const broken = { on: false };
  const bend = (venue: LiveVenue): LiveVenue => {
    const openOrders = venue.openOrders.bind(venue);
    return Object.assign(venue, {
      openOrders: (symbol: string) => {
        asked.push(symbol);
        return openOrders(symbol);
      },
      allOpenOrders: async () => {
        asked.push("all");
        if (broken.on) throw new TransientError("the list was torn");
        return [...(await openOrders("BTC/USDT")), ...(await openOrders("ETH/USDT"))];
      },
    });
  };
  const rig = await protectedRig({ bend });
  await rig.engine.enterOrder(handOrder({ symbol: "ETH/USDT" }), by("enter eth"));
  await rig.beat(10);
  return Object.assign(rig, { asked, broken });
}

describe("an exchange that tells all open orders at once", () => {
  it("is asked once a round, however many symbols there are, and what a stranger has placed is found in any of them", async () => {
    const rig = await rigAtOnce();
    rig.core.advanceTo(rig.clock.wall());
    for (const [symbol, price] of [
      ["BTCUSDT", "49000"],
      ["ETHUSDT", "1950"],
    ] as const)
      rig.core.place(rig.venue, { symbol, side: "BUY", type: "LIMIT", quantity: decimal("0.006"), price: decimal(price) });
    await rig.restart();
    rig.asked.length = 0;
    await rig.beat(5);
    expect(rig.asked).toEqual(["all"]);
    expect((await rig.events("orphan-found")).map(({ orphan }) => `${orphan.kind} ${orphan.symbol}`).sort()).toEqual([
      "foreign BTC/USDT",
      "foreign ETH/USDT",
    ]);
  });

  it("lets nothing enter while that list cannot be read whole", async () => {
    const rig = await rigAtOnce();
    rig.broken.on = true;
    await rig.restart();
    await rig.beat(5);
    await expect(rig.engine.enterOrder(handOrder({ symbol: "SOL/USDT" }), by("early"))).rejects.toThrow();
    expect(rig.engine.accounts()[0]?.troubles.join()).toContain("being reconciled");
    rig.broken.on = false;
    await rig.beat(30);
    expect(rig.engine.accounts()[0]?.troubles.join()).not.toContain("being reconciled");
    await expectSettled(rig);
  });
});

describe("an order for a symbol right after a start", () => {
  it("is told that rules are still being read, not that the exchange has no such symbol", async () => {
    const rig = await connectedRig();
    await rig.restart();
    await expect(rig.engine.price("BTC/USDT", "main")).rejects.toThrow("its symbols and their rules are still being read");
    await rig.beat(3);
    expect(await rig.engine.price("BTC/USDT", "main")).toBeDefined();
    expect(await rig.engine.price("NONE/USDT", "main")).toBeUndefined();
  });
});
