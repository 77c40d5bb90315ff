import { enter, exit, hold } from "../domain/signal.ts";
import { ema } from "../indicators/ema.ts";
import { apart, crossedAbove, crossedBelow, defineStrategy, period } from "./define.ts";

export default defineStrategy({
  summary: "Buys when a fast average crosses above a slow one; sells on the way back",
  params: {
    fast: period(12).describe("Candles of the fast average"),
    slow: period(26).describe("Candles of the slow average"),
  },
  refuse: ({ fast, slow }) =>
    fast < slow ? undefined : `fast must be shorter than slow, found fast ${fast} and slow ${slow}; lower fast or raise slow`,
  indicators: ({ fast, slow }) => ({ fast: ema(fast), slow: ema(slow) }),
  decide: ({ values, position }) => {
    const fast = values.fast.value;
    const slow = values.slow.value;
    if (position.flat && crossedAbove(fast, slow)) {
      const [fastText, slowText] = apart(fast.now, slow.now);
      return enter("long", `fast average ${fastText} crossed above slow ${slowText}`);
    }
    if (position.long && crossedBelow(fast, slow)) {
      const [fastText, slowText] = apart(fast.now, slow.now);
      return exit(`fast average ${fastText} crossed below slow ${slowText}`);
    }
    return hold;
  },
});
