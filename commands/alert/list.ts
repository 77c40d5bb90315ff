import { atLeast } from "../../src/chat/access.ts";
import { marketTime } from "../../src/chat/amounts.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { ALERTS_PER_PERSON_MAX, alertsOf } from "../../src/chat/rule-alerts.ts";
import { card } from "../../src/chat/view.ts";

const BUTTONS_MAX = 5;

export default defineCommand({
  summary: "Shows your alerts; to operators those of everybody",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  run({ desk, engine, caller, role, place }) {
    const isAll = atLeast(role, "operator");
    const alerts = isAll ? [...desk.state.alerts.values()] : alertsOf(desk.state, caller.user);
    if (alerts.length === 0)
      return card("No alerts").line(
        'For example: `alert add symbol:BTC/USDT timeframe:5m rule:"rsi(14) < 30"`.',
        `Each person may have ${ALERTS_PER_PERSON_MAX}.`,
      );
    const asleep = alerts.filter((alert) => !engine.alerts.isWatched(alert));
    const answer = card(alerts.length === 1 ? "1 alert" : `${alerts.length} alerts`).table(
      ["Alert", "On", "Rule", "Now", "Told", ...(isAll ? ["By"] : [])],
      alerts.map((alert) => [
        alert.id,
        `${alert.symbol} ${alert.timeframe}`,
        alert.rule,
        asleep.includes(alert) ? "not asked" : alert.isTrue ? "true" : "not true",
        `${alert.place === place.id ? "here" : alert.place}, ${alert.firedMs === undefined ? "not yet" : marketTime(alert.firedMs)}`,
        ...(isAll ? [alert.by] : []),
      ]),
    );
    if (asleep.length > 0)
      answer
        .warning()
        .line(`Not asked: ${asleep.map(({ id }) => id).join(", ")}. The market does not answer, or this desk does not read it any more.`);
    for (const { id } of alerts.slice(0, BUTTONS_MAX)) answer.button(`Remove ${id}`, `alert remove ${id}`);
    return answer;
  },
});
