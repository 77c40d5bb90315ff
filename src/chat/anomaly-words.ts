import type { Anomaly, AnomalySeries, SeenAnomaly } from "../domain/anomaly.ts";
import { HOUR_MS, spanText } from "../domain/time.ts";
import { percentText } from "./amounts.ts";

interface Words {
  /** What happened, to follow the name of what it happened to. */
  readonly says: (anomaly: Anomaly) => string;
  /** A value or a distance in the unit of the series. */
  readonly unit: (value: number) => string;
  /** What the values are of, as in "the last 200 fills". */
  readonly of: string;
}

const pct = (value: number) => `${value.toFixed(2)}%`;
const count = (value: number) => String(Number(value.toFixed(1)));
const hours = (value: number) => spanText(value * HOUR_MS);

const WORDS: Readonly<Record<AnomalySeries, Words>> = {
  price: { says: ({ value }) => `moved ${percentText(value)} within a minute`, unit: pct, of: "minutes" },
  slide: { says: ({ value }) => `moved ${percentText(value)} within a quarter of an hour`, unit: pct, of: "quarters of an hour" },
  volume: {
    says: ({ value, usual }) => `was traded ${timesText(Math.exp(value - usual))} as much as in a usual minute`,
    // The series is a logarithm, which nobody reads.
    unit: (value) => `${count(Math.exp(value))}-fold`,
    of: "minutes",
  },
  slippage: {
    says: ({ value }) => `was filled ${count(value)} bps worse than the price that was decided on`,
    unit: (value) => `${count(value)} bps`,
    of: "fills",
  },
  latency: {
    says: ({ value }) => `got an answer to an order only after ${Math.round(value).toLocaleString("en-US")} ms`,
    unit: (value) => `${Math.round(value).toLocaleString("en-US")} ms`,
    of: "answers",
  },
  fills: { says: ({ value }) => `has ${count(value)} fills within an hour`, unit: count, of: "hours" },
  result: { says: ({ value }) => `closed with ${percentText(value)} of what it sold`, unit: pct, of: "closing fills" },
  orders: { says: ({ value }) => `made ${count(value)} orders within an hour`, unit: count, of: "hours" },
  silence: { says: ({ value }) => `has wished nothing for ${hours(value)}`, unit: hours, of: "pauses between its wishes" },
};

/** Each series by its name for people. */
export const SERIES_NAMES: Readonly<Record<AnomalySeries, string>> = {
  price: "Price",
  slide: "Slide",
  volume: "Volume",
  slippage: "Slippage",
  latency: "Latency",
  fills: "Fills",
  result: "Result",
  orders: "Order storm",
  silence: "Silence",
};

/** What happened, as `BTC/USDT moved -1.42% within a minute`. */
export function anomalyTitle(anomaly: Anomaly, name: string): string {
  return `${name} ${WORDS[anomaly.series].says(anomaly)}`;
}

/** The numbers behind it, in one sentence. */
export function anomalyNumbers({ series, usual, spread, limit, samples }: Anomaly): string {
  const { unit, of } = WORDS[series];
  const common = `of the last ${samples.toLocaleString("en-US")} ${of}`;
  // The logarithms of a volume say how many times as much; its median itself says nothing.
  if (series === "volume")
    return `Half of the last ${samples.toLocaleString("en-US")} minutes lie within ${unit(spread * 0.6745)} of their median; ${unit(limit)} is unusual.`;
  return `Usual is ${unit(usual)} (median ${common}), give or take ${unit(spread)} (median deviation); from ${unit(limit)} away on it is unusual.`;
}

/** What there is beside it. */
export function heldBackText({ heldBack }: SeenAnomaly): string | undefined {
  if (heldBack === 0) return undefined;
  return heldBack === 1
    ? "One more before it was too much for its hour and is not listed."
    : `${heldBack} more before it were too many for their hour and are not listed.`;
}

function timesText(factor: number): string {
  return `${factor >= 10 ? Math.round(factor).toLocaleString("en-US") : factor.toFixed(1)} times`;
}
