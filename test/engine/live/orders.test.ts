import { describe, expect, it } from "vitest";
import { plain } from "../../../src/domain/money.ts";
import { by } from "../../kit/engine-rig.ts";
import { connectedRig, handOrder } from "../../kit/live-rig.ts";

describe("an order at a real exchange", () => {
  it("goes from the person's word over the venue's fill into the books, and is protected there", async () => {
    const rig = await connectedRig();
    const bot = await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(3);
    expect(rig.fatal).toEqual([]);
    const { position } = rig.books().bots.get(bot.state.spec.id)!;
    expect(position.fillCount).toBe(1);
    const [entry, stop] = rig.venue.orders;
    expect([entry?.draft.type, entry?.now.status, stop?.draft.type, stop?.now.status]).toEqual([
      "LIMIT",
      "FILLED",
      "STOP_LOSS_LIMIT",
      "NEW",
    ]);
    expect(plain(rig.books().balances.get("BTC")!)).toBe(plain(rig.venue.total("BTC")));
    expect(plain(rig.books().balances.get("USDT")!)).toBe(plain(rig.venue.total("USDT")));
  });
});
