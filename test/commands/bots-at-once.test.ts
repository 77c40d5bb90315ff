import { describe, expect, test } from "vitest";
import { ADMIN, ChatDesk } from "../chat/door.ts";
import { scripted } from "../kit/engine-market.ts";
import { by, openRig, wishFor } from "../kit/engine-rig.ts";

const MAKE = "bot create symbol:BTC/USDT strategy:ema-cross timeframe:1m";

async function opened() {
  const rig = await openRig({ market: scripted({ "BTC/USDT": [100, 102, 102] }) });
  return { rig, desk: await ChatDesk.open({ engine: rig.engine, desk: rig.desk }) };
}

describe("bots that nobody named, made at once", () => {
  test("have a name each, also those of two people, and each answer says its own", async () => {
    const { rig, desk } = await opened();
    await desk.grant("discord:2", "trader");
    await rig.desk.append([{ type: "access-granted", user: "discord:2", role: "trader", scope: "desk", by: ADMIN }]);
    const told = await Promise.all([desk.type(MAKE), desk.type(MAKE), desk.type(`${MAKE} start:yes`, "discord:2")]);
    expect(told.map(({ title }) => title).toSorted()).toEqual([
      expect.stringMatching(/^ema-btc is/),
      expect.stringMatching(/^ema-btc-2 is/),
      expect.stringMatching(/^ema-btc-3 is/),
    ]);
    const running = rig.engine.bots().filter(({ state }) => state.status === "running");
    expect(running.map(({ state }) => `${state.spec.name} is running`)).toEqual([told[2]?.title]);
    await desk.type("bot clone ema-btc");
    expect(rig.engine.bot("ema-btc-4")).toBeDefined();
  });

  test("are one where the same request comes again", async () => {
    const { rig } = await opened();
    const wish = wishFor({ name: "dip", isNameMadeUp: true });
    await rig.engine.createBot(wish, by("first"));
    const [one, again] = [await rig.engine.createBot(wish, by("second")), await rig.engine.createBot(wish, by("second"))];
    expect([one, again].map(({ state }) => state.spec.name)).toEqual(["dip-2", "dip-2"]);
    expect(rig.engine.bots()).toHaveLength(2);
  });
});
