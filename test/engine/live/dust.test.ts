import { describe, expect, it } from "vitest";
import { plain } from "../../../src/domain/money.ts";
import { by } from "../../kit/engine-rig.ts";
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
});
