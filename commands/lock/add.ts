import { duration, note } from "../../src/chat/args.ts";
import { scopeWords } from "../../src/chat/args-limits.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { onRealClock } from "../../src/chat/real-clock.ts";
import { scopeMeant, scopeText } from "../../src/chat/risk-scopes.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";
import { minuteText, wallMs } from "../../src/domain/time.ts";

export default defineCommand({
  summary: "Locks entries of a bot, a symbol, an account or all; exits and stops go on",
  role: "trader",
  args: {
    on: scopeWords.describe("What is locked: all, account:NAME, symbol:BTC/USDT or bot:NAME"),
    for: duration.describe("How long; until somebody removes it when not given").optional(),
    reason: note.describe("Why, for the others to read").prefault("no reason given"),
  },
  run(call) {
    const { args, clock, desk, engine, caller, record } = call;
    const scope = scopeMeant(call, args.on);
    const nowMs = clock.wall();
    const untilMs = args.for === undefined ? undefined : wallMs(nowMs + args.for);
    const known = desk.state.locks.get(scope);
    const holds = known && (known.untilMs === undefined || known.untilMs > nowMs);
    if (holds && (known.untilMs === undefined || (untilMs !== undefined && known.untilMs > untilMs)))
      throw new UserError(`Entries of ${scopeText(scope, engine.bots())} are locked for longer than that already. \`lock list\` shows it.`);
    const lock = { scope, reason: args.reason, by: caller.user, untilMs };
    record({ type: "entries-locked", lock }, () => desk.state.locks.get(scope));
    return card(`Entries of ${scopeText(scope, engine.bots())} are locked`)
      .good()
      .line(
        untilMs === undefined ? "Until somebody removes it: `lock remove`." : `Until ${minuteText(untilMs)} UTC${onRealClock(engine)}.`,
        "What is held keeps its stops and its exits.",
      );
  },
});
