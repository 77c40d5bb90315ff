import { enter, exit, hold } from "../domain/signal.ts";
import { rsi } from "../indicators/rsi.ts";
import { apart, crossedAbove, defineStrategy, level, numberFrom, period, rounded } from "./define.ts";

/** Significant digits of an index value in a reason. */
const RSI_DIGITS = 3;

/**
 * It buys the way back from oversold, not the fall itself. A reading of exactly 0 is not oversold: that is what the index says when
 * prices have not moved at all. A jump from oversold to beyond the exit level in one candle is let go, because the next decision would sell.
 */
export default defineStrategy({
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
  indicators: ({ period }) => ({ rsi: rsi(period) }),
  decide: ({ values, position, params: { enterBelow, exitAbove } }) => {
    const strength = values.rsi.value;
    const recovering = strength.before > 0 && crossedAbove(strength, level(enterBelow)) && strength.now <= exitAbove;
    if (position.flat && recovering) {
      const [now, bound] = apart(strength.now, enterBelow, RSI_DIGITS);
      return enter("long", `RSI ${now} crossed back above ${bound}, from ${rounded(strength.before, RSI_DIGITS)}`);
    }
    if (position.long && strength.now > exitAbove) {
      const [now, bound] = apart(strength.now, exitAbove, RSI_DIGITS);
      return exit(`RSI ${now} is above ${bound}`);
    }
    return hold;
  },
});
