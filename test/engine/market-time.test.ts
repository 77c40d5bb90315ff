import { describe, expect, it } from "vitest";
import { UserError } from "../../src/domain/errors.ts";
import { HOUR_MS, MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import type { Scheduled } from "../../src/ports/streams.ts";
import { beat } from "../kit/engine-live.ts";
import { ArrayMarket, NOON, scripted } from "../kit/engine-market.ts";
import { OWNER, openRig, startBot } from "../kit/engine-rig.ts";

const BTC = "BTC/USDT";
const UP = [100, 102, 102, 102, 102, 102, 102, 102, 102, 102];

/** Nothing trades in the market's minutes from 4 to 33. */
function withOutage(): ArrayMarket {
  const whole = scripted({ [BTC]: Array<number>(60).fill(100) });
  const candles = whole.candles
    .get(BTC)!
    .filter(({ openTimeMs }) => openTimeMs < NOON + 4 * MINUTE_MS || openTimeMs >= NOON + 34 * MINUTE_MS);
  return new ArrayMarket({ ...whole, startMs: whole.startMs, instruments: whole.instruments, candles: new Map([[BTC, candles]]) });
}

describe("market time", () => {
  it("passes an outage of the market in a script that moves in smaller spans than the outage", async () => {
    const rig = await openRig({ market: withOutage() });
    await startBot(rig, { name: "one" });
    for (let move = 0; move < 9; move += 1) await rig.move(5);
    expect(rig.engine.market().atMs).toBe(NOON + 45 * MINUTE_MS);
  });

  it("ends with the market's last candle and says so", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: UP }) });
    await startBot(rig, { name: "one" });
    expect(rig.engine.market().ended).toBe(false);
    const facts = await rig.engine.moveMarket("end");
    expect([facts.ended, facts.atMs]).toEqual([true, NOON + 10 * MINUTE_MS]);
  });

  it("moves by hand only in a script", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: UP }), speed: 60 });
    await expect(rig.engine.moveMarket({ forMs: 1 })).rejects.toThrow(UserError);
    await expect(rig.engine.moveMarket({ forMs: 1 })).rejects.toThrow(/at speed 60.*MARKET_SPEED=script/);
  });

  it("moves as many times faster than the clock as it was told", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: Array<number>(60).fill(100) }), speed: 120 });
    await startBot(rig, { name: "one" });
    await beat(rig, 5);
    expect(rig.engine.market().atMs).toBe(NOON + 10 * MINUTE_MS);
  });

  it("at full speed stands still until a bot works, then runs to the end", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: UP }), speed: "max" });
    await beat(rig, 3);
    expect(rig.engine.market().atMs).toBe(NOON);
    await startBot(rig, { name: "one" });
    await beat(rig, 1);
    expect(rig.engine.market().atMs).toBe(NOON + 10 * MINUTE_MS);
    expect(rig.engine.bot("one")?.state.position.fillCount).toBe(1);
  });

  it("calls what falls due at its instant, with every account there", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: UP }) });
    await startBot(rig, { name: "one" });
    const seen: [number, number][] = [];
    let due: number = NOON + 3 * MINUTE_MS;
    const work: Scheduled = {
      dueMs: () => due,
      async run(at) {
        seen.push([at, rig.engine.bot("one")!.state.position.fillCount]);
        due = Number.POSITIVE_INFINITY;
      },
    };
    rig.schedule(work);
    await rig.move(10);
    expect(seen).toEqual([[NOON + 3 * MINUTE_MS, 1]]);
  });

  it("gives an account that has slept the market's time when it wakes, also after a restart", async () => {
    const market = scripted({ [BTC]: Array<number>(200).fill(100), "ETH/USDT": Array<number>(200).fill(50) });
    const rig = await openRig({ market });
    await startBot(rig, { name: "one" });
    await rig.engine.stopBot("one", false, { requestId: "stop", user: OWNER });
    await startBot(rig, { name: "two", symbol: "ETH/USDT" }, "telegram:9");
    await rig.move(120);
    await rig.engine.startBot("one", { requestId: "again", user: OWNER });
    expect(rig.engine.bot("one")!.state.startedMs).toBe(NOON + 2 * HOUR_MS);
    const next = await openRig({ market, store: rig.store });
    await next.move(150);
    expect(next.engine.bot("one")!.lastDecision!.slotMs).toBeGreaterThan(NOON + 2 * HOUR_MS);
    expect(next.books(OWNER).marketMs).toBe(marketMs(NOON + 2 * HOUR_MS + MINUTE_MS));
  });
});
