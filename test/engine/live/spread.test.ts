import { describe, expect, it } from "vitest";
import { decimal } from "../../../src/domain/money.ts";
import { QUOTE_AGE_MAX_MS } from "../../../src/engine/limits.ts";
import { BREAKER_DEFAULTS } from "../../../src/risk/breaker-defaults.ts";
import { by } from "../../kit/engine-rig.ts";
import { expectSettled, story } from "../../kit/live-referee.ts";
import { connectedRig, handOrder, type LiveRig, protectedRig } from "../../kit/live-rig.ts";

const limitTo = (rig: LiveRig, spreadBps: number) =>
  rig.opened.desk.append([{ type: "limits-set", scope: "all", limits: { spreadBps }, by: "a" }]);
const enter = (rig: LiveRig, id: string) => rig.engine.enterOrder(handOrder({ notional: decimal(20) }), by(id));

describe("the spread of an exchange", () => {
  it("is asked about with each real entry: a narrow one passes, a wide one and one that nobody tells are denied", async () => {
    const rig = await connectedRig();
    await limitTo(rig, 20);
    await rig.beat(2);
    await expect(enter(rig, "untold")).rejects.toThrow("the spread of BTC/USDT is not known, and 20 bps is the most");
    rig.spreadPct = 0.5;
    await rig.beat(2);
    await expect(enter(rig, "wide")).rejects.toThrow("the spread of BTC/USDT is 50 bps, and 20 bps is the most");
    rig.spreadPct = 0.1;
    await rig.beat(2);
    await enter(rig, "narrow");
    await rig.beat(5);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
    await expectSettled(rig);
  });

  it("that was told too long ago counts as unknown, however fresh the price is", async () => {
    const rig = await connectedRig();
    await limitTo(rig, 20);
    rig.spreadPct = 0.1;
    await rig.beat(2);
    rig.spreadPct = undefined;
    await rig.beat(QUOTE_AGE_MAX_MS / 1_000 + 2);
    await expect(enter(rig, "stale")).rejects.toThrow("the spread of BTC/USDT is not known");
  });

  it("opens its breaker when it widens under a position, although nothing of ours happened, and flattens where that is set", async () => {
    const rig = await protectedRig({ breakers: BREAKER_DEFAULTS });
    await rig.opened.desk.append([
      { type: "breaker-set", scope: "account:main", breaker: "spread", setting: { at: 50, reaction: "flatten", span: 3_600_000 }, by: "a" },
    ]);
    rig.spreadPct = 0.3;
    await rig.beat(70);
    expect(await rig.events("breaker-tripped")).toEqual([]);
    rig.spreadPct = 0.8;
    await rig.beat(10);
    expect(await rig.events("breaker-tripped")).toMatchObject([
      { breaker: "spread", scope: "symbol:BTC/USDT", reading: 80, reason: "the spread of BTC/USDT is 80 bps; it opens at 50 bps" },
    ]);
    expect(rig.bot().position.quantity.toNumber()).toBe(0);
    await expectSettled(rig);
  });
});
