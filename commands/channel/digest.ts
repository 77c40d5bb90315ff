import { refuseProgram } from "../../src/chat/api-tokens.ts";
import { choice, localTimeOrOff, timeZone as zoneArg } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { DIGEST_DAYS } from "../../src/chat/digests.ts";
import { card } from "../../src/chat/view.ts";

const EVERY = ["day", "week", "month"] as const;
const WORDS = { day: "daily", week: "weekly", month: "monthly" } as const;

export default defineCommand({
  summary: "Sends the statistics of each day, week or month to this place at a time of day",
  role: "operator",
  args: {
    at: localTimeOrOff.describe("Time of day such as 08:30, or off"),
    every: choice(EVERY).describe("Of each day, of each ISO week (on Monday) or of each month (on its first)").prefault("day"),
    zone: zoneArg.describe("Time zone; the desk's own when not given").optional(),
  },
  run({ args, place, user, timeZone, record }) {
    const zone = args.zone ?? timeZone;
    const at = args.at === "off" ? undefined : args.at;
    const kind = WORDS[args.every];
    refuseProgram(user.id, "channel digest");
    const set = { type: "channel-digest-set", place: place.id, at, timeZone: zone, by: user.id } as const;
    record(args.every === "day" ? set : { ...set, period: args.every === "week" ? "weekly" : "monthly" });
    if (at === undefined) return card(kind === "daily" ? "This place gets no digest" : `This place gets no ${kind} digest`).good();
    const title = kind === "daily" ? `This place gets the digest at ${at}` : `This place gets the ${kind} digest at ${at}`;
    return card(title)
      .good()
      .line(kind === "daily" ? undefined : `It comes ${DIGEST_DAYS[kind]}, once the ${args.every} before is over.`)
      .line(`Time zone: ${zone}. Days are counted on the market's clock.`);
  },
});
