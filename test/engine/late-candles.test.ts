import { describe, expect, it } from "vitest";
import { TransientError } from "../../src/domain/errors.ts";
import { plain } from "../../src/domain/money.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { beat, LiveMarket, MINUTE_S } from "../kit/engine-live.ts";
import { type EngineRig, OWNER, openRig, startBot } from "../kit/engine-rig.ts";
import { FakeClock } from "../kit/fake-clock.ts";

const BTC = "BTC/USDT";
const FROM_MS = Date.UTC(2026, 0, 1, 11, 0);
const NOON = Date.UTC(2026, 0, 1, 12, 0);
/** Flat for an hour, bought at 102, down to 95, and up to 110. */
const CLOSES = [...Array<number>(60).fill(100), 100, 102, 102, 102, 95, 95, 110, 110, 110, 110, 110, 110];

/** An exchange whose candles may stay out while its prices go on. */
class LateCandles extends LiveMarket {
  hasCandles = true;
  override async advance(after: number, until: number, symbols: ReadonlySet<string>, limit: number) {
    if (!this.hasCandles) throw new TransientError("no candles now");
    return super.advance(after, until, symbols, limit);
  }
}

/** A bot that has bought at 102 and sells by its trailing stop only. */
async function held(trailingPct: number, closes: readonly number[] = CLOSES) {
  const clock = new FakeClock(NOON);
  const market = new LateCandles({ [BTC]: closes }, clock, FROM_MS);
  market.shown.set(BTC, 100);
  const rig = await openRig({ market, clock });
  const rules = { strategy: "rules", params: {}, rules: { enter: "close > 101", exit: undefined } };
  await startBot(rig, { name: "one", ...rules, protection: { stopPct: undefined, takePct: undefined, trailingPct } });
  market.shown.set(BTC, 102);
  await beat(rig, 3 * MINUTE_S);
  return { rig, market };
}

const fillsOf = async (rig: EngineRig) =>
  (await rig.eventsOf(OWNER, "order-filled")).map(({ purpose, fill }) => `${purpose} ${plain(fill.price)}`);

describe("candles that come late on a live market", () => {
  it("are not matched where the watch has seen their prices: a stop that has risen since was not there then", async () => {
    const { rig, market } = await held(10);
    market.hasCandles = false;
    await beat(rig, MINUTE_S);
    market.shown.set(BTC, 95);
    await beat(rig, 2 * MINUTE_S);
    market.shown.set(BTC, 110);
    await beat(rig, 4 * MINUTE_S);
    market.hasCandles = true;
    await beat(rig, 10);
    expect(await fillsOf(rig)).toEqual(["entry 102"]);
  });

  it("come before the prices that follow an outage of everything", async () => {
    const { rig, market } = await held(10);
    market.down = true;
    await beat(rig, 6 * MINUTE_S);
    market.shown.set(BTC, 110);
    market.down = false;
    await beat(rig, 10);
    expect(await fillsOf(rig)).toEqual(["entry 102"]);
    expect(plain(rig.engine.bot("one")!.state.highest!)).toBe("110");
  });

  it("are not waited for when they stay out after an outage", async () => {
    const { rig, market } = await held(10);
    market.down = true;
    await beat(rig, 6 * MINUTE_S);
    market.down = false;
    market.hasCandles = false;
    market.shown.set(BTC, 80);
    await beat(rig, 10);
    expect(await fillsOf(rig)).toEqual(["entry 102"]);
    await beat(rig, 10);
    expect(await fillsOf(rig)).toEqual(["entry 102", "stop 80"]);
  });

  it("of an outage stop out a position that a stop would have left meanwhile", async () => {
    const { rig, market } = await held(5);
    market.down = true;
    await beat(rig, 6 * MINUTE_S);
    market.shown.set(BTC, 110);
    market.down = false;
    await beat(rig, 10);
    expect((await fillsOf(rig)).slice(0, 2)).toEqual(["entry 102", "stop 96.9"]);
    expect((await rig.eventsOf(OWNER, "order-filled"))[1]!.fill.marketMs).toBeLessThan(NOON + 6 * MINUTE_MS);
  });
});
