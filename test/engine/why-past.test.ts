import { describe, expect, it } from "vitest";
import { MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import type { WhyDecision } from "../../src/ports/why.ts";
import { NOON, scripted } from "../kit/engine-market.ts";
import { by, type EngineRig, openRig, startBot } from "../kit/engine-rig.ts";

const BTC = "BTC/USDT";
const PRICES = [100, 102, 102, 102, 102, 96, 96, 96, 104, 104, 104, 104, 90, 90, 90, 106, 106, 106, 106, 106];
const RULES = { strategy: "rules", params: {}, rules: { enter: "close > 101 and volume > 1", exit: "close < 100 or bars_held >= 40" } };

const at = (minute: number) => marketMs(NOON + minute * MINUTE_MS);

/** What was told of each decision right after it was made, by its minute. */
async function lived(rig: EngineRig, minutes: number): Promise<Map<number, WhyDecision>> {
  const decisions = new Map<number, WhyDecision>();
  for (let minute = 1; minute <= minutes; minute += 1) {
    await rig.move(1);
    const { decision } = rig.engine.why("dip");
    if (decision?.closedMs === at(minute)) decisions.set(minute, decision);
  }
  return decisions;
}

describe("why a bot decided as it did at an instant that is past", () => {
  it.each([
    ["rules", RULES],
    ["a strategy that is code", {}],
  ])("is told as it was told then, by %s, for acting and for not acting", async (_, wish) => {
    const rig = await openRig({ market: scripted({ [BTC]: PRICES }) });
    await startBot(rig, { name: "dip", ...wish });
    const decisions = await lived(rig, PRICES.length - 1);
    expect(decisions.size).toBeGreaterThan(8);
    for (const [minute, decision] of decisions) {
      expect((await rig.engine.whyAt("dip", at(minute))).decision, `minute ${minute}`).toEqual(decision);
    }
  });

  it("is that of what the bot was then, also when it was changed since, and says what the risk door answered", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: PRICES }) });
    await startBot(rig, { name: "dip", ...RULES });
    await rig.engine.halt("news", undefined, by("h"));
    await rig.move(2);
    await rig.engine.stopBot("dip", false, by("s"));
    await rig.engine.changes.set("dip", { rules: { enter: "close > 500", exit: "close < 1" } }, by("c"));
    await rig.engine.startBot("dip", by("again"));
    await rig.move(2);
    const { decision } = await rig.engine.whyAt("dip", at(2));
    expect(decision).toMatchObject({ signal: { kind: "enter" }, outcome: expect.stringMatching(/^denied \(halted\)/) });
    expect((await rig.engine.whyAt("dip", at(4))).decision?.explanation?.because).toContain("close 102 > 500");
  });

  it("is nothing while it did not run, before it was made, and in the future, and says which", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: PRICES }) });
    await rig.move(3);
    await startBot(rig, { name: "dip", ...RULES });
    await rig.move(2);
    await rig.engine.stopBot("dip", true, by("s"));
    await rig.move(3);
    expect(await rig.engine.whyAt("dip", at(7))).toMatchObject({ decision: undefined, silent: expect.stringMatching(/^it was stopped/) });
    expect(await rig.engine.whyAt("dip", at(3))).toMatchObject({ decision: undefined, silent: expect.stringMatching(/^it ran since/) });
    await expect(rig.engine.whyAt("dip", at(1))).rejects.toThrow(/was not made yet at/);
    await expect(rig.engine.whyAt("dip", at(100))).rejects.toThrow(/has not come yet/);
  });
});
