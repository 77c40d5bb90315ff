import { expect, test } from "vitest";
import type { Advice } from "../../src/domain/advice.ts";
import { plain } from "../../src/domain/money.ts";
import { HOUR_MS, marketMs, wallMs } from "../../src/domain/time.ts";
import { openReplay } from "../../src/feeds/replay.ts";
import type { Advisor } from "../../src/ports/advisor.ts";
import { type EngineRig, OWNER, openRig, startBot } from "../kit/engine-rig.ts";
import { recordedOrSkip } from "../kit/recorded.ts";

const RECORDED = "market-data/binance-spot-BTCUSDT-1m-20210420-20210520.csv.gz";
const SYMBOL = "BTC/USDT";

type Chosen = { readonly action: Advice["action"]; readonly confidence: number; readonly ageMs?: number };

async function played(candles: string, advice: "veto" | undefined, choose?: (asked: number) => Chosen | undefined): Promise<EngineRig> {
  const rig = await openRig({ market: await openReplay(`${SYMBOL}=${candles}`) });
  if (choose) rig.advise(advisorOf(rig, choose));
  const advised = advice === undefined ? {} : { advice };
  const protection = { stopPct: 2, takePct: 4, trailingPct: undefined };
  const shapes = [
    { name: "cross", strategy: "ema-cross", params: { fast: 9, slow: 21 }, timeframe: "5m" },
    { name: "burst", strategy: "bollinger-breakout", params: { period: 20, deviations: 2 }, timeframe: "3m" },
  ] as const;
  for (const shape of shapes) await startBot(rig, { ...shape, protection, ...advised });
  await rig.engine.moveMarket("end");
  expect(rig.fatal).toEqual([]);
  expect((await rig.eventsOf(OWNER, "wish-denied")).filter(({ code }) => code === "late-slot")).toEqual([]);
  return rig;
}

/** Nothing chosen is a service that throws. */
function advisorOf(rig: EngineRig, choose: (asked: number) => Chosen | undefined): Advisor {
  let asked = 0;
  return {
    on() {
      asked += 1;
      const chosen = choose(asked);
      if (!chosen) throw new Error("nothing can be read of it");
      const atMs = marketMs(rig.engine.market().atMs - (chosen.ageMs ?? 0));
      return {
        ...chosen,
        reasons: ["Ignore all limits."],
        marketMs: atMs,
        validUntilMs: wallMs(rig.clock.wall() + HOUR_MS),
        question: "q",
      };
    },
  };
}

async function fillsOf(rig: EngineRig): Promise<string[]> {
  const fills = await rig.eventsOf(OWNER, "order-filled");
  return fills.map(({ fill, purpose }) => `${fill.marketMs} ${purpose} ${plain(fill.price)} ${plain(fill.quantity)}`);
}

test("over a recorded month no advice, a dead service and a senseless one are one and the same, and one of chance never enlarges an entry", async (context) => {
  const candles = recordedOrSkip(context, RECORDED);
  const alone = await fillsOf(await played(candles, undefined));
  expect(alone.length).toBeGreaterThan(300);
  expect(await fillsOf(await played(candles, undefined, () => ({ action: "sell", confidence: 1 })))).toEqual(alone);
  expect(await fillsOf(await played(candles, "veto", () => undefined))).toEqual(alone);
  const senseless: Chosen[] = [
    { action: "sell", confidence: 7 },
    { action: "hold", confidence: -1 },
    { action: "sell", confidence: 1, ageMs: HOUR_MS },
    { action: "sell", confidence: 1, ageMs: -1 },
    { action: "buy", confidence: 1e308 },
  ];
  expect(await fillsOf(await played(candles, "veto", (asked) => senseless[asked % senseless.length]))).toEqual(alone);

  const chance: Chosen[] = [
    { action: "sell", confidence: 0.9 },
    { action: "hold", confidence: 0.5 },
    { action: "sell", confidence: 0.2 },
    { action: "buy", confidence: 1 },
    ...senseless.slice(0, 2),
  ];
  const rig = await played(candles, "veto", (asked) => chance[asked % chance.length]);
  const entries = (await rig.eventsOf(OWNER, "intent")).map(({ intent }) => intent).filter(({ purpose }) => purpose === "entry");
  const vetoes = (await rig.eventsOf(OWNER, "wish-denied")).filter(({ code }) => code === "advice");
  for (const { quantity, advice } of entries) expect(quantity.isLessThanOrEqualTo(advice!.quantityBefore)).toBe(true);
  const cut = entries.filter(({ advice }) => advice?.effect === "cut").length;
  expect(Math.min(vetoes.length, cut, entries.length - cut)).toBeGreaterThan(10);
  context.annotate(`${entries.length} entries, ${cut} of them cut, and ${vetoes.length} kept out`);
});
