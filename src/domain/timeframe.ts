import { DAY_MS, HOUR_MS, MINUTE_MS } from "./time.ts";

/** Candle lengths that bots may use. All divide a UTC day, so slots are pure epoch arithmetic. */
export const TIMEFRAMES = ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "1d"] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];

const LENGTH_MS: Record<Timeframe, number> = {
  "1m": MINUTE_MS,
  "3m": 3 * MINUTE_MS,
  "5m": 5 * MINUTE_MS,
  "15m": 15 * MINUTE_MS,
  "30m": 30 * MINUTE_MS,
  "1h": HOUR_MS,
  "2h": 2 * HOUR_MS,
  "4h": 4 * HOUR_MS,
  "1d": DAY_MS,
};

/** How long a candle lasts, in milliseconds. */
export function timeframeMs(timeframe: Timeframe): number {
  return LENGTH_MS[timeframe];
}

/** The open time of the candle that contains an instant. */
export function slotOf(epochMs: number, timeframe: Timeframe): number {
  return epochMs - (epochMs % LENGTH_MS[timeframe]);
}
