import { backtestRow } from "../../src/chat/backtest-card.ts";
import { shownBacktests } from "../../src/chat/backtests-shown.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card, right } from "../../src/chat/view.ts";

export default defineCommand({
  summary: "Lists the newest backtests",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  run(call) {
    const found = shownBacktests(call);
    if (found.length === 0) return card("No backtest has been run yet").line("Run one with `backtest run bot:NAME`.");
    const columns = ["Id", "Bot", "On", "From, to", ...["Result", "Hold", "Drawdown", "Entries"].map(right)];
    const newest = found[0]!;
    return card(found.length === 1 ? "1 backtest" : `${found.length} backtests`)
      .table(columns, found.map(backtestRow))
      .line("Newest first; the desk remembers thirty.")
      .button(`Show ${newest.id}`, `backtest show ${newest.id}`);
  },
});
