import { expect, it } from "vitest";
import { decimal } from "../../../src/domain/money.ts";
import { by, wishFor } from "../../kit/engine-rig.ts";
import { expectSettled, story } from "../../kit/live-referee.ts";
import { connectedRig, MINUTE, START_MS } from "../../kit/live-rig.ts";

it("a bot that was started anew before the fills of its first entry could be read holds and protects what that bought", async () => {
  const rig = await connectedRig({
    prepare: (tape) => {
      tape.minute("BTCUSDT", START_MS + 2 * MINUTE, [50_000, 50_000, 50_300, 50_300]);
      for (let minute = 3; minute < 40; minute += 1) tape.minute("BTCUSDT", START_MS + minute * MINUTE, [50_300, 50_300, 50_300, 50_300]);
    },
  });
  await rig.beat(122);
  // So that no fills of its symbol are read between its start and its entry.
  await rig.engine.reconcileAccount("main");
  const protection = { stopPct: 3, takePct: undefined, trailingPct: undefined };
  await rig.engine.createBot(wishFor({ name: "dip", sizing: { kind: "notional", notional: decimal(100) }, protection }), by("create"));
  const { state } = await rig.engine.promoteBot("dip", "main", undefined, by("promote"));
  rig.faults.next("POST /api/v3/order", { answer: "lost" });
  expect(await rig.until(() => rig.books().orders.size > 0, 80)).toBe(true);
  expect(rig.books().venue.cursors.size).toBe(0);
  rig.down = true;
  await rig.beat(70);
  await rig.engine.stopBot(state.spec.name, false, by("stop"));
  await rig.engine.startBot(state.spec.name, by("start"));
  await rig.beat(10);
  rig.down = false;
  await rig.beat(180);
  expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
  await expectSettled(rig);
});
