import type { Candle, FoldedCandle } from "../../domain/candle.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { createKernel } from "../../indicators/registry.ts";
import { sma } from "../../indicators/sma.ts";
import type { Picture } from "../../ports/picture.ts";
import { candleChart } from "./candle-chart.ts";
import type { Overlay, PriceLevel } from "./candle-data.ts";

/** The averages that traders look for. */
const PERIODS = [20, 50] as const;
/** Candles before the first that is shown, so that the averages are known from there on. */
export const CANDLES_BEFORE = Math.max(...PERIODS);

export interface SymbolChart {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly quote: string;
  readonly market: string;
  /** Closed candles, ascending, with those before the shown ones; at least one. */
  readonly candles: readonly FoldedCandle[];
  /** How many of the newest are shown. */
  readonly shown: number;
  readonly levels?: readonly PriceLevel[];
}

/** A symbol as it trades: the newest candles with their averages and volume. An average that is never known is left out. */
export function symbolChart({ candles, shown, ...rest }: SymbolChart): Picture {
  const lines = PERIODS.map((period) => ({ name: `SMA ${period}`, values: averages(candles, period).slice(-shown) }));
  const known = lines.filter(({ values }: Overlay) => values.some(Number.isFinite));
  return candleChart({ ...rest, candles: candles.slice(-shown), lines: known });
}

function averages(candles: readonly Candle[], period: number): readonly number[] {
  const kernel = createKernel(sma(period));
  return candles.map((candle) => {
    kernel.push(candle);
    return kernel.at(0);
  });
}
