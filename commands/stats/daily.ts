import { count } from "../../src/chat/args.ts";
import { pricesLine } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { inAllLines } from "../../src/chat/in-all.ts";
import { periodCard } from "../../src/chat/period-card.ts";
import { periodsInAll } from "../../src/reports/in-all.ts";
import { periodGroups } from "../../src/reports/period-groups.ts";
import { reachedBy } from "../../src/reports/statistics.ts";

const DAYS_MAX = 60;

export default defineCommand({
  summary: "Shows the results of the last local days",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: { days: count(1, DAYS_MAX).describe("How many days").prefault("7") },
  run({ args, visible, accounts, engine, clock, timeZone }) {
    const now = reachedBy(clock, engine);
    const groups = periodGroups(
      visible.map(({ state }) => state),
      accounts.map(({ state }) => state),
      { timeZone, now, periods: args.days, periodOf: (day) => day, periodDaysMax: 1 },
    );
    const modes = groups.map(({ mode }) => mode);
    return periodCard(args.days === 1 ? "The last day" : `The last ${args.days} days`, "Day", groups)
      .tableFirst()
      .line(...inAllLines(periodsInAll(groups, engine.rates)), pricesLine(engine, modes), `Days are those of ${timeZone}.`);
  },
});
