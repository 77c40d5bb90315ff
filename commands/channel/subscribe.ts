import { refuseProgram } from "../../src/chat/api-tokens.ts";
import { choices } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";
import { ALERT_KINDS } from "../../src/domain/events.ts";

export default defineCommand({
  summary: "Sends alerts to this place",
  role: "operator",
  args: {
    kinds: choices(ALERT_KINDS)
      .describe(`What to send: ${ALERT_KINDS.join(", ")}, or all`)
      .prefault("critical,fills"),
  },
  run({ args, place, user, record }) {
    refuseProgram(user.id, "channel subscribe");
    record({ type: "channel-subscribed", place: place.id, kinds: args.kinds, by: user.id });
    return card("This place gets alerts")
      .good()
      .line(`Kinds: ${args.kinds.join(", ")}.`)
      .button("Daily digest", "channel digest")
      .button("Quiet hours", "channel quiet")
      .button("Stop alerts", "channel unsubscribe");
  },
});
