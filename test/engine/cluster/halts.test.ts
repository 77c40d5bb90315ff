import { expect, it } from "vitest";
import { isFlat } from "../../../src/domain/position.ts";
import { wallMs } from "../../../src/domain/time.ts";
import { desk, fatalOf, running } from "../../kit/cluster-desk.ts";
import { BTC } from "../../kit/cluster-rig.ts";
import { MINUTE_S } from "../../kit/engine-live.ts";
import { by } from "../../kit/engine-rig.ts";

it("a panic sells what other processes hold, also where another person asks for a halt in the same moment", async () => {
  const { rig, front } = await desk(1);
  await running(rig, "mine");
  rig.shown.set(BTC, 102);
  await rig.beat(3 * MINUTE_S);
  const isHeld = () => front.bots().some(({ state }) => !isFlat(state.position));
  expect(isHeld()).toBe(true);
  const anHour = wallMs(rig.clock.wall() + 60 * MINUTE_S * 1_000);
  const asked = [front.panic("now", by("p1", "ann")), front.halt("for an hour", anHour, by("h1", "bob"))];
  const [panicked] = await rig.during(Promise.all(asked));
  expect(panicked).toMatchObject({ closing: [expect.stringMatching(/^mine/)] });
  await rig.beat(2 * MINUTE_S);
  expect(isHeld()).toBe(false);
  expect(fatalOf(rig)).toEqual([]);
});
