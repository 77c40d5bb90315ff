import { describe, expect, it } from "vitest";
import type { Protection } from "../../src/domain/bot.ts";
import { plain } from "../../src/domain/money.ts";
import { type EngineRig, OWNER } from "../kit/engine-rig.ts";
import { played } from "../kit/played.ts";

const NONE: Protection = { stopPct: undefined, takePct: undefined, trailingPct: undefined };
const HALVES = {
  takes: [
    { pct: 2, sharePct: 50 },
    { pct: 4, sharePct: 50 },
  ],
};

async function fillsOf(rig: EngineRig) {
  return (await rig.eventsOf(OWNER, "order-filled")).map(({ fill, purpose, reason }) => [
    purpose === "entry" ? "entry" : reason,
    plain(fill.price),
    plain(fill.quantity),
  ]);
}

/** Plays closes with one bot that enters at 102 in the third minute. */
function protectedBy(closes: readonly number[], protection: Partial<Protection>, restartEvery?: number): Promise<EngineRig> {
  return played(closes, { protection: { ...NONE, ...protection } }, restartEvery);
}

const STORIES: readonly (readonly [string, readonly number[], Partial<Protection>, readonly (readonly [string, string, string])[]])[] = [
  [
    "a target sells its half, and the stop what is left",
    [100, 102, 102, 102, 104.1, 104.1, 99, 99, 99],
    { stopPct: 2, ...HALVES },
    [
      ["entry", "102", "19.607"],
      ["take profit 1 of 2", "104.04", "9.803"],
      ["stop loss", "99.96", "9.804"],
    ],
  ],
  [
    "both targets in one minute sell everything",
    [100, 102, 102, 102, 107, 107, 107],
    { stopPct: 2, ...HALVES },
    [
      ["entry", "102", "19.607"],
      ["take profit 1 of 2", "104.04", "9.803"],
      ["take profit 2 of 2", "106.08", "9.804"],
    ],
  ],
  [
    "a price that went far enough moves the stop to break-even for the minutes after it",
    [100, 102, 102, 102, 104, 103, 103, 102, 102],
    { stopPct: 5, breakevenPct: 1.5 },
    [
      ["entry", "102", "19.607"],
      ["stop loss", "102", "19.607"],
    ],
  ],
  [
    "a trailing stop begins after its gain",
    [100, 102, 102, 102, 103, 102.1, 105, 104.5, 103.9, 103.9],
    { stopPct: 5, trailingPct: 1, trailAfterPct: 2 },
    [
      ["entry", "102", "19.607"],
      ["stop loss", "103.95", "19.607"],
    ],
  ],
  [
    "a position is held for so many candles and no longer",
    [100, 102, 102, 102, 102, 102, 102, 102, 102],
    { stopPct: 5, holdMax: { kind: "bars", bars: 3 } },
    [
      ["entry", "102", "19.607"],
      ["time stop: held for 3 candles", "102", "19.607"],
    ],
  ],
];

describe("exits on paper", () => {
  it.each(STORIES)("%s", async (_story, closes, protection, fills) => {
    expect(await fillsOf(await protectedBy(closes, protection))).toEqual(fills);
  });

  it.each(STORIES)("%s, also when the process dies after every other minute", async (_story, closes, protection) => {
    const [calm, restless] = [await protectedBy(closes, protection), await protectedBy(closes, protection, 2)];
    expect(restless.summary(OWNER)).toEqual(calm.summary(OWNER));
  });

  it("a stop by ATR stands so many ranges below the entry, as they were when it was decided", async () => {
    const closes = Array.from({ length: 60 }, (_, minute) => 100 + (minute % 8 < 4 ? 0 : 2));
    const rig = await protectedBy(closes, { stopAtr: 3 });
    const [entry] = (await rig.eventsOf(OWNER, "order-filled")).filter(({ purpose }) => purpose === "entry");
    const intent = (await rig.eventsOf(OWNER, "intent")).find(({ intent: { stopDistance } }) => stopDistance)?.intent;
    const distance = intent?.stopDistance;
    if (!entry?.after.stopPrice || !distance) throw new Error("nothing was bought with a stop by ATR");
    expect(Math.abs(entry.fill.price.minus(distance).minus(entry.after.stopPrice).toNumber())).toBeLessThan(0.0101);
  });

  it("a stop that has moved is measured against where it stood by then", async () => {
    const rig = await protectedBy([100, 102, 102, 102, 103, 102.1, 105, 104.5, 103.9, 103.9], {
      stopPct: 5,
      trailingPct: 1,
      trailAfterPct: 2,
    });
    const [, sale] = await rig.eventsOf(OWNER, "order-filled");
    expect(sale?.purpose).toBe("stop");
    expect(sale?.after.stopPrice && plain(sale.after.stopPrice)).toBe("103.95");
    expect(rig.engine.bot("one")?.state.risk.slippages.at(-1)).toBeCloseTo(0, 9);
  });

  it("every level is shown with where it stands and how much it sells", async () => {
    const rig = await protectedBy([100, 102, 102, 102, 104.1], {
      stopPct: 2,
      ...HALVES,
      breakevenPct: 1.5,
      holdMax: { kind: "span", spanMs: 7_200_000 },
    });
    const levels = rig.engine.bot("one")?.exits ?? [];
    expect(levels.map(({ what, price, quantity, heldBy }) => [what, price && plain(price), plain(quantity), heldBy])).toEqual([
      ["stop loss, moved up", "102", "9.804", "venue"],
      ["take profit 2 of 2", "106.08", "9.804", "venue"],
      ["time stop", undefined, "9.804", "desk"],
    ]);
  });
});
