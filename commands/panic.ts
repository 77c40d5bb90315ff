import { note } from "../src/chat/args.ts";
import { defineCommand } from "../src/chat/command.ts";
import { haltAt, NO_REASON, reasonKept, reasonLines } from "../src/chat/reasons.ts";
import { card } from "../src/chat/view.ts";

export default defineCommand({
  summary: "Stops everything at once: halts, cancels entries and sells every position. Never asks",
  role: "operator",
  rerun: true,
  args: { reason: note.describe("Why, for the others").prefault(NO_REASON) },
  async run({ args, engine, desk, clock, caller }) {
    const halt = haltAt(clock.wall(), desk.state);
    const { canceledEntries, closing } = await engine.panic(reasonKept(args.reason, halt), caller);
    const answer = card("Panic: entries are denied")
      .warning()
      .line(...reasonLines(args.reason, halt));
    if (canceledEntries === 0 && closing.length === 0)
      return answer.line("No bot holds anything and no entry was open: everything is flat. `system resume` allows entries again.");
    return answer
      .line(
        `${canceledEntries} ${canceledEntries === 1 ? "entry" : "entries"} canceled.`,
        closing.length === 0 ? "No position is open." : `Selling ${closing.length === 1 ? "1 position" : `${closing.length} positions`}:`,
        ...closing,
      )
      .line("The end comes as an alert. `system resume` clears it.")
      .button("Positions", "position list");
  },
});
