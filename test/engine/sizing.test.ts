import { describe, expect, it } from "vitest";
import { plain } from "../../src/domain/money.ts";
import { scripted } from "../kit/engine-market.ts";
import { OWNER, openRig, startBot } from "../kit/engine-rig.ts";

const BTC = "BTC/USDT";
/** Flat long enough for an average true range of fourteen candles, then up. */
const QUIET_THEN_UP = [...Array<number>(20).fill(100), 102, 102, 102];

describe("a size by volatility", () => {
  it("is reckoned from the range of the candles at the slot that wished it", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: QUIET_THEN_UP }) });
    await startBot(rig, { name: "vol", sizing: { kind: "volatility-percent", pct: 0.01 } });
    await rig.move(QUIET_THEN_UP.length);
    const [intent] = await rig.eventsOf(OWNER, "intent");
    const atrPct = rig.engine.bot("vol")?.atrPct;
    expect(intent && Number(plain(intent.intent.quantity))).toBeGreaterThan(0);
    expect(atrPct).toBeGreaterThan(0);
  });

  it("is denied before the first candle of its bot, and in a market that stands still, and says so", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: QUIET_THEN_UP }) });
    await startBot(rig, { name: "vol", sizing: { kind: "volatility-percent", pct: 1 } });
    for (const minutes of [0, 16]) {
      await rig.move(minutes);
      expect(rig.engine.entryNow("vol")).toMatchObject({ allowed: false, code: "sizing" });
    }
  });
});
