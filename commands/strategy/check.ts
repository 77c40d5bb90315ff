import { marketTime } from "../../src/chat/amounts.ts";
import { symbols, timeframe } from "../../src/chat/args.ts";
import { rule } from "../../src/chat/args-rule.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { ruleCard, trialTable, tried } from "../../src/chat/rule-card.ts";
import { UserError } from "../../src/domain/errors.ts";
import { timeframeMs } from "../../src/domain/timeframe.ts";

/** Candles on which a rule is tried. */
const TRIED_CANDLES = 500;
/** History before them, in warm-ups: smoothed indicators forget where they began. */
const SETTLE_FACTOR = 5;

export default defineCommand({
  summary: "Explains a rule, and tries it on the market's newest candles",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {
    rule: rule.describe("The rule"),
    symbol: symbols.describe("Try it on this symbol").optional(),
    timeframe: timeframe.describe("Candle length to try it on").prefault("5m"),
  },
  async run({ args, engine }) {
    const answer = ruleCard(args.rule);
    const [symbol, ...more] = args.symbol ?? [];
    if (symbol === undefined) return answer;
    if (more.length > 0) throw new UserError(`symbol: expected one symbol, found ${more.length + 1}. Try the rule on one at a time.`);
    const candles = await engine.candles(symbol, args.timeframe, TRIED_CANDLES + args.rule.warmup * SETTLE_FACTOR);
    const newest = candles.at(-1);
    const trial = tried(args.rule, candles, TRIED_CANDLES);
    if (newest === undefined || trial.judged === 0) {
      return answer
        .warning()
        .line(`${symbol} has ${candles.length} closed candles of ${args.timeframe} here; the rule needs ${args.rule.warmup}.`);
    }
    const closedMs = newest.openTimeMs + timeframeMs(args.timeframe);
    const { label } = engine.market();
    return trialTable(answer, trial).line(
      `True on ${trial.trueOn} of the last ${trial.judged} candles of ${symbol} ${args.timeframe}, up to ${marketTime(closedMs)}. Market: ${label}.`,
    );
  },
});
