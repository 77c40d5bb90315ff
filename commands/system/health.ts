import { defineCommand } from "../../src/chat/command.ts";
import { givenReason } from "../../src/chat/reasons.ts";
import { card } from "../../src/chat/view.ts";
import { spanText } from "../../src/domain/time.ts";

export default defineCommand({
  summary: "Shows whether the desk beats, stores and speaks",
  role: "viewer",
  readOnly: true,
  args: {},
  run({ engine, desk, platforms, clock }) {
    const { beatAgeMs, storeAgeMs, watchAgeMs, uptimeMs, residentBytes, bots, unknownOrders, problems } = engine.health();
    const market = engine.market();
    const { halt } = desk.state;
    const ago = (ageMs: number | undefined) => (ageMs === undefined ? "not yet" : `${spanText(ageMs)} ago`);
    const until =
      halt?.untilMs === undefined ? "until `system resume`" : `for another ${spanText(Math.max(0, halt.untilMs - clock.wall()))}`;
    const well = problems.length === 0 && !halt && platforms.every(({ reachable }) => reachable);
    const answer = card(well ? "All is well" : "Needs attention")
      .fields({
        "Last beat": ago(beatAgeMs),
        "Last store write": ago(storeAgeMs),
        "Last watch": watchAgeMs === undefined ? undefined : ago(watchAgeMs),
        Running: spanText(uptimeMs),
        Memory: `${Math.round(residentBytes / 1_000_000)} MB`,
        Bots:
          Object.entries(bots)
            .map(([status, count]) => `${count} ${status}`)
            .join(", ") || "none",
        "Unanswered orders": String(unknownOrders),
        Market: `${market.label}, speed ${market.speed}${market.ended ? ", ended" : ""}`,
        Platforms: platforms.map(({ name, reachable }) => `${name} ${reachable ? "reachable" : "NOT reachable"}`).join(", "),
        Halt: halt && [givenReason(halt.reason), until].filter((part) => part !== undefined).join(", "),
      })
      .line(...problems);
    return well ? answer.good() : answer.warning();
  },
});
