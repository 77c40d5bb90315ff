import { marketTime, percentText, priceText } from "../../src/chat/amounts.ts";
import { count, timeframe } from "../../src/chat/args.ts";
import { anySymbol, exchangeId } from "../../src/chat/args-venue.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { symbolOf } from "../../src/chat/known.ts";
import { marketPlace } from "../../src/chat/market-place.ts";
import { card } from "../../src/chat/view.ts";
import { foldMinutes } from "../../src/domain/candle.ts";
import { decimal } from "../../src/domain/money.ts";
import { MINUTE_MS, spanText } from "../../src/domain/time.ts";
import { TIMEFRAMES, type Timeframe, timeframeMs } from "../../src/domain/timeframe.ts";
import { READING_MINUTES_MAX } from "../../src/ports/market-reader.ts";
import { CANDLES_BEFORE, symbolChart } from "../../src/reports/charts/symbol-chart.ts";

const CANDLES_MIN = 10;
const CANDLES_MAX = 300;
const WHOLE = 100;

export default defineCommand({
  summary: "Draws a symbol: closed candles with averages and volume",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {
    symbol: anySymbol.describe("Which symbol"),
    timeframe: timeframe.describe("How long each candle is").prefault("15m"),
    candles: count(CANDLES_MIN, CANDLES_MAX).describe("How many candles").prefault("120"),
    exchange: exchangeId.describe("Prices of which exchange; those of the desk's own market when not given").optional(),
  },
  async run({ args, engine, accounts, progress }) {
    const place = marketPlace(engine, accounts, args.exchange);
    const symbol = symbolOf(args.symbol, [...place.instruments.keys()].sort());
    const minutesEach = timeframeMs(args.timeframe) / MINUTE_MS;
    // The newest candle is still forming, so one more is asked for.
    const minutes = Math.min(READING_MINUTES_MAX, (args.candles + CANDLES_BEFORE + 1) * minutesEach);
    progress(card(`Reading ${spanText(minutes * MINUTE_MS)} of ${symbol}`).line(`Market: ${place.label}.`));
    const candles = foldMinutes(await engine.candles(place.key, symbol, minutes), args.timeframe);
    const last = candles.at(-1);
    if (!last)
      return card(`${symbol}: no candles of ${args.timeframe}`)
        .warning()
        .line(`Market: ${place.label}.`, "Not one of them has closed here yet. Try a shorter timeframe.");
    const quote = place.instruments.get(symbol)?.quote ?? "";
    const shown = candles.slice(-args.candles);
    const { timeframe: each } = args;
    const picture = symbolChart({ symbol, timeframe: each, quote, market: place.label, candles, shown: args.candles });
    const changePct = (last.close / shown[0]!.open - 1) * WHOLE;
    const span = spanText(last.openTimeMs + timeframeMs(each) - shown[0]!.openTimeMs);
    const answer = card(`${symbol} ${priceText(decimal(last.close))} ${quote}, ${percentText(changePct)} in ${span}`)
      .picture(picture)
      .fields({
        High: `${priceText(decimal(Math.max(...shown.map(({ high }) => high))))} ${quote}`,
        Low: `${priceText(decimal(Math.min(...shown.map(({ low }) => low))))} ${quote}`,
      })
      .line(shortfall(shown.length, args.candles, each), missing(shown))
      .line(`Market: ${place.label}, ${marketTime(last.openTimeMs + timeframeMs(each))}; closed candles only.`);
    const named = args.exchange === undefined ? "" : ` exchange:${args.exchange}`;
    for (const other of beside(each)) answer.button(other, `market chart ${symbol} timeframe:${other}${named}`);
    return answer.button("Analyze", `market analyze ${symbol} timeframe:${each}${named}`);
  },
});

function shortfall(found: number, asked: number, timeframe: Timeframe): string | undefined {
  return found < asked ? `${asked} candles of ${timeframe} were asked for; this market gives ${found}.` : undefined;
}

/** Minutes that never came leave gaps; the picture shows them only where whole candles are missing. */
function missing(candles: readonly { readonly missingMinutes: number }[]): string | undefined {
  const minutes = candles.reduce((sum, { missingMinutes }) => sum + missingMinutes, 0);
  return minutes === 0 ? undefined : `${minutes} minutes of these candles never came.`;
}

/** The timeframes a step shorter and longer. */
function beside(timeframe: Timeframe): readonly Timeframe[] {
  const at = TIMEFRAMES.indexOf(timeframe);
  return [TIMEFRAMES[at - 1], TIMEFRAMES[at + 1]].filter((each) => each !== undefined);
}
