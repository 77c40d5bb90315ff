import type { AdviceMode } from "../domain/advice.ts";
import { type Mode, marked, sizingText } from "../domain/bot.ts";
import { UserError } from "../domain/errors.ts";
import { protectionText } from "../domain/exits.ts";
import { baseOf } from "../domain/instrument.ts";
import type { Order } from "../domain/order.ts";
import { entryPrice, isFlat, isPerpetual, netRealized } from "../domain/position.ts";
import type { BotFacts, BotLook, Engine } from "../ports/engine.ts";
import type { EntryNow } from "../ports/risk-facts.ts";
import { feeText, marketTime, priceText, quantityText, resultText } from "./amounts.ts";
import { coinsOf } from "./coins.ts";
import { venueWords } from "./mode-words.ts";
import { withPlan } from "./plan-card.ts";
import { isClosing, protectionNow } from "./protection-text.ts";
import { inBrackets } from "./reasons.ts";
import { type Card, card, right } from "./view.ts";

/** A bot's name as every view shows it: `dip`, `dip (DEMO)`, `dip (LIVE)`. */
export function shownName({ state: { spec } }: BotFacts): string {
  return marked(spec.name, spec.mode);
}

/** What a bot holds, in one sentence. */
export function positionText(bot: BotFacts): string {
  const { position } = bot.state;
  const price = entryPrice(position);
  const { base, quote } = coinsOf(bot.state.spec.symbol);
  if (price === undefined) return "flat";
  const how = position.quantity.isNegative() ? "sold short" : "bought";
  return `${quantityText(position.quantity.abs(), base)} ${how} at ${priceText(price)} ${quote}`;
}

/** How a position is closed. */
export function closingVerb({ state }: BotFacts): "sells" | "buys back" {
  return state.position.quantity.isNegative() ? "buys back" : "sells";
}

/** Where an order is, in a few words. */
export function restsAt({ state: { spec } }: BotFacts, { status, filledQuantity }: Order): string {
  if (status === "unknown" || status === "in-flight") return "unanswered, being looked for";
  const filled = filledQuantity.isZero() ? "" : `, ${quantityText(filledQuantity, baseOf(spec.symbol))} filled`;
  return `at ${venueWords(spec.mode)}${filled}`;
}

const ADVICE_WORDS: Readonly<Record<AdviceMode, string>> = {
  advise: "SHENRON's is told, and changes nothing",
  veto: "SHENRON may keep it out or make an entry smaller",
};

/** One line about the prices of paper trading that every view with such prices carries. */
export function marketLine(engine: Engine, name = "Prices"): string {
  const { label, atMs } = engine.market();
  return `${name}: ${label}, ${marketTime(atMs)}.`;
}

/** The same for a view of several modes: what is traded at an exchange has that exchange's prices, and only paper is spoken of. */
export function pricesLine(engine: Engine, modes: readonly Mode[]): string | undefined {
  if (modes.length > 0 && !modes.includes("paper")) return undefined;
  return marketLine(engine, modes.some((mode) => mode !== "paper") ? "Paper prices" : "Prices");
}

/** What would become of an entry at this moment. */
function entryText(now: EntryNow | undefined): string | undefined {
  if (!now) return undefined;
  return now.allowed ? now.arithmetic : `denied (${now.code}): ${now.because}`;
}

/** Everything worth knowing about one bot, with buttons for what may come next. */
export function botCard({ bot, entryNow, plan }: BotLook, engine: Engine, title = shownName(bot)): Card {
  const { spec, status, statusReason, position } = bot.state;
  const { quote } = coinsOf(bot.state.spec.symbol);
  const params = Object.entries(spec.params).map(([name, value]) => `${name}=${value}`);
  const answer = card(title).fields({
    Status: statusReason.startsWith(`${status} `) ? statusReason : `${status}${inBrackets(statusReason)}`,
    Entries: bot.locked,
    Mode: spec.mode === "paper" ? "paper" : `${spec.mode.toUpperCase()}, account ${bot.account}`,
    Symbol: spec.symbol,
    Timeframe: spec.timeframe,
    Strategy: spec.rules ? "rules of its own" : params.length === 0 ? spec.strategy : `${spec.strategy} (${params.join(" ")})`,
    Enter: spec.rules?.enter,
    Exit: spec.rules && (spec.rules.exit === undefined ? "none: only its stop and target" : spec.rules.exit),
    Group: spec.group,
    Size: sizingText(spec.sizing, quote, spec.sizeMax),
    Advice: spec.advice && ADVICE_WORDS[spec.advice],
    "An entry now": isFlat(position) ? entryText(entryNow) : undefined,
    Protection: protectionText(spec.protection, quote),
    Leverage: leverageText(bot),
    Position: positionText(bot),
    Protected: protectionNow(bot),
    Price: bot.price && `${priceText(bot.price)} ${quote}`,
    Unrealized: bot.unrealized && !isFlat(position) ? resultText(bot.unrealized, quote) : undefined,
    Realized: `${resultText(netRealized(position), quote)} after ${feeText(position.feesPaid, quote)} fees, ${fillsText(position.fillCount)}`,
    "Last decision": bot.lastDecision && `${bot.lastDecision.text} (${marketTime(bot.lastDecision.slotMs)})`,
  });
  const whole = withPlan(withLevels(answer, bot), plan, quote);
  return botButtons(bot, whole.line(pricesLine(engine, [spec.mode])));
}

/** Every level with its numbers, where there is more to say of them than one stop and one target. */
function withLevels(answer: Card, bot: BotFacts): Card {
  const { exits = [], state } = bot;
  const { takes, breakevenPct, trailAfterPct, holdMax } = state.spec.protection;
  if (exits.length === 0 || [takes, breakevenPct, trailAfterPct, holdMax].every((each) => each === undefined)) return answer;
  const { base, quote } = coinsOf(bot.state.spec.symbol);
  return answer.table(
    ["Level", right("At"), right("Sells"), "Held by"],
    exits.map(({ what, price, atMs, quantity, heldBy }) => [
      what,
      price ? `${priceText(price)} ${quote}` : atMs === undefined ? "-" : marketTime(atMs),
      quantity.isZero() ? "-" : quantityText(quantity, base),
      heldBy === "desk" ? "the desk" : venueWords(state.spec.mode),
    ]),
  );
}

/** How a position in a perpetual contract is backed, and where it would be liquidated; undefined on spot. */
function leverageText(bot: BotFacts): string | undefined {
  const { spec } = bot.state;
  if (!isPerpetual(spec.symbol)) return undefined;
  const near = bot.liquidationPrice && `, liquidated near ${priceText(bot.liquidationPrice)} ${coinsOf(bot.state.spec.symbol).quote}`;
  const paper = spec.mode === "paper" ? "; funding is not modeled on paper" : "";
  return `${spec.leverage ?? 1}, isolated margin${near ?? ""}${paper}`;
}

/** What kinds of money the bots trade with. */
export function modesOf(bots: readonly BotFacts[]): readonly Mode[] {
  return bots.map(({ state }) => state.spec.mode);
}

/** A number of fills in words: `1 fill`, `2 fills`. */
export function fillsText(fills: number): string {
  return fills === 1 ? "1 fill" : `${fills} fills`;
}

/** Buttons for what may come next, by status. */
export function botButtons(bot: BotFacts, answer: Card): Card {
  const { name } = bot.state.spec;
  const active = bot.state.status === "running" || bot.state.status === "stopping";
  if (active) answer.button("Stop", `bot stop ${name}`, "danger");
  else answer.button("Start", `bot start ${name}`, "primary");
  if (!isFlat(bot.state.position) && !isClosing(bot)) answer.button("Close now", `position close ${name}`, "danger");
  return answer.button("Show", `bot show ${name}`);
}

/** What a bot does, in a column: `paused` by its own command, or that somebody else keeps it from entering. */
function statusText({ state: { status }, locked }: BotFacts): string {
  if (locked === undefined) return status;
  return status === "running" && locked.startsWith("paused ") ? "paused" : `${status}, no entries`;
}

/** A table of bots. */
export function botTable(title: string, bots: readonly BotFacts[], engine: Engine): Card {
  return card(title)
    .table(
      ["Bot", "Status", "Symbol", "Every", "Strategy", right("Position"), right("Unrealized"), right("Realized")],
      bots.map((bot) => {
        const { spec, position } = bot.state;
        const { base, quote } = coinsOf(bot.state.spec.symbol);
        const open = isFlat(position) ? "-" : bot.unrealized === undefined ? "?" : resultText(bot.unrealized, quote);
        const held = isFlat(position) ? "flat" : quantityText(position.quantity, base);
        return [
          shownName(bot),
          statusText(bot),
          spec.symbol,
          spec.timeframe,
          spec.strategy,
          held,
          open,
          resultText(netRealized(position), quote),
        ];
      }),
    )
    .tableFirst()
    .line(pricesLine(engine, modesOf(bots)));
}

/** One outcome of doing something to several bots. */
export interface Outcome {
  readonly name: string;
  /** The name with DEMO or LIVE. */
  readonly shown: string;
  readonly done: boolean;
  /** Whether it was so before. */
  readonly isSame: boolean;
  readonly text: string;
}

/** Said of a bot that was what it should become. */
export interface Unchanged {
  readonly unchanged: string;
}

/** Does something to each bot in turn. A refusal of one does not keep the others from it; when all refuse, the first refusal is the answer. */
export async function forEach<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  act: (item: T) => Promise<string | Unchanged>,
  shownOf = nameOf,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let first: UserError | undefined;
  for (const item of items) {
    try {
      const answer = await act(item);
      const isSame = typeof answer !== "string";
      outcomes.push({ name: nameOf(item), shown: shownOf(item), done: true, isSame, text: isSame ? answer.unchanged : answer });
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      first ??= thrown;
      outcomes.push({ name: nameOf(item), shown: shownOf(item), done: false, isSame: true, text: thrown.message });
    }
  }
  if (first && outcomes.every(({ done }) => !done)) throw first;
  return outcomes;
}

/** The same for bots that exist. */
export function forEachBot(bots: readonly BotFacts[], act: (bot: BotFacts) => Promise<string | Unchanged>): Promise<readonly Outcome[]> {
  return forEach(bots, ({ state }) => state.spec.name, act, shownName);
}

/** The outcomes as a table, titled by how many are otherwise than before. */
export function outcomeCard(what: string, outcomes: readonly Outcome[]): Card {
  const changed = outcomes.filter(({ isSame }) => !isSame).length;
  const count = changed === outcomes.length ? `${changed}` : `${changed} of ${outcomes.length}`;
  const answer = card(`${what}: ${count} bots`).table(
    ["Bot", "Outcome"],
    outcomes.map(({ shown, text }) => [shown, text]),
  );
  return outcomes.every(({ done }) => done) ? answer.good() : answer.warning();
}

/** A warning to add where a bot is told to trade while entries are denied. */
export function haltLine(halt: { readonly reason: string } | undefined): string | undefined {
  return halt && `The desk is halted${inBrackets(halt.reason)}: nothing new is opened until \`system resume\`.`;
}
