import { expect, it } from "vitest";
import { decimal } from "../../../src/domain/money.ts";
import { by } from "../../kit/engine-rig.ts";
import { openLiveRig } from "../../kit/live-rig.ts";

it("the ceiling is the lowest that two people lower it to in the same moment", async () => {
  const { engine } = await openLiveRig({ ceiling: { amount: decimal(1_000), currency: "USDT" } });
  const asked = [engine.lowerCeiling(decimal(100), by("a", "ann")), engine.lowerCeiling(decimal(500), by("b", "bob"))];
  const told = await Promise.all(asked);
  expect(told.map(({ limit }) => limit.toNumber())).toEqual([100, 100]);
  expect(engine.ceiling()?.limit.toNumber()).toBe(100);
});
