import { duration, note } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { onRealClock } from "../../src/chat/real-clock.ts";
import { haltAt, NO_REASON, reasonKept, reasonLines } from "../../src/chat/reasons.ts";
import { card } from "../../src/chat/view.ts";
import { spanText, wallMs } from "../../src/domain/time.ts";

export default defineCommand({
  summary: "Denies new entries on the whole desk; exits and stops go on",
  role: "operator",
  rerun: true,
  args: {
    reason: note.describe("Why, for the others").prefault(NO_REASON),
    for: duration.describe("How long, such as 4h; until resumed when not given").optional(),
  },
  async run({ args, engine, desk, clock, caller }) {
    const asked = args.for === undefined ? undefined : wallMs(clock.wall() + args.for);
    // A halt in force is made longer and never shorter: ending one is `system resume`, which wants more than a halt does.
    const halt = haltAt(clock.wall(), desk.state);
    const isShorter = halt !== undefined && asked !== undefined && (halt.untilMs === undefined || halt.untilMs > asked);
    const until = isShorter ? halt.untilMs : asked;
    await engine.halt(reasonKept(args.reason, halt), until, caller);
    const span = until === undefined ? "until `system resume`" : `for ${spanText(until - clock.wall())}${onRealClock(engine)}`;
    return card(`The desk is halted ${span}`)
      .warning()
      .line(...reasonLines(args.reason, halt), isShorter ? "That one lasts longer, which stays so." : undefined)
      .line("Nothing new is opened. Exits, stops and closes go on.")
      .button("Resume", "system resume");
  },
});
