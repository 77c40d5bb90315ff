import { period } from "./define.ts";
import { defineRules } from "./named-rules.ts";

export default defineRules({
  summary: "Buys when a fast average crosses above a slow one; sells on the way back",
  params: {
    fast: period(12).describe("Candles of the fast average"),
    slow: period(26).describe("Candles of the slow average"),
  },
  refuse: ({ fast, slow }) =>
    fast < slow ? undefined : `fast must be shorter than slow, found fast ${fast} and slow ${slow}; lower fast or raise slow`,
  enter: "ema({fast}) crosses above ema({slow})",
  exit: "ema({fast}) crosses below ema({slow})",
});
