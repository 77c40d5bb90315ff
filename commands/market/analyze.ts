import { type Analysis, analyze, hasSay, minutesWanted } from "../../src/analysis/analyze.ts";
import { signed } from "../../src/analysis/figure.ts";
import { marketTime, priceText } from "../../src/chat/amounts.ts";
import { timeframe } from "../../src/chat/args.ts";
import { anySymbol, exchangeId } from "../../src/chat/args-venue.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { symbolOf } from "../../src/chat/known.ts";
import { marketPlace } from "../../src/chat/market-place.ts";
import { type Card, card, right } from "../../src/chat/view.ts";
import { type Candle, foldMinutes } from "../../src/domain/candle.ts";
import { decimal } from "../../src/domain/money.ts";
import { MINUTE_MS, spanText } from "../../src/domain/time.ts";
import type { MarketPlace } from "../../src/ports/market-reader.ts";
import { READING_MINUTES_MAX } from "../../src/ports/market-reader.ts";
import type { Picture } from "../../src/ports/picture.ts";
import { symbolChart } from "../../src/reports/charts/symbol-chart.ts";

const CANDLES_SHOWN = 120;

export default defineCommand({
  summary: "Reads closed candles of a symbol: trend, momentum, volume, levels, and what they add up to",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {
    symbol: anySymbol.describe("Which symbol"),
    timeframe: timeframe.describe("Candles that count most; coarser ones are read with them").prefault("15m"),
    exchange: exchangeId.describe("Prices of which exchange; those of the desk's own market when not given").optional(),
  },
  async run({ args, engine, accounts, progress }) {
    const place = marketPlace(engine, accounts, args.exchange);
    const symbol = symbolOf(args.symbol, [...place.instruments.keys()].sort());
    const minutes = Math.min(READING_MINUTES_MAX, minutesWanted(args.timeframe));
    progress(card(`Reading ${spanText(minutes * MINUTE_MS)} of ${symbol}`).line(`Market: ${place.label}.`));
    const candles = await engine.candles(place.key, symbol, minutes);
    const last = candles.at(-1);
    // What closed while the exchange answered counts, too.
    const atMs = Math.max(place.atMs, last === undefined ? 0 : last.openTimeMs + MINUTE_MS);
    if (!last)
      return card(`${symbol}: no candles`)
        .warning()
        .line(`Market: ${place.label}.`, "Nothing has closed here in the time that an analysis looks at.");
    const found = analyze(candles, args.timeframe, atMs);
    const quote = place.instruments.get(symbol)?.quote ?? "";
    const seen = { symbol, place, price: `${priceText(decimal(last.close))} ${quote}`, atMs };
    return shown(found, seen).picture(pictureOf(found, candles, seen, quote));
  },
});

interface Seen {
  readonly symbol: string;
  readonly place: MarketPlace;
  readonly price: string;
  readonly atMs: number;
}

/** The candles that count most, with the support and the resistance that were found in them. */
function pictureOf({ readings }: Analysis, minutes: readonly Candle[], { symbol, place }: Seen, quote: string): Picture | undefined {
  const [main] = readings;
  const candles = foldMinutes(minutes, main!.timeframe);
  if (candles.length === 0) return undefined;
  const levels = (["Support", "Resistance"] as const).flatMap((name) => {
    const price = main!.figures.find((figure) => figure.name === name)?.value;
    return price === undefined ? [] : [{ name, price }];
  });
  return symbolChart({ symbol, timeframe: main!.timeframe, quote, market: place.label, candles, shown: CANDLES_SHOWN, levels });
}

function shown({ readings, recommendation, limits }: Analysis, { symbol, place, price, atMs }: Seen): Card {
  const { action, confidencePct, score, reasons } = recommendation;
  const answer = card(`${symbol} ${price}: ${action.toUpperCase()}, confidence ${confidencePct}%`);
  if (action === "buy") answer.good();
  if (action === "sell") answer.warning();
  const [main] = readings;
  const rows = main!.figures.map(({ name }, row) => [name, ...readings.map(({ figures }) => figures[row]!.text)]);
  rows.push(["Score", ...readings.map((each) => (hasSay(each) ? signed(each.score) : "-"))]);
  return answer
    .table(["Figure", ...readings.map(({ timeframe: each }) => right(each))], rows)
    .tableFirst()
    .line(`Score ${signed(score)} of -1 to +1. ${reasons.join(" ")}`)
    .line(...main!.figures.map(({ name, meaning }) => `${name} (${main!.timeframe}): ${meaning}`))
    .line(...limits)
    .line("Confidence says how much the figures agree and how much of them is known. It is no probability of profit.")
    .line(`Market: ${place.label}, ${marketTime(atMs)}; closed candles only.`);
}
