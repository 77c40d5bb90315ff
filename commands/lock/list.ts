import { defineCommand } from "../../src/chat/command.ts";
import { onRealClock } from "../../src/chat/real-clock.ts";
import { scopeText } from "../../src/chat/risk-scopes.ts";
import { card } from "../../src/chat/view.ts";
import { minuteText } from "../../src/domain/time.ts";

export default defineCommand({
  summary: "Shows whose entries are locked, by whom, why and until when",
  role: "viewer",
  readOnly: true,
  args: {},
  run({ desk, engine, clock }) {
    const nowMs = clock.wall();
    const locks = [...desk.state.locks.values()].filter(({ untilMs }) => untilMs === undefined || untilMs > nowMs);
    if (locks.length === 0) return card("No entries are locked").line("`lock add` locks a bot, a symbol, an account or all.");
    return card(locks.length === 1 ? "One lock" : `${locks.length} locks`).table(
      ["On", "Until", "By", "Why"],
      locks.map(({ scope, untilMs, by, reason }) => [
        scopeText(scope, engine.bots()),
        untilMs === undefined ? "it is removed" : `${minuteText(untilMs)} UTC${onRealClock(engine)}`,
        by,
        reason,
      ]),
    );
  },
});
