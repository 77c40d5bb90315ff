import type { Candle } from "../../src/domain/candle.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { ArrayMarket, candlesOf, plainInstrument } from "./engine-market.ts";

/** Market time at which a story begins: an evening, so that the digest of 08:00 comes after twelve hours. */
export const STORY_STARTS_MS = Date.UTC(2026, 0, 5, 20);
/** Minutes of falling prices before the story, so that averages have settled. */
const BEFORE_MINUTES = 600;
const STORY_MINUTES = (2 * DAY_MS) / MINUTE_MS;
/** Minutes from the story's start after which ema-cross on 1m has entered on BTC, and after which its target of 4% was reached. */
export const ENTERED_AFTER = 30;
export const TAKEN_AFTER = 120;
const RISES_MINUTES = 130;

/**
 * A market with one story: BTC falls slowly, rises from the story's start by 0.05 a minute and then rests; ETH does the same but falls
 * through every stop after it has risen for 40 minutes. Fees are 10 bps, so that the books have something to add up.
 */
export function storyMarket(key = "story"): ArrayMarket {
  const startMs = STORY_STARTS_MS - BEFORE_MINUTES * MINUTE_MS;
  const candles = new Map<string, readonly Candle[]>([
    ["BTC/USDT", candlesOf(startMs, pathOf(RISES_MINUTES, 0))],
    ["ETH/USDT", candlesOf(startMs, pathOf(40, 60))],
  ]);
  const rules: Partial<Instrument> = { makerFeeBps: 10, takerFeeBps: 10 };
  const instruments = new Map([...candles.keys()].map((symbol) => [symbol, plainInstrument(symbol, rules)]));
  return new ArrayMarket({ candles, instruments, startMs: marketMs(STORY_STARTS_MS), key });
}

/** How many minutes lie between the story's start and the digest at 08:00 of the next day. */
export const UNTIL_DIGEST_MINUTES = (12 * HOUR_MS) / MINUTE_MS;

function pathOf(risesMinutes: number, fallsMinutes: number): number[] {
  const closes: number[] = [];
  let cents = 10_600;
  for (let minute = 0; minute < BEFORE_MINUTES + STORY_MINUTES; minute += 1) {
    const told = minute - BEFORE_MINUTES;
    if (told < 0) cents -= 1;
    else if (told < risesMinutes) cents += 5;
    else if (told < risesMinutes + fallsMinutes) cents -= 20;
    closes.push(cents / 100);
  }
  return closes;
}
