import { expect, it } from "vitest";
import { decimal } from "../../../src/domain/money.ts";
import { by, wishFor } from "../../kit/engine-rig.ts";
import { connectedRig, type LiveRig, MINUTE } from "../../kit/live-rig.ts";

/** Noon of Greenwich is 23:00 there, all the year. */
const TIME_ZONE = "Pacific/Guadalcanal";

async function tradingRig(): Promise<LiveRig> {
  const rig = await connectedRig({ timeZone: TIME_ZONE });
  const protection = { stopPct: 3, takePct: undefined, trailingPct: undefined };
  await rig.engine.createBot(wishFor({ name: "dip", sizing: { kind: "notional", notional: decimal(100) }, protection }), by("create"));
  await rig.engine.promoteBot("dip", "main", undefined, by("promote"));
  await rig.beat(125);
  return rig;
}

/** Time passes, at the exchange too, and the process does nothing: a laptop that sleeps. */
async function standStill(rig: LiveRig, minutes: number): Promise<void> {
  await rig.clock.advance(minutes * MINUTE);
  rig.core.advanceTo(rig.clock.wall());
}

const daysOf = async (rig: LiveRig) => (await rig.events("day-started")).map(({ day }) => day);

it("A desk that stood still over midnight is in the new day, whatever candles of yesterday it reads on", async () => {
  const rig = await tradingRig();
  expect(await daysOf(rig)).toEqual(["2026-01-05"]);
  await standStill(rig, 60);
  await rig.beat(150);
  expect(await daysOf(rig)).toEqual(["2026-01-05", "2026-01-06"]);
  expect(rig.books().day?.day).toBe("2026-01-06");
});

it("A clock that is put right over midnight does not begin yesterday once more", async () => {
  const rig = await tradingRig();
  await standStill(rig, 58);
  await rig.beat(5);
  expect(await daysOf(rig)).toEqual(["2026-01-05", "2026-01-06"]);
  rig.clock.stepWall(-20 * MINUTE);
  await rig.beat(30);
  expect(await daysOf(rig)).toEqual(["2026-01-05", "2026-01-06"]);
});
