import { describe, expect, it } from "vitest";
import type { Instrument } from "../../src/domain/instrument.ts";
import { beat, LiveMarket, MINUTE_S } from "../kit/engine-live.ts";
import { by, OWNER, openRig, startBot } from "../kit/engine-rig.ts";
import { FakeClock } from "../kit/fake-clock.ts";

const BTC = "BTC/USDT";
const FROM_MS = Date.UTC(2026, 0, 1, 11, 0);
const NOON = Date.UTC(2026, 0, 1, 12, 0);
const RULES = { strategy: "rules", params: {}, rules: { enter: "close > 101", exit: undefined } };

/** An exchange that delists while it answers: the list of symbols was read again beside the question. */
class Delisting extends LiveMarket {
  delistsIn: "prices" | "advance" | undefined;
  override async prices(symbols: ReadonlySet<string>) {
    const readings = await super.prices(symbols);
    if (this.delistsIn === "prices") (this.instruments as Map<string, Instrument>).delete(BTC);
    return readings;
  }
  override async advance(after: number, until: number, symbols: ReadonlySet<string>, limit: number) {
    const found = await super.advance(after, until, symbols, limit);
    if (this.delistsIn === "advance" && found.steps.length > 0) (this.instruments as Map<string, Instrument>).delete(BTC);
    return found;
  }
}

async function opened(closes: readonly number[]) {
  const clock = new FakeClock(NOON);
  const market = new Delisting({ [BTC]: [...Array<number>(60).fill(100), ...closes] }, clock, FROM_MS);
  market.shown.set(BTC, 102);
  const rig = await openRig({ market, clock });
  return { rig, market };
}

describe("a symbol that is delisted while its answer is on the way", () => {
  it("ends nothing when a price of a held position comes", async () => {
    const { rig, market } = await opened([100, 102, 102, 102, 102, 102]);
    await startBot(rig, { name: "one", ...RULES, protection: { stopPct: undefined, takePct: undefined, trailingPct: 10 } });
    await beat(rig, 3 * MINUTE_S);
    expect((await rig.eventsOf(OWNER, "order-filled")).length).toBe(1);
    market.delistsIn = "prices";
    market.shown.set(BTC, 103);
    await beat(rig, 5);
    expect(rig.fatal).toEqual([]);
  });

  it("ends nothing when a candle comes on which its bot would enter", async () => {
    const { rig, market } = await opened([100, 100, 102, 102, 102]);
    await startBot(rig, { name: "one", ...RULES, protection: { stopPct: 5, takePct: undefined, trailingPct: undefined } });
    await beat(rig, 90);
    market.delistsIn = "advance";
    await beat(rig, 3 * MINUTE_S);
    expect(rig.fatal).toEqual([]);
  });

  it("keeps its stop when it is listed again, whatever was written meanwhile", async () => {
    const { rig, market } = await opened([100, 102, 102, 102, 102, 102, 102, 102]);
    await startBot(rig, { name: "one", ...RULES, protection: { stopPct: 5, takePct: undefined, trailingPct: undefined } });
    await beat(rig, 3 * MINUTE_S);
    const listed = market.instruments as Map<string, Instrument>;
    const rules = listed.get(BTC)!;
    listed.delete(BTC);
    await rig.engine.stopBot("one", false, by("stop"));
    await beat(rig, 5);
    listed.set(BTC, rules);
    await beat(rig, 5);
    market.shown.set(BTC, 90);
    await beat(rig, 5);
    expect((await rig.eventsOf(OWNER, "order-filled")).map(({ purpose }) => purpose)).toEqual(["entry", "stop"]);
    expect(rig.fatal).toEqual([]);
  });
});

describe("a bot whose symbol the exchange lists no more", () => {
  it("does not silence the heartbeat of a desk whose other prices are fresh", async () => {
    const clock = new FakeClock(NOON);
    const ETH = "ETH/USDT";
    const flat = Array<number>(70).fill(100);
    const market = new Delisting({ [BTC]: flat, [ETH]: flat }, clock, FROM_MS);
    market.shown.set(BTC, 100);
    market.shown.set(ETH, 100);
    const rig = await openRig({ market, clock });
    const protection = { stopPct: 5, takePct: undefined, trailingPct: undefined };
    await startBot(rig, { name: "one", ...RULES, protection });
    await startBot(rig, { name: "two", ...RULES, symbol: ETH, protection });
    await beat(rig, 30);
    expect(rig.pulse.problems()).toEqual([]);
    (market.instruments as Map<string, Instrument>).delete(ETH);
    market.shown.delete(ETH);
    await beat(rig, 60);
    expect(rig.pulse.problems()).toEqual([]);
    market.shown.delete(BTC);
    await beat(rig, 60);
    expect(rig.pulse.problems()).toEqual([expect.stringMatching(/stops that the desk holds are blind/)]);
  });

  it("is not watched where the exchange has listed nothing yet", async () => {
    const clock = new FakeClock(NOON);
    const market = new Delisting({ [BTC]: Array<number>(70).fill(100) }, clock, FROM_MS);
    market.shown.set(BTC, 100);
    const rig = await openRig({ market, clock });
    await startBot(rig, { name: "one", ...RULES, protection: { stopPct: 5, takePct: undefined, trailingPct: undefined } });
    await beat(rig, 30);
    (market.instruments as Map<string, Instrument>).clear();
    market.shown.delete(BTC);
    await beat(rig, 60);
    expect(rig.pulse.problems()).toEqual([expect.stringMatching(/stops that the desk holds are blind/)]);
  });
});
