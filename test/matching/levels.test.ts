import { describe, expect, it } from "vitest";
import { movedStop } from "../../src/domain/exits.ts";
import { decimal, plain } from "../../src/domain/money.ts";
import { levelsFrom } from "../../src/matching/protection.ts";
import { plainInstrument } from "../kit/engine-market.ts";

const BTC = plainInstrument("BTC/USDT");
const levels = (stopPct?: number, takePct?: number, trailingPct?: number) => {
  const { stopPrice, takePrice } = levelsFrom(
    { instrument: BTC, protection: { stopPct, takePct, trailingPct } },
    { side: "sell", entry: decimal("100.07") },
    decimal("1"),
  );
  return [stopPrice && plain(stopPrice), takePrice && plain(takePrice)];
};

describe("protective levels", () => {
  it("lie at their distance from the entry, rounded away from a better price than modeled", () => {
    expect(levels(3, 5)).toEqual(["97.06", "105.08"]);
    expect(levels()).toEqual([undefined, undefined]);
  });

  it("take the nearer of stop and trailing distance", () => {
    expect(levels(3, undefined, 2)).toEqual(["98.06", undefined]);
    expect(levels(1, undefined, 2)).toEqual(["99.06", undefined]);
    expect(levels(undefined, undefined, 2)).toEqual(["98.06", undefined]);
  });

  it("trail the highest price up and never down", () => {
    const from = (highest: string | undefined, trailingPct: number | undefined) => {
      const best = highest === undefined ? undefined : decimal(highest);
      const opened = { side: "sell", entry: decimal("100.07"), best } as const;
      return plain(movedStop(BTC, { stopPct: 2, takePct: undefined, trailingPct }, opened, decimal("98.06")));
    };
    expect(from("110.03", 2)).toBe("107.82");
    expect(from("99", 2)).toBe("98.06");
    expect(from(undefined, 2)).toBe("98.06");
    expect(from("110", undefined)).toBe("98.06");
  });
});
