import { describe, expect, it } from "vitest";
import type { AccountEvent } from "../../../src/domain/events.ts";
import type { Limits } from "../../../src/domain/limits.ts";
import { decimal } from "../../../src/domain/money.ts";
import { isFlat } from "../../../src/domain/position.ts";
import { StoreUnavailable } from "../../../src/ports/store.ts";
import { desk, fatalOf, running } from "../../kit/cluster-desk.ts";
import { BTC, streamOf } from "../../kit/cluster-rig.ts";
import { MINUTE_S } from "../../kit/engine-live.ts";

const OWNERS = ["ann", "bob"] as const;

/** Two engines, a bot in each, and limits over the whole desk. Both bots want to enter on the same candle. */
async function limited(limits: Limits) {
  const opened = await desk(2);
  const { rig, gateway, front } = opened;
  for (const owner of OWNERS) await running(rig, `${owner}-bot`, owner);
  const holders = await Promise.all(OWNERS.map((owner) => rig.holderOf(streamOf(owner))));
  expect(new Set(holders).size).toBe(2);
  await gateway.rig.desk.append([{ type: "limits-set", scope: "all", limits, by: "ann" }]);
  rig.shown.set(BTC, 102);
  const held = () => front.bots().filter(({ state }) => !isFlat(state.position)).length;
  const all = async () => (await Promise.all(OWNERS.map((owner) => rig.events(owner)))).flat();
  const refusals = async () =>
    (await all())
      .filter((event): event is Extract<AccountEvent, { type: "order-canceled" }> => event.type === "order-canceled")
      .map(({ reason }) => reason);
  return { ...opened, held, all, refusals };
}

describe("a limit over the whole desk", () => {
  const ONE: readonly Limits[] = [{ positions: 1 }, { exposure: { value: decimal(2_500), currency: "USDT" } }];
  it.each(ONE)("of %o is never passed by what two engines enter at the same moment", async (limits) => {
    const { rig, held, all, refusals } = await limited(limits);
    await rig.beat(3 * MINUTE_S);
    // Both wrote down what they wanted, and at least one of them saw it of the other one before it sent anything.
    expect((await all()).filter(({ type }) => type === "intent")).toHaveLength(2);
    expect((await refusals()).length).toBeGreaterThan(0);
    expect(held()).toBeLessThanOrEqual(1);
    expect(fatalOf(rig)).toEqual([]);
  });

  it("lets both enter where it has room for both", async () => {
    const { rig, held } = await limited({ positions: 2 });
    await rig.beat(3 * MINUTE_S);
    expect(held()).toBe(2);
  });

  it("lets nothing enter while the store does not show what others have written", async () => {
    const { rig, held, refusals } = await limited({ positions: 2 });
    for (const { process } of rig.processes) process.store.news = () => Promise.reject(new StoreUnavailable("no primary"));
    await rig.beat(3 * MINUTE_S);
    expect(held()).toBe(0);
    expect(await refusals()).toContain("not sent: what other processes have decided could not be read: no primary");
    expect(fatalOf(rig)).toEqual([]);
  });
});
