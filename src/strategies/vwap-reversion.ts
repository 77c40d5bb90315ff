import { numberFrom, period } from "./define.ts";
import { defineRules } from "./named-rules.ts";

/** It buys when the price comes back above its own short average, not the fall. The average is that of the UTC day, so nothing is bought before its beginning was seen. */
export default defineRules({
  summary: "Buys below the day's volume-weighted average price once the price turns up; sells when it is back there",
  params: {
    distance: numberFrom(0.05, 50, 1).describe("How far below the average it buys, in percent of it"),
    turn: period(3).describe("Candles of the short average that the close must be above: the turn upwards"),
    patience: period(60).describe("Candles after which it sells whatever happened"),
  },
  refuse: ({ turn }) => (turn > 1 ? undefined : "turn must be at least 2, found 1: a close is never above its own average; raise turn"),
  enter: "close < vwap() * (1 - {distance}%) and close crosses above ema({turn})",
  exit: "close >= vwap() or bars_held >= {patience}",
});
