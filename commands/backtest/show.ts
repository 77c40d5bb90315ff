import { backtestId } from "../../src/chat/args-venue.ts";
import { backtestCard } from "../../src/chat/backtest-card.ts";
import { shownBacktests } from "../../src/chat/backtests-shown.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { UserError } from "../../src/domain/errors.ts";
import { backtestFigures, backtestPicture } from "../../src/reports/backtest-figures.ts";

export default defineCommand({
  summary: "Shows a backtest again",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: { id: backtestId.describe("Which backtest, as `backtest list` names it") },
  run(call) {
    const record = shownBacktests(call).find(({ id }) => id === call.args.id);
    if (!record) throw new UserError(`There is no backtest ${call.args.id}. \`backtest list\` shows those that are remembered.`);
    return backtestCard(record, backtestFigures(record.result, call.timeZone)).picture(backtestPicture(record));
  },
});
