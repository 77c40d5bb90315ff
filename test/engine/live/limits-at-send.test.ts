import { describe, expect, it } from "vitest";
import type { Limits } from "../../../src/domain/limits.ts";
import { decimal } from "../../../src/domain/money.ts";
import { by } from "../../kit/engine-rig.ts";
import { holdBack } from "../../kit/live-hold.ts";
import { expectSettled, story } from "../../kit/live-referee.ts";
import { connectedRig, handOrder, type LiveRig } from "../../kit/live-rig.ts";

const money = (value: number) => ({ value: decimal(value), currency: "USDT" });

const set = (rig: LiveRig, limits: Limits) => rig.opened.desk.append([{ type: "limits-set", scope: "all", limits, by: "a" }]);

describe("a real entry", () => {
  const TIGHTENED: readonly Limits[] = [
    { deny: ["BTC/USDT"] },
    { positions: 0 },
    { entries: 0 },
    { orders: 0 },
    { position: money(5) },
    { exposure: money(5) },
  ];
  it.each(TIGHTENED)("is not sent when %o was set after its intent had become durable", async (limits) => {
    const rig = await connectedRig();
    rig.store.append = holdBack(rig, "intent", () => set(rig, limits));
    await rig.engine.enterOrder(handOrder({ notional: decimal(20) }), by("one"));
    await rig.beat(5);
    expect(story(rig)).toEqual([]);
    expect((await rig.events("order-canceled"))[0]?.reason).toMatch(/^not sent: .*limit of the desk/);
    await expectSettled(rig);
  });

  it("is sent when it takes the last of every limit, for it does not count against itself", async () => {
    const rig = await connectedRig();
    await set(rig, { positions: 1, entries: 1, orders: 1, position: money(20), exposure: money(20) });
    await rig.engine.enterOrder(handOrder({ notional: decimal(20) }), by("one"));
    await rig.beat(5);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
    await expectSettled(rig);
  });
});
