import { count } from "../../src/chat/args.ts";
import { pricesLine } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { inAllLines } from "../../src/chat/in-all.ts";
import { periodCard } from "../../src/chat/period-card.ts";
import { periodsInAll } from "../../src/reports/in-all.ts";
import { periodGroups } from "../../src/reports/period-groups.ts";
import { monthOf } from "../../src/reports/periods.ts";
import { periodChart } from "../../src/reports/realized-chart.ts";
import { reachedBy } from "../../src/reports/statistics.ts";

const MONTHS_MAX = 36;

export default defineCommand({
  summary: "Shows the results of the last calendar months, in the desk's time zone",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: { months: count(1, MONTHS_MAX).describe("How many months").prefault("6") },
  run({ args, visible, accounts, engine, clock, timeZone }) {
    const now = reachedBy(clock, engine);
    const shown = visible.map(({ state }) => state);
    const books = accounts.map(({ state }) => state);
    const wish = { timeZone, now, periods: args.months, periodOf: monthOf, periodDaysMax: 31 };
    const groups = periodGroups(shown, books, wish);
    const modes = groups.map(({ mode }) => mode);
    return periodCard(args.months === 1 ? "The last month" : `The last ${args.months} months`, "Month", groups)
      .tableFirst()
      .picture(periodChart(shown, books, wish))
      .line(...inAllLines(periodsInAll(groups, engine.rates)), pricesLine(engine, modes), `Days are those of ${timeZone}.`);
  },
});
