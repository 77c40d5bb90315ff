import { marketTime } from "../../src/chat/amounts.ts";
import { timeframe } from "../../src/chat/args.ts";
import { rule } from "../../src/chat/args-rule.ts";
import { anySymbol } from "../../src/chat/args-venue.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { symbolOf } from "../../src/chat/known.ts";
import { marketPlace } from "../../src/chat/market-place.ts";
import { ruleCard, trialTable, tried } from "../../src/chat/rule-card.ts";
import { historyMs } from "../../src/chat/rule-history.ts";
import { foldMinutes } from "../../src/domain/candle.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { timeframeMs } from "../../src/domain/timeframe.ts";
import { READING_MINUTES_MAX } from "../../src/ports/market-reader.ts";

/** Candles on which a rule is tried. */
const TRIED_CANDLES = 500;

export default defineCommand({
  summary: "Explains a rule, and tries it on the market's newest candles",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {
    rule: rule.describe("The rule"),
    symbol: anySymbol.describe("Try it on this symbol").optional(),
    timeframe: timeframe.describe("Candle length to try it on").prefault("5m"),
  },
  async run({ args, engine, accounts }) {
    const answer = ruleCard(args.rule);
    if (args.symbol === undefined) return answer;
    const place = marketPlace(engine, accounts, undefined);
    const symbol = symbolOf(args.symbol, [...place.instruments.keys()].sort());
    const lengthMs = timeframeMs(args.timeframe);
    const minutes = Math.min(READING_MINUTES_MAX, Math.ceil(historyMs(args.rule, lengthMs, TRIED_CANDLES) / MINUTE_MS));
    const candles = foldMinutes(await engine.candles(place.key, symbol, minutes), args.timeframe);
    const newest = candles.at(-1);
    const trial = tried(args.rule, candles, TRIED_CANDLES);
    if (newest === undefined || trial.judged === 0) {
      return answer
        .warning()
        .line(`${symbol} has ${candles.length} closed candles of ${args.timeframe} here; the rule needs ${args.rule.warmup}.`);
    }
    const closedMs = newest.openTimeMs + lengthMs;
    return trialTable(answer, trial).line(
      `True on ${trial.trueOn} of the last ${trial.judged} candles of ${symbol} ${args.timeframe}, up to ${marketTime(closedMs)}. Market: ${place.label}.`,
    );
  },
});
