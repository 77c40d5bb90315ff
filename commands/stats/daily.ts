import { feeDigits, resultDigits } from "../../src/chat/amounts.ts";
import { count } from "../../src/chat/args.ts";
import { marketLine } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card, right } from "../../src/chat/view.ts";
import { NO_RESULT, type Result } from "../../src/domain/books.ts";
import { DAY_MS } from "../../src/domain/time.ts";
import { addResults, dayReader, lastDays, resultsByDay } from "../../src/reports/statistics.ts";

const DAYS_MAX = 60;

export default defineCommand({
  summary: "Shows the results of the last local days",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: { days: count(1, DAYS_MAX).describe("How many days").prefault("7") },
  run({ args, visible, accounts, engine, timeZone }) {
    const { atMs } = engine.market();
    const day = dayReader(timeZone);
    const sinceMs = atMs - (args.days + 1) * DAY_MS;
    const totals = new Map<string, Result>();
    const deleted = accounts.flatMap(({ state }) => [...state.bots.values()].filter((bot) => bot.deleted));
    for (const bot of [...visible.map(({ state }) => state), ...deleted]) {
      for (const [name, result] of resultsByDay(bot, day, sinceMs)) totals.set(name, addResults(totals.get(name) ?? NO_RESULT, result));
    }
    const rows = lastDays(atMs, args.days, day).map((name) => {
      const { realized, fees, fills, closes, wins } = totals.get(name) ?? NO_RESULT;
      return [name, resultDigits(realized), feeDigits(fees), String(fills), closes === 0 ? "-" : `${wins} of ${closes}`];
    });
    const currency = accounts[0]?.state.currency ?? "USDT";
    return card(args.days === 1 ? `The last day, in ${currency}` : `The last ${args.days} days, in ${currency}`)
      .table(["Day", right("Realized"), right("Fees"), right("Fills"), right("Won")], rows)
      .tableFirst()
      .line(marketLine(engine), `Days are those of ${timeZone}.`);
  },
});
