import type { MarketMs } from "../domain/time.ts";
import type { BotFacts } from "../ports/engine.ts";
import type { PositionFacts, Term } from "../ports/strategy.ts";
import type { WhyDecision, WhyFacts, WhyGate } from "../ports/why.ts";
import { rounded } from "../strategies/define.ts";
import { marketTime } from "./amounts.ts";
import { botButtons, shownName } from "./bot-cards.ts";
import { type Card, card } from "./view.ts";

/** A decision with every term and gate: for acting, and for not acting. `at`: the instant that was asked about. */
export function whyCard(bot: BotFacts, { decision, gates, silent }: WhyFacts, at?: MarketMs): Card {
  const { spec } = bot.state;
  const answer = card(`Why ${shownName(bot)} ${decision ? verbOf(decision) : "has decided nothing"}`);
  if (!decision && at !== undefined) {
    return botButtons(bot, answer.line(`At ${marketTime(at)}: ${silent ?? "nothing is known of that candle"}.`));
  }
  if (!decision) {
    return botButtons(bot, answer.line(unjudged(bot)).fields(gateFields(gates)));
  }
  const { slotMs, signal, explanation, outcome, position, advice } = decision;
  const because = signal.kind === "hold" ? (explanation?.because ?? signal.reason ?? "its strategy saw nothing to act on") : signal.reason;
  answer
    .line(`At the candle of ${marketTime(slotMs)}, every ${spec.timeframe}: ${because}.`)
    .line(outcome && `What became of it: ${outcome}.`)
    .line(advice && `Advice on it: ${advice}.`)
    .line(`It ${heldText(position)} then.`);
  if (explanation) answer.table(["For", "Term", "Numbers", "Holds"], explanation.terms.map(termRow));
  else answer.fields({ Saw: valuesText(decision.values) });
  if (at !== undefined)
    return botButtons(bot, answer.line("Decided again from the records and candles of then; `bot why` without at tells the gates of now."));
  return botButtons(bot, answer.line(closedText(gates)).fields(gateFields(gates)));
}

/** Why there is no decision to tell. */
function unjudged({ state: { status, spec } }: BotFacts): string {
  if (status === "created") return "It was never started.";
  if (status === "running") return "It has judged no candle since this process runs.";
  return `It is ${status}, and what it judged last is not kept: \`bot why ${spec.name} at:TIME\` decides a candle of then again.`;
}

function verbOf({ signal, outcome }: WhyDecision): string {
  if (signal.kind === "hold") return "did nothing";
  const wish = signal.kind === "exit" ? "sell" : signal.kind === "add" ? "buy more" : "buy";
  return outcome?.startsWith("denied") ? `wished to ${wish} and was denied` : `wished to ${wish}`;
}

function partsText(parts: readonly number[]): string {
  return parts.length === 0 ? "" : ` (${parts.length} ${parts.length === 1 ? "part" : "parts"} of its plan)`;
}

function heldText({ flat, entryPrice, barsHeld, parts }: PositionFacts): string {
  if (flat || entryPrice === undefined) return "held nothing";
  return `held what it had bought at ${rounded(entryPrice)}${partsText(parts)}, for ${barsHeld} closed ${barsHeld === 1 ? "candle" : "candles"},`;
}

function termRow({ side, text, numbers, holds }: Term): readonly string[] {
  return [side, text, numbers, holds === undefined ? "undefined" : holds ? "yes" : "no"];
}

function valuesText(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${Number.isNaN(value) ? "undefined" : rounded(value)}`)
    .join(", ");
}

function closedText(gates: readonly WhyGate[]): string {
  const closed = gates.filter(({ isOpen }) => !isOpen).map(({ name }) => name);
  return closed.length === 0 ? "No gate would stop an order now." : `Closed now: ${closed.join(", ")}.`;
}

function gateFields(gates: readonly WhyGate[]): Readonly<Record<string, string>> {
  return Object.fromEntries(gates.map(({ name, isOpen, says }) => [`Gate ${name}`, `${isOpen ? "open" : "CLOSED"}: ${says}`]));
}
