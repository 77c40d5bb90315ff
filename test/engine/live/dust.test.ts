import { describe, expect, it } from "vitest";
import { decimal, plain } from "../../../src/domain/money.ts";
import { by } from "../../kit/engine-rig.ts";
import { spotListing } from "../../kit/exchange/spot/listing.ts";
import { connectedRig, handOrder } from "../../kit/live-rig.ts";

describe("dust", () => {
  it("leaves its bot with the sale, and is sold with a later position once it makes a lot more (F20, F21)", async () => {
    const rig = await connectedRig();
    for (let round = 1; round <= 3; round += 1) {
      const { state } = await rig.engine.enterOrder(handOrder(), by(`enter ${round}`));
      await rig.beat(5);
      await rig.engine.closePosition(state.spec.name, by(`close ${round}`));
      await rig.beat(10);
      expect(plain(rig.books().bots.get(state.spec.id)!.position.quantity)).toBe("0");
    }
    const moved = (await rig.events("dust-moved")).map(({ quantity }) => plain(quantity));
    expect(moved).toContainEqual(expect.stringMatching(/^-0\.00000/));
    const dust = rig.books().venue.dust.get("BTC");
    expect(dust?.isLessThan("0.00001") ?? true).toBe(true);
    expect(plain(rig.books().balances.get("BTC")!)).toBe(plain(rig.venue.total("BTC")));
    expect(rig.fatal).toEqual([]);
  });

  it("that its owner has turned into something else is not sold with a later position, which would never be taken", async () => {
    const rig = await connectedRig();
    const first = await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(5);
    await rig.engine.closePosition(first.state.spec.name, by("close"));
    await rig.beat(10);
    const dust = rig.venue.total("BTC");
    expect(plain(rig.books().venue.dust.get("BTC")!)).toBe(plain(dust));
    rig.venue.transfer("BTC", dust.negated(), rig.clock.wall());
    await rig.beat(240);
    // 0.00237762 BTC after its fee: with the dust that is gone it would be a lot more.
    const second = await rig.engine.enterOrder(handOrder({ notional: decimal(120) }), by("enter again"));
    await rig.beat(5);
    await rig.engine.closePosition(second.state.spec.name, by("close again"));
    await rig.beat(10);
    expect(plain(rig.books().bots.get(second.state.spec.id)!.position.quantity)).toBe("0");
    expect(await rig.events("order-rejected")).toEqual([]);
    expect(await rig.events("position-naked")).toEqual([]);
  });

  it("of a coin that fees are paid in goes with them, and is not sold with a later position either", async () => {
    const rig = await connectedRig({
      listings: [spotListing("BTC", "USDT"), spotListing("BNB", "USDT", { lot: "0.1", quantityMin: "0.1" })],
      balances: { USDT: "2000", BNB: "0.03" },
      account: { feeMode: { coin: "BNB", priceInQuote: 10 } },
    });
    for (let round = 0; round < 6; round += 1) {
      for (const [symbol, notional] of [
        ["BNB/USDT", 50 + 1.37 * round],
        ["BTC/USDT", 50 + round],
        ["BTC/USDT", 20 + round],
      ] as const) {
        const { state } = await rig.engine.enterOrder(
          handOrder({ symbol, notional: decimal(notional) }),
          by(`enter ${round} ${symbol} ${notional}`),
        );
        await rig.beat(6);
        await rig.engine.closePosition(state.spec.name, by(`close ${round} ${symbol} ${notional}`));
        await rig.beat(15);
        expect(plain(rig.books().bots.get(state.spec.id)!.position.quantity), `${symbol} in round ${round}`).toBe("0");
        const dust = rig.books().venue.dust.get("BNB");
        expect(dust?.isLessThanOrEqualTo(rig.venue.total("BNB"))).toBe(true);
      }
    }
  });
});
