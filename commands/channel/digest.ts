import { refuseProgram } from "../../src/chat/api-tokens.ts";
import { localTimeOrOff, timeZone as zoneArg } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";

export default defineCommand({
  summary: "Sends the day's statistics to this place at a time of day",
  role: "operator",
  args: {
    at: localTimeOrOff.describe("Time of day such as 08:30, or off"),
    zone: zoneArg.describe("Time zone; the desk's own when not given").optional(),
  },
  run({ args, place, user, timeZone, record }) {
    const zone = args.zone ?? timeZone;
    const at = args.at === "off" ? undefined : args.at;
    refuseProgram(user.id, "channel digest");
    record({ type: "channel-digest-set", place: place.id, at, timeZone: zone, by: user.id });
    return at === undefined
      ? card("This place gets no digest").good()
      : card(`This place gets the digest at ${at}`).good().line(`Time zone: ${zone}. Days are counted on the market's clock.`);
  },
});
