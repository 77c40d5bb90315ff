import { numberFrom, period } from "./define.ts";
import { defineRules } from "./named-rules.ts";

/**
 * It buys the way back from oversold, not the fall itself. An RSI without movement is undefined in a rule, so it is never oversold. A jump from
 * oversold to beyond the exit level in one candle is let go, because the next decision would sell.
 */
export default defineRules({
  summary: "Buys when the RSI comes back up from oversold; sells when it has recovered",
  params: {
    period: period(14).describe("Candles of the RSI"),
    enterBelow: numberFrom(1, 99, 30).describe("RSI level below which the market is oversold; buys when the RSI crosses back above it"),
    exitAbove: numberFrom(1, 99, 55).describe("RSI level above which it sells"),
  },
  refuse: ({ enterBelow, exitAbove }) =>
    enterBelow < exitAbove
      ? undefined
      : `enterBelow must be lower than exitAbove, found ${enterBelow} and ${exitAbove}; lower enterBelow or raise exitAbove`,
  enter: "rsi({period}) crosses above {enterBelow} and rsi({period}) <= {exitAbove}",
  exit: "rsi({period}) > {exitAbove}",
});
