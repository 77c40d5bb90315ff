import { expect, it } from "vitest";
import type { Protection } from "../../src/domain/bot.ts";
import { decimal } from "../../src/domain/money.ts";
import { exitsProblem, stopProblem } from "../../src/risk/exits.ts";
import { plainInstrument } from "../kit/engine-market.ts";

const BTC = plainInstrument("BTC/USDT", { takerFeeBps: 10 });
const NONE: Protection = { stopPct: undefined, takePct: undefined, trailingPct: undefined };
const takes = (...levels: readonly (readonly [pct: number, sharePct: number])[]) => ({
  takes: levels.map(([pct, sharePct]) => ({ pct, sharePct })),
});

it.each([
  [{ stopPrice: decimal(100) }, "the stop at 100 is on the wrong side of the price, which is 100: a stop lies below it"],
  [{ stopAtr: 0.05 }, "stop must be between 0.1 and 20 ATR, found 0.05"],
  [takes([2, 60], [4, 60]), "take: the targets together sell 120% of the position, and 100% is all there is"],
  [takes([4, 50], [2, 50]), "take: targets go from the nearest to the farthest, found 2% after 4%"],
  [takes([2, 50], [2, 50]), "take: targets go from the nearest to the farthest, found 2% after 2%"],
  [takes([2, 100], [4, 0]), "take: a target sells more than 0% and at most 100% of the position, found 0%"],
  [takes([1, 10], [2, 10], [3, 10], [4, 10], [5, 10], [6, 10]), "take: 5 targets are the most, found 6"],
  [
    { stopPct: 2, takePct: 4, trailingPct: 1, trailAfterPct: 4 },
    "trailing: it begins after 4%, and by then the last target at 4% has sold everything",
  ],
  [{ trailingPct: 1, trailAfterPct: 2 }, "trailing: it begins after 2%, and until then the bot has no stop: give stop, too"],
  [{ breakevenPct: 1 }, "breakeven moves the stop, and this bot has none: give stop, too"],
  [
    { stopPct: 2, ...takes([2, 50], [3, 50]), breakevenPct: 3.5 },
    "breakeven: it moves the stop after 3.5%, and by then the last target at 3% has sold everything",
  ],
  [{ stopPct: 2, breakevenPct: 0.2 }, "breakeven must be above the fees of buying and selling, which are 0.2% of the price, found 0.2%"],
  [{ holdMax: { kind: "bars", bars: 0 } }, "max_hold must be from 1 to 100000 candles, found 0"],
  [{ holdMax: { kind: "span", spanMs: 5_000 } }, "max_hold must be from one minute to 90 days"],
] satisfies [Partial<Protection>, string][])(
  "exits that contradict each other or the market are refused in one sentence: %#",
  (wish, why) => {
    expect(exitsProblem({ ...NONE, ...wish }, BTC, decimal(100))).toBe(why);
  },
);

it("what fits is allowed, also a trailing stop for what the targets leave", () => {
  const runner = { stopPct: 2, ...takes([2, 50], [4, 25]), trailingPct: 1, trailAfterPct: 5, breakevenPct: 1.5 };
  expect(exitsProblem({ ...NONE, ...runner, holdMax: { kind: "bars", bars: 48 } }, BTC, decimal(100))).toBeUndefined();
  expect(exitsProblem({ ...NONE, stopPrice: decimal(99) }, BTC, undefined)).toBeUndefined();
});

it("an entry is denied while its stop would be above its price, or is not known", () => {
  expect(stopProblem({ ...NONE, stopPrice: decimal(99) }, decimal(98), undefined)).toMatch(/^the stop at 99 is on the wrong side/);
  expect(stopProblem({ ...NONE, stopAtr: 2 }, decimal(98), undefined)).toBe("the ATR that its stop is measured in is not known yet");
  expect(stopProblem({ ...NONE, stopAtr: 2 }, decimal(98), decimal(98))).toMatch(/below zero$/);
  expect(stopProblem({ ...NONE, stopAtr: 2 }, decimal(98), decimal(3))).toBeUndefined();
});
