import { type BacktestRecord, markedEveryMs } from "../domain/backtest.ts";
import { sizingText } from "../domain/bot.ts";
import { protectionText } from "../domain/exits.ts";
import { type Decimal, shown } from "../domain/money.ts";
import { minuteText, SECOND_MS, spanText } from "../domain/time.ts";
import { moneyText, resultText } from "./amounts.ts";
import { type FigureTexts, figureTexts } from "./figures-text.ts";
import { type Card, card } from "./view.ts";

type Figures = Parameters<typeof figureTexts>[0];

const PERCENT_DECIMALS = 2;

/** What a bot would have done, with its figures beside simply holding the symbol. The figures come from its results, as those of `stats performance` do. */
export function backtestCard({ id, bot, marketLabel, tookMs, result }: BacktestRecord, figures: Figures): Card {
  const { currency, capital, equity, unrealized, entries, held, fault, minutes, fromMs, toMs } = result;
  const made = equity.minus(capital);
  const texts: FigureTexts = figureTexts(figures, currency);
  const answer = card(`Backtest ${id}: ${bot.strategy} on ${bot.symbol} ${bot.timeframe}, ${signedPercent(made.dividedBy(capital))}`)
    .fields({
      "From, to (UTC)": `${minuteText(fromMs)} to ${minuteText(toMs)}, ${spanText(toMs - fromMs)}`,
      Equity: `${moneyText(capital, currency)} to ${moneyText(equity, currency)} (${resultText(made, currency)})`,
      "Buy and hold": held && `${moneyText(held, currency)} (${signedPercent(held.minus(capital).dividedBy(capital))})`,
      "Max drawdown": `${percent(result.drawdown)} of equity, marked every ${spanText(markedEveryMs(bot.timeframe))}, ${result.drawdownMs === 0 ? "never below a peak" : `below a peak for ${spanText(result.drawdownMs)} at most`}`,
      Entries: `${entries}, in the market ${percent(result.exposure)} of the time`,
      "Win rate": texts.winRate,
      Expectancy: texts.expectancy,
      Fees: texts.fees,
      "Sharpe, Sortino, Calmar": `${texts.sharpe}, ${texts.sortino}, ${texts.calmar}`,
      Exits: countsText(result.exits),
      Denied: countsText(result.denials),
      "Still open": unrealized.isZero() ? undefined : resultText(unrealized, currency),
    })
    .line(
      bot.rules &&
        `Buys when ${bot.rules.enter}; sells ${bot.rules.exit === undefined ? "only at its stop and target" : `when ${bot.rules.exit}`}.`,
      `${bot.name}: ${sizingText(bot.sizing, currency)}, ${protectionText(bot.protection)}.`,
      `${minutes.toLocaleString("en-US")} one-minute candles in ${(tookMs / SECOND_MS).toFixed(1)} s. Market: ${marketLabel}.`,
      fault === undefined ? undefined : `The bot was faulted on the way: ${fault}.`,
      "Fills, fees, spread and slippage are those of paper trading. What would have worked once need not work again.",
    );
  if (made.isGreaterThan(0)) answer.good();
  if (made.isLessThan(0)) answer.warning();
  return answer;
}

/** One row of a list of backtests. */
export function backtestRow({ id, bot, result }: BacktestRecord): string[] {
  const { capital, equity, drawdown, held, entries, fromMs, toMs } = result;
  const change = (value: Decimal) => signedPercent(value.minus(capital).dividedBy(capital));
  return [
    id,
    bot.name,
    `${bot.symbol} ${bot.timeframe}`,
    `${minuteText(fromMs).slice(0, 10)} to ${minuteText(toMs).slice(0, 10)}`,
    change(equity),
    held === undefined ? "-" : change(held),
    percent(drawdown),
    String(entries),
  ];
}

function countsText(counts: ReadonlyMap<string, number>): string | undefined {
  if (counts.size === 0) return undefined;
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
}

function percent(share: Decimal): string {
  return `${shown(share.shiftedBy(2), PERCENT_DECIMALS, true)}%`;
}

function signedPercent(share: Decimal): string {
  return `${share.isGreaterThan(0) ? "+" : ""}${percent(share)}`;
}
