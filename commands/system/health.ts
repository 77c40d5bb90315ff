import { ended, isVenueAccount, sentence, type VenueAccount } from "../../src/chat/account-cards.ts";
import { accountNameFor } from "../../src/chat/account-names.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { onRealClock } from "../../src/chat/real-clock.ts";
import { givenReason } from "../../src/chat/reasons.ts";
import { card } from "../../src/chat/view.ts";
import type { DeskState } from "../../src/domain/desk.ts";
import { exchangeName } from "../../src/domain/exchange-names.ts";
import { minuteText, spanText } from "../../src/domain/time.ts";
import type { AccountFacts } from "../../src/ports/engine.ts";

export default defineCommand({
  summary: "Shows whether the desk beats, stores and speaks",
  role: "viewer",
  readOnly: true,
  args: {},
  run({ accounts, engine, desk, platforms, backings, clock, caller }) {
    const { beatAgeMs, storeAgeMs, watchAgeMs, uptimeMs, residentBytes, bots, unknownOrders, problems } = engine.health();
    const market = engine.market();
    const { halt } = desk.state;
    const ago = (ageMs: number | undefined) => (ageMs === undefined ? "not yet" : `${spanText(ageMs)} ago`);
    const until =
      halt?.untilMs === undefined
        ? "until `system resume`"
        : `for another ${spanText(Math.max(0, halt.untilMs - clock.wall()))}${onRealClock(engine)}`;
    const sick = [
      ...problems,
      ...backings.flatMap((each) => each.trouble() ?? []).map(ended),
      ...accounts.flatMap((account) => troublesOf(account, caller.user)),
      ...bansOf(desk.state.bans, clock.wall()),
    ];
    const well = sick.length === 0 && !halt && platforms.every(({ reachable }) => reachable);
    const atExchanges = accounts.filter(isVenueAccount).map((account) => exchangeText(account, caller.user));
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
        Exchanges: atExchanges.length === 0 ? undefined : atExchanges.join("; "),
        Halt: halt && [givenReason(halt.reason), until].filter((part) => part !== undefined).join(", "),
      })
      .line(...sick);
    return well ? answer.good() : answer.warning();
  },
});

function troublesOf({ state, troubles }: AccountFacts, user: string): readonly string[] {
  return troubles.map((each) => `${accountNameFor(state, user)}: ${sentence(each)}`);
}

function bansOf(bans: DeskState["bans"], now: number): readonly string[] {
  return [...bans]
    .filter(([, { untilMs }]) => untilMs > now)
    .map(
      ([exchange, { untilMs, reason }]) => `${exchangeName(exchange)} sends this machine away until ${minuteText(untilMs)} UTC: ${reason}.`,
    );
}

function exchangeText({ state, venue }: VenueAccount, user: string): string {
  const clock = venue.clockOffsetMs === undefined ? "clock not measured" : `clock ${Math.round(venue.clockOffsetMs)} ms off`;
  return `${accountNameFor(state, user)} at ${exchangeName(venue.exchangeId)}, ${clock}`;
}
