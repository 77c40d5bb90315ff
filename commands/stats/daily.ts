import { feeDigits, feeText, resultDigits, resultText } from "../../src/chat/amounts.ts";
import { count } from "../../src/chat/args.ts";
import { fillsText, pricesLine } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { modeMark, modeWords, oneCurrency } from "../../src/chat/mode-words.ts";
import { card, right } from "../../src/chat/view.ts";
import { NO_RESULT, type Result } from "../../src/domain/books.ts";
import type { Mode } from "../../src/domain/bot.ts";
import { DAY_MS } from "../../src/domain/time.ts";
import { type ResultGroup, resultGroups } from "../../src/reports/result-groups.ts";
import { addResults, dayReader, lastDays, resultsByDay } from "../../src/reports/statistics.ts";

const DAYS_MAX = 60;

/** A bot's results by local day. */
interface Line {
  readonly mode: Mode;
  readonly symbol: string;
  readonly days: ReadonlyMap<string, Result>;
}

export default defineCommand({
  summary: "Shows the results of the last local days",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: { days: count(1, DAYS_MAX).describe("How many days").prefault("7") },
  run({ args, visible, accounts, engine, clock, timeZone }) {
    const day = dayReader(timeZone);
    const now: Readonly<Record<Mode, number>> = { live: clock.wall(), demo: clock.wall(), paper: engine.market().atMs };
    const deleted = accounts.flatMap(({ state }) => [...state.bots.values()].filter((bot) => bot.deleted));
    const lines = [...visible.map(({ state }) => state), ...deleted].map((bot): Line & { readonly deleted: boolean } => {
      const { mode, symbol } = bot.spec;
      return { mode, symbol, days: resultsByDay(bot, day, now[mode] - (args.days + 1) * DAY_MS), deleted: bot.deleted };
    });
    const groups = resultGroups(
      lines.filter((line) => !line.deleted || line.days.size > 0),
      accounts.map(({ state }) => state),
    );
    const [first] = groups;
    const span = args.days === 1 ? "The last day" : `The last ${args.days} days`;
    const columns = ["Day", right("Realized"), right("Fees"), right("Fills"), right("Won")];
    const daysOf = (mode: Mode) => lastDays(now[mode], args.days, day);
    const answer =
      groups.length === 1 && first
        ? card(`${span}, ${modeMark(first.mode)}in ${first.currency}`).table(columns, rowsOf(first, daysOf(first.mode), true))
        : card(oneCurrency(groups) && first ? `${span}, in ${first.currency}` : span).table(
            ["Money", ...columns],
            groups.flatMap((group) =>
              rowsOf(group, daysOf(group.mode), oneCurrency(groups)).map((row) => [modeMark(group.mode).trim() || "paper", ...row]),
            ),
          );
    if (groups.length > 1) answer.line(...groups.map((group) => sumText(group, daysOf(group.mode))));
    return answer.tableFirst().line(
      pricesLine(
        engine,
        groups.map(({ mode }) => mode),
      ),
      `Days are those of ${timeZone}.`,
    );
  },
});

function dayOf({ bots }: ResultGroup<Line>, day: string): Result {
  return bots.reduce((sum, { days }) => addResults(sum, days.get(day) ?? NO_RESULT), NO_RESULT);
}

/** A group's days, newest first. Cells name their currency where the table has several. */
function rowsOf(group: ResultGroup<Line>, days: readonly string[], isOnly: boolean): string[][] {
  return days.map((day) => {
    const { realized, fees, fills, closes, wins } = dayOf(group, day);
    const [made, paid] = isOnly
      ? [resultDigits(realized), feeDigits(fees)]
      : [resultText(realized, group.currency), feeText(fees, group.currency)];
    return [day, made, paid, String(fills), closes === 0 ? "-" : `${wins} of ${closes}`];
  });
}

/** A mode's sum over the days that are shown. */
function sumText(group: ResultGroup<Line>, days: readonly string[]): string {
  const { realized, fills } = days.reduce((sum, day) => addResults(sum, dayOf(group, day)), NO_RESULT);
  return `${modeWords(group.mode)}: ${resultText(realized, group.currency)} realized, ${fillsText(fills)}.`;
}
