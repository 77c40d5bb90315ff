import { protectionText, sizingText } from "../domain/bot.ts";
import { UserError } from "../domain/errors.ts";
import { entryPrice, isFlat, netRealized } from "../domain/position.ts";
import type { BotFacts, Engine } from "../ports/engine.ts";
import { feeText, marketTime, priceText, quantityText, resultText } from "./amounts.ts";
import { inBrackets } from "./reasons.ts";
import { type Card, card, right } from "./view.ts";

/** Base and quote of a bot's symbol. */
export function coinsOf({ state }: BotFacts): { readonly base: string; readonly quote: string } {
  const [base = "", quote = ""] = state.spec.symbol.split("/");
  return { base, quote };
}

/** What a bot holds, in one sentence. */
export function positionText(bot: BotFacts): string {
  const { position } = bot.state;
  const price = entryPrice(position);
  const { base, quote } = coinsOf(bot);
  if (price === undefined) return "flat";
  return `${quantityText(position.quantity, base)} bought at ${priceText(price)} ${quote}`;
}

/** The levels that protect a position and where they rest, in one sentence; undefined when flat. */
export function protectionNow(bot: BotFacts): string | undefined {
  if (isFlat(bot.state.position)) return undefined;
  const { quote } = coinsOf(bot);
  const levels = bot.orders
    .filter(({ purpose }) => purpose === "stop" || purpose === "take")
    .map(({ purpose, price, trailingPct }) => {
      const name = trailingPct === undefined ? purpose : `${purpose} (trailing ${trailingPct}%)`;
      return price === undefined ? name : `${name} at ${priceText(price)} ${quote}`;
    });
  return levels.length === 0
    ? "no protective order rests at the venue"
    : `${levels.join(", ")}, resting at the ${bot.state.spec.mode} venue`;
}

/** One line about prices that every view with prices carries. */
export function marketLine(engine: Engine): string {
  const { label, atMs } = engine.market();
  return `Prices: ${label}, ${marketTime(atMs)}.`;
}

/** Everything worth knowing about one bot, with buttons for what may come next. */
export function botCard(bot: BotFacts, engine: Engine, title = bot.state.spec.name): Card {
  const { spec, status, statusReason, position } = bot.state;
  const { quote } = coinsOf(bot);
  const params = Object.entries(spec.params).map(([name, value]) => `${name}=${value}`);
  const answer = card(title).fields({
    Status: statusReason.startsWith(`${status} `) ? statusReason : `${status}${inBrackets(statusReason)}`,
    Mode: spec.mode,
    Symbol: spec.symbol,
    Timeframe: spec.timeframe,
    Strategy: params.length === 0 ? spec.strategy : `${spec.strategy} (${params.join(" ")})`,
    Group: spec.group,
    Size: sizingText(spec.sizing, quote),
    Protection: protectionText(spec.protection),
    Position: positionText(bot),
    Protected: protectionNow(bot),
    Price: bot.price && `${priceText(bot.price)} ${quote}`,
    Unrealized: bot.unrealized && !isFlat(position) ? resultText(bot.unrealized, quote) : undefined,
    Realized: `${resultText(netRealized(position), quote)} after ${feeText(position.feesPaid, quote)} fees, ${fillsText(position.fillCount)}`,
    "Last decision": bot.lastDecision && `${bot.lastDecision.text} (${marketTime(bot.lastDecision.slotMs)})`,
  });
  return botButtons(bot, answer.line(marketLine(engine)));
}

export function fillsText(fills: number): string {
  return fills === 1 ? "1 fill" : `${fills} fills`;
}

/** Buttons for what may come next, by status. */
export function botButtons(bot: BotFacts, answer: Card): Card {
  const { name } = bot.state.spec;
  const active = bot.state.status === "running" || bot.state.status === "stopping";
  if (active) answer.button("Stop", `bot stop ${name}`, "danger");
  else answer.button("Start", `bot start ${name}`, "primary");
  if (!isFlat(bot.state.position)) answer.button("Close now", `position close ${name}`, "danger");
  return answer.button("Show", `bot show ${name}`);
}

/** A table of bots. */
export function botTable(title: string, bots: readonly BotFacts[], engine: Engine): Card {
  return card(title)
    .table(
      ["Bot", "Status", "Symbol", "Every", "Strategy", right("Position"), right("Unrealized"), right("Realized")],
      bots.map((bot) => {
        const { spec, status, position } = bot.state;
        const { base, quote } = coinsOf(bot);
        const open = isFlat(position) ? "-" : bot.unrealized === undefined ? "?" : resultText(bot.unrealized, quote);
        const held = isFlat(position) ? "flat" : quantityText(position.quantity, base);
        return [spec.name, status, spec.symbol, spec.timeframe, spec.strategy, held, open, resultText(netRealized(position), quote)];
      }),
    )
    .tableFirst()
    .line(marketLine(engine));
}

/** One outcome of doing something to several bots. */
export interface Outcome {
  readonly name: string;
  readonly done: boolean;
  readonly text: string;
}

/** Does something to each bot in turn. A refusal of one does not keep the others from it; when all refuse, the first refusal is the answer. */
export async function forEach<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  act: (item: T) => Promise<string>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let first: UserError | undefined;
  for (const item of items) {
    try {
      outcomes.push({ name: nameOf(item), done: true, text: await act(item) });
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      first ??= thrown;
      outcomes.push({ name: nameOf(item), done: false, text: thrown.message });
    }
  }
  if (first && outcomes.every(({ done }) => !done)) throw first;
  return outcomes;
}

/** The outcomes as a table, titled by how many were done. */
export function outcomeCard(what: string, outcomes: readonly Outcome[]): Card {
  const done = outcomes.filter(({ done }) => done).length;
  const all = done === outcomes.length;
  const answer = card(all ? `${what}: ${done} bots` : `${what}: ${done} of ${outcomes.length} bots`).table(
    ["Bot", "Outcome"],
    outcomes.map(({ name, text }) => [name, text]),
  );
  return all ? answer.good() : answer.warning();
}

/** A warning to add where a bot is told to trade while entries are denied. */
export function haltLine(halt: { readonly reason: string } | undefined): string | undefined {
  return halt && `The desk is halted${inBrackets(halt.reason)}: nothing new is opened until \`system resume\`.`;
}
