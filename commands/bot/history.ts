import { botName, count } from "../../src/chat/args.ts";
import { botButtons, shownName } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { onlyBot } from "../../src/chat/only-bot.ts";
import { timesOf } from "../../src/chat/record-times.ts";
import { diffText } from "../../src/chat/spec-diff.ts";
import { card } from "../../src/chat/view.ts";
import type { BotSpec } from "../../src/domain/bot.ts";
import type { AuditRecord } from "../../src/ports/audit.ts";

const SHOWN_MAX = 60;
/** More than a bot has of them in years: each change is told against what was before, so all are read. */
const READ_MAX = 5_000;

export default defineCommand({
  summary: "Shows what a bot was made with, what was changed since, by whom, and when it was started and stopped",
  role: "viewer",
  readOnly: true,
  args: { bot: botName.describe("Which bot"), last: count(1, SHOWN_MAX).describe("How many entries").prefault("20") },
  async run({ args, bots, engine, desk }) {
    const bot = onlyBot(bots, args.bot, "told of");
    const { id } = bot.state.spec;
    const isOf = ({ recorded: { event } }: AuditRecord) => {
      if (event.type === "bot-created") return event.bot.id === id;
      if (event.type === "entries-locked") return event.lock.scope === `bot:${id}`;
      if (event.type === "entries-unlocked") return event.scope === `bot:${id}`;
      return KINDS.has(event.type) && "botId" in event && event.botId === id;
    };
    const scope = { accounts: [bot.account], sees: () => true };
    const { records } = await engine.audit.newest({ scope, wanted: isOf, limit: READ_MAX, sinceMs: undefined });
    const oldestFirst = records.toReversed();
    const times = timesOf(oldestFirst.slice(-args.last).map(({ recorded }) => recorded));
    const rows = told(oldestFirst).map((row, index) => [...times.cells(oldestFirst[index]!.recorded), ...row]);
    const lock = desk.state.locks.get(`bot:${id}`);
    return botButtons(
      bot,
      card(`What became of ${shownName(bot)}`)
        .table([...times.columns, "What", "Details"], rows.slice(-args.last).reverse())
        .tableFirst()
        .line(
          lock && `Its entries are locked by ${lock.by}: ${lock.reason}.`,
          (bot.state.earlier?.length ?? 0) > 0 ? "`bot undo` takes the newest change back." : undefined,
        ),
    );
  },
});

const KINDS: ReadonlySet<string> = new Set(["bot-changed", "bot-started", "bot-stopped", "bot-faulted"]);

/** Oldest first: each change against what the bot was before it. */
function told(records: readonly AuditRecord[]): readonly (readonly string[])[] {
  let spec: BotSpec | undefined;
  return records.map(({ recorded: { event } }) => {
    switch (event.type) {
      case "bot-created":
        spec = event.bot;
        return ["made", `${spec.strategy} on ${spec.symbol} ${spec.timeframe}, for ${spec.owner}`];
      case "bot-changed": {
        const before = spec ?? event.spec;
        spec = event.spec;
        return [event.undo ? `changed back by ${event.by}` : `changed by ${event.by}`, diffText(before, event.spec)];
      }
      case "bot-stopped":
      case "bot-faulted":
        return [event.type === "bot-stopped" ? "stopped" : "faulted", event.reason];
      case "entries-locked":
        return [`${event.lock.isPause ? "paused" : "locked"} by ${event.lock.by}`, event.lock.reason];
      case "entries-unlocked":
        return [`lets enter again, by ${event.by}`, ""];
      default:
        return ["started", ""];
    }
  });
}
