import { WIDTH_MAX } from "../indicators/declare.ts";
import { numberFrom, period, rounded } from "./define.ts";
import { defineRules } from "./named-rules.ts";

const DEVIATIONS_MIN = 0.1;

/**
 * The band includes the newest close, so a close stands at most sqrt(period - 1) deviations above its own average (Samuelson 1968):
 * a band further away could never be crossed, and such parameters are refused.
 */
export default defineRules({
  summary: "Buys when the close breaks out above the upper Bollinger band; sells when it falls back below the middle",
  params: {
    period: period(20).describe("Candles of the bands"),
    deviations: numberFrom(DEVIATIONS_MIN, WIDTH_MAX, 2).describe("Distance of the upper band from the middle, in standard deviations"),
  },
  refuse: ({ period, deviations }) => {
    const reach = Math.sqrt(period - 1);
    return deviations < reach
      ? undefined
      : `a close can be at most ${rounded(reach)} deviations above the average of ${period} candles, found deviations ${deviations}; raise period or lower deviations`;
  },
  enter: "close crosses above bollinger({period}, {deviations}).upper",
  exit: "close crosses below bollinger({period}, {deviations}).middle",
});
