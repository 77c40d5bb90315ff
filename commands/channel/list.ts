import { defineCommand } from "../../src/chat/command.ts";
import { DIGEST_DAYS } from "../../src/chat/digests.ts";
import { card } from "../../src/chat/view.ts";
import { DIGEST_PERIODS } from "../../src/domain/digest.ts";

export default defineCommand({
  summary: "Shows the places that get alerts and digests",
  role: "viewer",
  readOnly: true,
  args: {},
  run({ desk }) {
    const channels = [...desk.state.channels.values()];
    if (channels.length === 0)
      return card("No place gets alerts")
        .line("`channel subscribe` starts them where it is sent.")
        .button("Subscribe this place", "channel subscribe");
    const rows = channels.map(({ place, kinds, digest, periodic = {}, quiet }) => [
      place,
      kinds.join(", ") || "-",
      [
        digest && `${digest.at} ${digest.timeZone}`,
        ...DIGEST_PERIODS.map(
          (period) => periodic[period] && `${period} ${DIGEST_DAYS[period]} ${periodic[period].at} ${periodic[period].timeZone}`,
        ),
      ]
        .filter((each) => each !== undefined)
        .join(", ") || "-",
      quiet ? `${quiet.from}-${quiet.to} ${quiet.timeZone}` : "-",
    ]);
    return card(channels.length === 1 ? "1 place" : `${channels.length} places`).table(["Place", "Alerts", "Digest", "Quiet"], rows);
  },
});
