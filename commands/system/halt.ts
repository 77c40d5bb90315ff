import { duration, note } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { givenReason, NO_REASON } from "../../src/chat/reasons.ts";
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
  async run({ args, engine, clock, caller }) {
    const until = args.for === undefined ? undefined : wallMs(clock.wall() + args.for);
    await engine.halt(args.reason, until, caller);
    const span = args.for === undefined ? "until `system resume`" : `for ${spanText(args.for)}`;
    const reason = givenReason(args.reason);
    return card(`The desk is halted ${span}`)
      .warning()
      .line(reason && `Reason: ${reason}.`, "Nothing new is opened. Exits, stops and closes go on.")
      .button("Resume", "system resume");
  },
});
