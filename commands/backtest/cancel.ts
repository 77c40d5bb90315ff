import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";

export default defineCommand({
  summary: "Ends your running backtest; nothing of it is kept",
  role: "trader",
  args: {},
  run({ backtests, caller }) {
    return backtests.cancel(caller.user) ? card("Your backtest is being ended").good() : card("No backtest of yours is running").warning();
  },
});
