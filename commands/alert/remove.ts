import { atLeast, samePerson } from "../../src/chat/access.ts";
import { refuseProgram } from "../../src/chat/api-tokens.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { alertId } from "../../src/chat/rule-alerts.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";

export default defineCommand({
  summary: "Ends an alert; your own, or as an operator anybody's",
  role: "viewer",
  partial: true,
  args: { alert: alertId.describe("Which alert, as `alert list` names it") },
  run({ args, desk, caller, user, role, record }) {
    refuseProgram(user.id, "alert remove");
    const alert = desk.state.alerts.get(args.alert);
    const mayEnd = alert && (atLeast(role, "operator") || samePerson(desk.state.links, alert.by, caller.user));
    if (!mayEnd) throw new UserError(`There is no alert ${args.alert} of yours. \`alert list\` shows them.`);
    record({ type: "alert-removed", id: alert.id, by: caller.user });
    return card(`Alert ${alert.id} is removed`).good().line(`${alert.symbol} ${alert.timeframe}: ${alert.rule}.`);
  },
});
