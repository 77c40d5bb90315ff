import { place as placeArg } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";

export default defineCommand({
  summary: "Ends alerts and digests at a place",
  role: "operator",
  args: { place: placeArg.describe("Which place; here when not given (another one needs an admin)").optional() },
  run({ args, place, role, user, desk, record }) {
    const target = args.place ?? place.id;
    if (target !== place.id && role !== "admin")
      throw new UserError("Only an admin may end the alerts of another place; send this at that place.");
    if (!desk.state.channels.has(target)) throw new UserError("That place gets no alerts. `channel list` shows those that do.");
    record({ type: "channel-unsubscribed", place: target, by: user.id });
    return card(target === place.id ? "This place gets no more alerts" : `${target} gets no more alerts`).good();
  },
});
