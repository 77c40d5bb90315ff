import { numberFrom, period } from "./define.ts";
import { defineRules } from "./named-rules.ts";

/**
 * Made for one-minute candles. A scalp lives on a few tenths of a percent, so it wants what makes a move real (volume well above its average before
 * it) and what makes it worth its costs (a narrow spread). A strategy sees candles, and they have no spread: it is estimated from highs and lows, and
 * where it cannot be estimated nothing is bought.
 */
export default defineRules({
  summary: "Buys a quick rise on high volume where the spread is narrow; sells when the rise is over. Made for 1m candles",
  params: {
    momentum: period(5).describe("Candles over which the rise is measured"),
    rise: numberFrom(0.01, 50, 0.3).describe("Rise in percent above which it buys"),
    surge: numberFrom(0.1, 100, 2).describe("How many times the average volume before it the candle must have"),
    period: period(20).describe("Candles of the average volume, the average price and the spread"),
    spreadMax: numberFrom(0.001, 10, 0.15).describe("Estimated spread in percent of the price above which it does not buy"),
    patience: period(15).describe("Candles after which it sells whatever happened"),
  },
  enter:
    "roc({momentum}) > {rise}% and close > ema({period}) and volume > {surge} * avgvolume({period})[1] and spread({period}) < {spreadMax}%",
  exit: "roc({momentum}) < 0% or close < ema({period}) or bars_held >= {patience}",
});
