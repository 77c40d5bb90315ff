import { quietHoursOrOff, timeZone as zoneArg } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";

export default defineCommand({
  summary: "Keeps ordinary alerts back at this place during hours of the day",
  role: "operator",
  args: {
    hours: quietHoursOrOff.describe("From when to when, such as 22:00-07:00, or off"),
    zone: zoneArg.describe("Time zone; the desk's own when not given").optional(),
  },
  run({ args, place, user, timeZone, desk, record }) {
    if (!desk.state.channels.has(place.id)) throw new UserError("This place gets no alerts. Send `channel subscribe` here first.");
    const zone = args.zone ?? timeZone;
    const hours = args.hours === "off" ? undefined : args.hours;
    record({ type: "channel-quiet-set", place: place.id, hours, timeZone: zone, by: user.id });
    if (hours === undefined) return card("This place has no quiet hours").good();
    return card(`This place is quiet from ${hours.from} to ${hours.to}`)
      .good()
      .line(`Time zone: ${zone}, on the real clock.`, "Ordinary alerts wait until then; critical alerts and the digest come at once.")
      .button("No quiet hours", "channel quiet off");
  },
});
