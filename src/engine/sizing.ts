import type { BotSpec, Sizing } from "../domain/bot.ts";
import { type IndicatorSpec, indicatorKey } from "../domain/signal.ts";
import { atr } from "../indicators/atr.ts";
import type { EntryQuestion } from "../risk/entry.ts";
import { atrPctOf, nearestStopPct, SIZING_ATR_PERIOD } from "../risk/sizing.ts";
import type { Slot } from "./feeds.ts";

const ATR = atr(SIZING_ATR_PERIOD);
const ATR_KEYS = [["atr", indicatorKey(ATR)]] as const;

/** What a size reads of the candles beyond what the strategy reads. */
export function sizingSpecs({ kind }: Sizing): readonly IndicatorSpec[] {
  return kind === "volatility-percent" ? [ATR] : [];
}

/** What the risk door is asked of a bot's size, on the newest slot that there is. */
export function sizeQuestion(
  { sizing, sizeMax, protection }: Pick<BotSpec, "sizing" | "sizeMax" | "protection">,
  slot: Slot | undefined,
): Pick<EntryQuestion, "sizing" | "sizeMax" | "stopPct" | "atrPct"> {
  const range = slot && atrAt(slot);
  const atrPct = sizing.kind === "volatility-percent" && slot ? atrPctOf(range, slot.candle.close) : undefined;
  const stopPct = nearestStopPct(protection, slot?.candle.close ?? Number.NaN, range);
  return { sizing, sizeMax, stopPct: Number.isNaN(stopPct) ? undefined : stopPct, atrPct };
}

function atrAt(slot: Slot): number | undefined {
  return slot.bundle("size", ATR_KEYS).atr?.value?.now;
}
