import { choice } from "../../src/chat/args.ts";
import { botFilter } from "../../src/chat/args-audit.ts";
import { venueSymbol } from "../../src/chat/args-venue.ts";
import { botTable } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { idsNamed } from "../../src/chat/only-bot.ts";
import { pageNumber, pageOf, withPages } from "../../src/chat/pages.ts";
import { type Card, card } from "../../src/chat/view.ts";
import { baseOf } from "../../src/domain/instrument.ts";
import { isFlat } from "../../src/domain/position.ts";
import type { BotFacts } from "../../src/ports/engine.ts";

/** As many as one message of either chat platform shows whole. */
const ROWS_MAX = 20;
const NAMES = new Intl.Collator("en", { numeric: true });
const STATES = ["holding", "running", "stopping", "stopped", "faulted", "created"] as const;

interface Wish {
  readonly bot?: string | undefined;
  readonly status?: (typeof STATES)[number] | undefined;
  readonly symbol?: string | undefined;
  readonly page: number;
}

export default defineCommand({
  summary: "Shows the bots and what they hold, those first that need a look",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {
    bot: botFilter.describe("Only this group, or this bot").optional(),
    status: choice(STATES).describe("Only those that do this, or hold a position").optional(),
    symbol: venueSymbol.describe("Only on this symbol, or of this coin").optional(),
    page: pageNumber,
  },
  run({ visible, engine, args }) {
    if (visible.length === 0)
      return card("There are no bots yet")
        .line("`bot create` makes one; it asks for all it needs.")
        .button("Create a bot", "bot create", "primary");
    const bots = visible.filter(wantedBy(args, visible)).toSorted((a, b) => urgency(a) - urgency(b) || byName(a, b));
    if (bots.length === 0) return card("No such bots").line(`\`bot list\` shows all ${visible.length}.`).button("All bots", "bot list");
    const running = bots.filter(({ state }) => state.status === "running").length;
    const page = pageOf(bots, args.page, ROWS_MAX);
    const title = `${bots.length === 1 ? "1 bot" : `${bots.length} bots`}, ${running} running`;
    return withNext(
      page.rows,
      withPages(botTable(title, page.rows, engine), page, commandOf(args)),
      running,
      bots.length === visible.length,
    );
  },
});

function wantedBy({ bot, status, symbol }: Wish, visible: readonly BotFacts[]): (bot: BotFacts) => boolean {
  const specs = visible.map(({ state }) => state.spec);
  const named = bot === undefined ? undefined : idsNamed(specs, bot);
  return ({ state }) =>
    (named?.has(state.spec.id) ?? true) &&
    (status === undefined || (status === "holding" ? !isFlat(state.position) : state.status === status)) &&
    (symbol === undefined || symbol === state.spec.symbol || symbol === baseOf(state.spec.symbol));
}

/** What a person has to know of comes first: without a stop, faulted, holding something, at work. */
function urgency({ state: { naked, status, position } }: BotFacts): number {
  if (naked) return 0;
  if (status === "faulted") return 1;
  if (!isFlat(position)) return 2;
  return status === "running" || status === "stopping" ? 3 : 4;
}

/** `dip-2` stands before `dip-10`. */
function byName({ state: a }: BotFacts, { state: b }: BotFacts): number {
  return NAMES.compare(a.spec.name, b.spec.name);
}

/** What shows the same list again. */
function commandOf({ bot, status, symbol }: Wish): string {
  const given = Object.entries({ bot, status, symbol }).filter(([, value]) => value !== undefined);
  return ["bot list", ...given.map(([name, value]) => `${name}:${value}`)].join(" ");
}

/** At most three buttons: what is started, looked at or stopped next. */
function withNext(bots: readonly BotFacts[], answer: Card, running: number, isWhole: boolean): Card {
  const idle = bots.find(({ state }) => state.status !== "running" && state.status !== "stopping");
  if (idle) answer.button(`Start ${idle.state.spec.name}`, `bot start ${idle.state.spec.name}`, "primary");
  if (bots.some(({ state }) => !isFlat(state.position))) answer.button("Positions", "position list");
  else answer.button("Create a bot", "bot create");
  if (running > 1) return isWhole ? answer.button("Stop all", "bot stop all", "danger") : answer;
  const only = bots.find(({ state }) => state.status === "running");
  return only ? answer.button(`Stop ${only.state.spec.name}`, `bot stop ${only.state.spec.name}`, "danger") : answer;
}
