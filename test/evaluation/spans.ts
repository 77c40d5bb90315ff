import type { Timeframe } from "../../src/domain/timeframe.ts";

/** One recorded file on one stretch of its time. */
export interface Recording {
  readonly symbol: string;
  readonly file: string;
}

/** A stretch of time that had no part in choosing any default. */
export interface EvaluatedSpan {
  /** Also the name of its picture. */
  readonly id: string;
  readonly title: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly recordings: readonly Recording[];
}

const SPOT_2021 = [
  "ADA/USDT",
  "BCH/USDT",
  "BTC/USDT",
  "DOGE/USDT",
  "DOT/USDT",
  "EOS/USDT",
  "ETH/BTC",
  "ETH/USDT",
  "LINK/USDT",
  "LTC/USDT",
  "XRP/USDT",
];
const BINANCE_US = ["BTC/USD", "BTC/USDC", "BTC/USDT"];

const plain = (symbol: string): string => symbol.replace("/", "");

/** Each begins some days after its files do, so that indicators know their past. */
export const SPANS: readonly EvaluatedSpan[] = [
  {
    id: "may-2021",
    title: "May 2021, Binance spot",
    fromMs: Date.UTC(2021, 4, 1),
    toMs: Date.UTC(2021, 4, 20, 20),
    recordings: SPOT_2021.map((symbol) => ({ symbol, file: `market-data/binance-spot-${plain(symbol)}-1m-20210420-20210520.csv.gz` })),
  },
  {
    id: "march-2023",
    title: "March 2023, Binance.US spot",
    fromMs: Date.UTC(2023, 2, 3),
    toMs: Date.UTC(2023, 2, 22),
    recordings: BINANCE_US.map((symbol) => ({ symbol, file: `market-data/binanceus-${plain(symbol)}-1m-20230301-20230321.csv.gz` })),
  },
  {
    id: "year-2023",
    title: "2023, BTCUSDT perpetual",
    fromMs: Date.UTC(2023, 0, 1),
    toMs: Date.UTC(2024, 0, 1),
    recordings: [{ symbol: "BTC/USDT", file: "market-data/binance-um-BTCUSDT-1m-2022-2023.csv.gz" }],
  },
];

const TIMEFRAME_ELSE: Timeframe = "15m";
const TIMEFRAMES: Readonly<Record<string, Timeframe>> = { "momentum-scalp": "1m", "vwap-reversion": "5m" };

/** The candles that a strategy was made for: a scalp lives on minutes, the way back to the day's price on a few of them. */
export function timeframeFor(strategy: string): Timeframe {
  return TIMEFRAMES[strategy] ?? TIMEFRAME_ELSE;
}
