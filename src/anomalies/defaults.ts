import type { AnomalySeries } from "../domain/anomaly.ts";
import { HOUR_MS } from "../domain/time.ts";

/** When a series raises an alarm. */
export interface SeriesTerms {
  /** Values that the usual is taken from; older ones are forgotten. */
  readonly window: number;
  /** With fewer values nothing is called unusual. */
  readonly samplesMin: number;
  /** So many spreads from the usual are unusual. */
  readonly spreads: number;
  /** A distance below this is nothing to be told of, however still it was before; in the unit of the series. */
  readonly distanceMin: number;
  /** The least spread that is reckoned with, so that values that never differ do not make each difference infinite. */
  readonly spreadMin: number;
  readonly side: "both" | "above";
}

/**
 * Every number of the anomaly detection, with its reason. Tuned on the recorded minutes of the BTCUSDT perpetual in 2022 and on nothing else. The aim: under one false alarm a day
 * of an ordinary month, all series of a symbol together. `npm run anomalies` measures it again.
 */
export const ANOMALY_TERMS: Readonly<Record<AnomalySeries, SeriesTerms>> = {
  // Percent from close to close of a minute. A day as window follows the volatility of the week and sees each hour of the day once. Minutes have fat tails: 8 spreads happen
  // about once a day in every month of 2022, 20 between 0.1 and 0.3 times a day in most. Half a percent is what a scalper's stop feels; without it still nights raise most alarms.
  price: { window: 1_440, samplesMin: 720, spreads: 20, distanceMin: 0.5, spreadMin: 0.005, side: "both" },
  // Percent over a quarter of an hour, end to end: a slide that no single minute shows. A week of quarters as window, so that the hours of the day are all in it seven times.
  // 10 spreads and 1.5 % were 0.03 to 0.3 times a day.
  slide: { window: 672, samplesMin: 96, spreads: 10, distanceMin: 1.5, spreadMin: 0.02, side: "both" },
  // Natural logarithm of what a minute traded in quote: 6 spreads above the median is a minute that trades some hundred times as much. 5 spreads were up to 0.8 a day, 6 at most 0.2.
  volume: { window: 1_440, samplesMin: 720, spreads: 6, distanceMin: 2, spreadMin: 0.25, side: "above" },
  // Basis points that a fill was worse than the close it was decided on. 30 fills are the least from which a spread says something; 10 spreads because slippage has the tails of the
  // minute after a signal; 20 basis points are twice a taker's fee.
  slippage: { window: 200, samplesMin: 30, spreads: 10, distanceMin: 20, spreadMin: 2, side: "above" },
  // Milliseconds from the durable intent to the exchange's answer. Networks have bad minutes: 10 spreads and two seconds, by which a price for an entry is stale.
  latency: { window: 200, samplesMin: 30, spreads: 10, distanceMin: 2_000, spreadMin: 50, side: "above" },
  // Fills of an account in an hour, hours without one counted too: a week of hours. An account that trades rarely has a spread of zero, so that the distance decides: 20 fills.
  fills: { window: 168, samplesMin: 24, spreads: 10, distanceMin: 20, spreadMin: 1, side: "above" },
  // Percent of the notional that a closing fill made. A bot with stop and target has two usual results, and where it mostly closes by its rule both are far from the middle: 8
  // spreads, and no less than 5 %, which is past the stops and targets of a scalp, and so a gap through one. 3 % raised alarms on ordinary targets of 4 %.
  result: { window: 100, samplesMin: 20, spreads: 8, distanceMin: 5, spreadMin: 0.1, side: "both" },
  // Orders of a bot in an hour, hours without one counted too. An entry, its stop, its target and an exit are four; 30 in one hour is a bot that goes round in circles.
  orders: { window: 168, samplesMin: 24, spreads: 10, distanceMin: 30, spreadMin: 1, side: "above" },
  // Hours since a running bot wished anything, against the hours between its wishes. Signals cluster: 15 spreads, and no less than three days, for a weekend is quiet.
  silence: { window: 60, samplesMin: 12, spreads: 15, distanceMin: 72, spreadMin: 1, side: "above" },
};

/** A series of one subject is quiet so long after an alarm: what goes on is the same episode. The aftermath of a jump lasts hours. */
export const EPISODE_MS = 6 * HOUR_MS;
/** Symbols fall together: within this time after an alarm, the same series of another subject is written down and not told. */
export const ALIKE_MS = HOUR_MS;
/** Anomalies written down in an hour, over everything; what is more is counted. A desk in trouble has other alerts to read. */
export const HOURLY_MAX = 12;
/** Symbols, bots and accounts that are watched; a subject beyond it takes the place of the one that was heard of longest ago. A symbol takes some 60 kilobytes, a bot at most 10. */
export const SYMBOLS_MAX = 200;
export const SUBJECTS_MAX = 2_000;
/** Minutes of history that a symbol begins with. */
export const WARMUP_MINUTES = 1_440;
