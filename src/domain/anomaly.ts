/** What may look unusual, each in a unit of its own. */
export const ANOMALY_SERIES = ["price", "slide", "volume", "slippage", "latency", "fills", "result", "orders", "silence"] as const;
export type AnomalySeries = (typeof ANOMALY_SERIES)[number];

/** What a series is of; one of the three. */
export type AnomalySubject =
  | { readonly kind: "symbol"; readonly symbol: string; readonly market: string }
  | { readonly kind: "bot"; readonly botId: string }
  | { readonly kind: "account"; readonly account: string };

/** One value that is far from what is usual, with the numbers that say so. Doubles: nothing here is money, and nothing that trades reads it. */
export interface Anomaly {
  readonly series: AnomalySeries;
  readonly subject: AnomalySubject;
  readonly value: number;
  /** Median of the values before it. */
  readonly usual: number;
  /** How far values usually are from it: their median absolute deviation, as a standard deviation of a normal distribution. */
  readonly spread: number;
  /** From this distance to the usual on it is an anomaly. */
  readonly limit: number;
  readonly samples: number;
}

/** As the desk remembers it. */
export interface SeenAnomaly extends Anomaly {
  readonly marketMs: number;
  /** Whether people were told, or the like of it had just been told. */
  readonly isTold: boolean;
  /** Anomalies before it that there were too many of to be written down. */
  readonly heldBack: number;
}
