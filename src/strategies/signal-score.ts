import { HISTORY_MAX } from "../rules/limits.ts";
import { numberFrom, period } from "./define.ts";
import { defineRules } from "./named-rules.ts";

const VOTES = 6;

const SCORE =
  "score(close > ema({trend}), close > vwap(), macd(12, 26, 9).histogram > 0, rsi(14) > 50, obv() > obv()[{period}], adx(14).plus > adx(14).minus)";

/** Six votes on trend, place in the day, momentum, strength, volume and direction. A vote that cannot be taken yet counts for nothing: it waits. */
export default defineRules({
  summary: "Counts six signs of a rising market; buys when enough of them agree and sells when too few do",
  params: {
    enterAt: numberFrom(1, VOTES, 5).describe("Signs, of six, with which it buys"),
    exitAt: numberFrom(0, VOTES - 1, 2).describe("Signs, of six, with which it sells"),
    trend: period(100).describe("Candles of the average that tells the trend"),
    period: period(20).describe("Candles over which the on-balance volume must have risen"),
  },
  refuse: ({ enterAt, exitAt, period }) => {
    if (period > HISTORY_MAX) return `period must be at most ${HISTORY_MAX}, found ${period}: a rule looks no further back; lower period`;
    return exitAt < enterAt
      ? undefined
      : `exitAt must be lower than enterAt, found ${exitAt} and ${enterAt}; lower exitAt or raise enterAt`;
  },
  enter: `${SCORE} >= {enterAt}`,
  exit: `${SCORE} <= {exitAt}`,
});
