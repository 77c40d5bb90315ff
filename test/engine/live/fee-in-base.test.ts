import { describe, expect, it } from "vitest";
import { decimal, plain } from "../../../src/domain/money.ts";
import { by, wishFor } from "../../kit/engine-rig.ts";
import { spotListing } from "../../kit/exchange/spot/listing.ts";
import { expectSound, openOrders } from "../../kit/live-referee.ts";
import { connectedRig, type LiveRig, MINUTE, START_MS } from "../../kit/live-rig.ts";

const PROTECTION = {
  stopPct: 3,
  takePct: undefined,
  trailingPct: undefined,
  takes: [
    { pct: 2, sharePct: 50 },
    { pct: 6, sharePct: 50 },
  ],
};

/** A bot holds BNB on an account that pays its fees in BNB, and its first target sells a half. */
async function halfSold(balances: Readonly<Record<string, string>>): Promise<LiveRig> {
  const rig = await connectedRig({
    listings: [spotListing("BTC", "USDT"), spotListing("BNB", "USDT", { lot: "0.001", quantityMin: "0.001" })],
    balances,
    account: { feeMode: { coin: "BNB", priceInQuote: 10 } },
    prepare: (tape) => {
      const price = (minute: number, at: readonly [number, number, number, number]) =>
        tape.minute("BNBUSDT", START_MS + minute * MINUTE, [...at]);
      for (let minute = 0; minute < 20; minute += 1) price(minute, [10, 10.002, 9.998, 10]);
      price(20, [10, 10.06, 10, 10.06]);
      for (let minute = 21; minute < 30; minute += 1) price(minute, [10.06, 10.06, 10.06, 10.06]);
      for (let minute = 30; minute < 60; minute += 1) price(minute, [10.4, 10.4, 10.4, 10.4]);
    },
  });
  const sizing = { kind: "notional", notional: decimal(200) } as const;
  await rig.engine.createBot(wishFor({ name: "dip", symbol: "BNB/USDT", sizing, protection: PROTECTION }), by("create"));
  await rig.engine.promoteBot("dip", "main", undefined, by("promote"));
  await rig.until(() => openOrders(rig).length > 0, 25 * 60);
  const whole = rig.bot().position.quantity;
  await rig.until(() => rig.bot().position.quantity.isLessThan(whole), 20 * 60);
  await rig.beat(30);
  return rig;
}

describe("a fee in the coin that is sold", () => {
  it("comes out of the rest where the account has no other, and the stop of the rest is no larger than what is there", async () => {
    const rig = await halfSold({ USDT: "2000" });
    expect(plain(rig.bot().position.quantity)).toBe(plain(rig.venue.total("BNB")));
    const [stop, ...others] = openOrders(rig);
    expect(others).toEqual([]);
    expect(stop?.remaining.isLessThanOrEqualTo(rig.bot().position.quantity)).toBe(true);
    const sale = (await rig.events("order-filled")).at(-1);
    expect(sale && plain(sale.after.positionQuantity)).toBe(plain(rig.bot().position.quantity));
    expect(await rig.events("order-rejected")).toEqual([]);
    expect(await rig.events("position-naked")).toEqual([]);
    await expectSound(rig);
  });

  it("is paid out of what the account has beside its positions first", async () => {
    const rig = await halfSold({ USDT: "2000", BNB: "0.015" });
    const fills = await rig.events("order-filled");
    const sale = fills.at(-1)!.fill;
    expect([sale.side, sale.feeCurrency]).toEqual(["sell", "BNB"]);
    // Of the fee of buying nothing is left beside the position: the whole of it was taken out of what was bought.
    const before = fills.at(-2)!.after.positionQuantity;
    expect(plain(before.minus(sale.quantity))).toBe(plain(rig.bot().position.quantity));
    expect(plain(rig.venue.total("BNB").minus(rig.bot().position.quantity))).toBe(plain(decimal("0.015").minus(sale.fee)));
    expect(openOrders(rig)).toHaveLength(1);
    expect(await rig.events("position-naked")).toEqual([]);
  });
});
