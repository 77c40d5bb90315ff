import { capitalized } from "../../src/chat/account-names.ts";
import { feeDigits, feeText, resultDigits, resultText } from "../../src/chat/amounts.ts";
import { choice, localDay } from "../../src/chat/args.ts";
import { pricesLine } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { type FigureTexts, figureTexts, slippageBps } from "../../src/chat/figures-text.ts";
import { inAllLines } from "../../src/chat/in-all.ts";
import { modeMark, modeWords, oneCurrency } from "../../src/chat/mode-words.ts";
import { card, right } from "../../src/chat/view.ts";
import { inAll, type SumsOf } from "../../src/reports/in-all.ts";
import { FIGURE_NAMES } from "../../src/reports/performance.ts";
import { type PerformanceGroup, performanceGroups, SLICES } from "../../src/reports/performance-groups.ts";
import { realizedChart } from "../../src/reports/realized-chart.ts";
import { reachedBy } from "../../src/reports/statistics.ts";

export default defineCommand({
  summary: "Shows how well bots did: win rate, profit factor, drawdown, Sharpe, Sortino, Calmar, time in the market, slippage",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {
    by: choice(SLICES, "By what?").describe("What each row is").prefault("bot"),
    since: localDay.describe("First day that counts; everything unless given").optional(),
  },
  run({ args, visible, accounts, engine, clock, timeZone }) {
    const books = accounts.map(({ state }) => state);
    const now = reachedBy(clock, engine);
    const shown = visible.map(({ state, unrealized }) => ({ state, unrealized }));
    const groups = performanceGroups(shown, books, { timeZone, now, since: args.since, by: args.by });
    const [first, ...others] = groups;
    const isOnly = oneCurrency(groups);
    const since = args.since === undefined ? "" : ` since ${args.since}`;
    const answer = card(
      `Performance by ${args.by}${since}${others.length === 0 && first ? `, ${modeMark(first.mode)}in ${first.currency}` : ""}`,
    );
    const columns = [capitalized(args.by), ...["Realized", "Fees", "Fills", "Won", "Expectancy", "Slippage"].map(right)];
    const rows = groups.flatMap((group) =>
      rowsOf(group, isOnly).map((row) => (others.length === 0 ? row : [modeMark(group.mode).trim() || "paper", ...row])),
    );
    if (rows.length > 0) answer.table(others.length === 0 ? columns : ["Money", ...columns], rows);
    if (first && others.length === 0) answer.fields(fieldsOf(first));
    else for (const group of groups) answer.line(`${modeWords(group.mode)}: ${sentence(fieldsOf(group))}.`);
    const modes = groups.map(({ mode }) => mode);
    const isBefore = (day: string) => args.since !== undefined && day < args.since;
    const bots = shown.map(({ state }) => state);
    answer.picture(realizedChart(bots, books, { timeZone, now, isBefore }));
    return answer.line(
      ...inAllLines(inAll(groups.map(sumsOf), engine.rates)),
      "The curve is the start balance and realized results after fees; deposits, withdrawals, funding and open positions are not in it.",
      ...groups.filter(({ uncounted }) => uncounted.length > 0).map(uncountedLine),
      "Slippage is in bps of what was decided: how much worse the fills were than the close that a strategy decided at.",
      pricesLine(engine, modes),
      `Days are those of ${timeZone}.`,
    );
  },
});

function rowsOf({ currency, rows }: PerformanceGroup, isOnly: boolean): readonly string[][] {
  return rows.map(({ name, result }) => {
    const { realized, fees, fills, closes, wins } = result;
    const made = (value: typeof realized) => (isOnly ? resultDigits(value) : resultText(value, currency));
    const paid = isOnly ? feeDigits(fees) : feeText(fees, currency);
    const won = closes === 0 ? ["-", "-"] : [`${wins} of ${closes}`, made(realized.dividedBy(closes))];
    return [name, made(realized), paid, String(fills), ...won, slippageBps(result)];
  });
}

function fieldsOf({ currency, performance, unrealized, exposure }: PerformanceGroup): Readonly<Record<string, string>> {
  const texts: FigureTexts & { readonly unrealized: string } = {
    ...figureTexts(performance, currency, exposure),
    unrealized: unrealized === undefined ? "? (a price is missing)" : resultText(unrealized, currency),
  };
  return Object.fromEntries(Object.entries(FIGURE_NAMES).map(([key, name]) => [name, texts[key as keyof typeof FIGURE_NAMES]]));
}

function uncountedLine({ currency, uncounted }: PerformanceGroup): string {
  const coins = uncounted.join(" and ");
  return `Paper began with ${coins} beside ${currency}, and the books do not know what that was worth: the curve in ${currency} begins at nothing, and what is counted in percent of the start balance is left out.`;
}

function sumsOf({ mode, currency, performance: { result }, unrealized }: PerformanceGroup): SumsOf {
  return { mode, currency, realized: result.realized, unrealized, fees: result.fees };
}

function sentence(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, text]) => `${name.toLowerCase()} ${text}`)
    .join(", ");
}
