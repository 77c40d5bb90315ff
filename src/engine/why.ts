import type { BotState } from "../domain/books.ts";
import { isProtective } from "../domain/order.ts";
import { isFlat } from "../domain/position.ts";
import type { MarketMs } from "../domain/time.ts";
import { timeframeMs } from "../domain/timeframe.ts";
import type { WhyDecision, WhyFacts, WhyGate } from "../ports/why.ts";
import type { Account } from "./account.ts";
import { advisedNow, asksAdvice } from "./advice.ts";
import { planOf } from "./building.ts";
import type { BotRunner, Explained } from "./runner.ts";

/** Why a bot acted or did not: its newest decision, and every gate as it stands now. Changes nothing. */
export function whyFacts({ account, bot }: { readonly account: Account; readonly bot: BotState }): WhyFacts {
  const runner = account.runners.get(bot.spec.id);
  const explained = runner?.explained();
  const decision = runner && explained ? decisionOf(runner, explained) : undefined;
  return { decision, gates: gatesOf(account, bot, explained) };
}

/** A decision in words and numbers. */
export function decisionOf(runner: BotRunner, { slot, input, signal, explanation }: Explained): WhyDecision {
  const slotMs = slot.candle.openTimeMs as MarketMs;
  const { bot, denied, advised, counted } = runner;
  const by = counted?.slotMs === slotMs ? `; counted by ${counted.because}` : "";
  const acted = bot.actedSlotMs === slotMs ? `acted on${by}` : undefined;
  const outcome = denied?.slotMs === slotMs ? `denied (${denied.code}): ${denied.because}` : acted;
  const advice = advised?.slotMs === slotMs && denied?.slotMs !== slotMs ? advised.because : undefined;
  return { slotMs, closedMs: slot.closedMs, signal, values: runner.valuesAt(slot), explanation, position: input.position, outcome, advice };
}

/** The gates in the order in which they are asked. Those of risk are asked for an entry only: an exit is never refused. */
function gatesOf(account: Account, bot: BotState, explained: Explained | undefined): WhyGate[] {
  const { state, services } = account;
  const halted = services.halted();
  const working = [...state.orders.values()].find((order) => order.botId === bot.spec.id && !isProtective(order));
  const gates: WhyGate[] = [
    gate("running", bot.status === "running", bot.statusReason === "" ? bot.status : `${bot.status}: ${bot.statusReason}`),
    gate("halted", halted === undefined, halted ?? "the desk is not halted"),
    gate("panic", state.panic === undefined, state.panic ? `a panic closes everything: ${state.panic.reason}` : "no panic is on"),
    gate(
      "order",
      working === undefined,
      working ? `its ${working.purpose} order is ${working.status}` : "no order of its own is under way",
    ),
    gate(
      "exit",
      bot.exit === undefined || bot.exit.keep !== undefined,
      bot.exit ? `it is closing its position: ${bot.exit.reason}` : "it is not closing a position",
    ),
  ];
  if (!explained) return gates;
  const { slot, isWarm } = explained;
  gates.push(gate("warm", isWarm, isWarm ? "all indicators have their history" : "some indicator has not seen enough candles"));
  const lateFromMs = slot.closedMs + Math.max(timeframeMs(slot.feed.timeframe), services.lagMs);
  const isLate = lateFromMs <= services.now();
  gates.push(gate("late", !isLate, isLate ? "a newer candle has closed by now" : "its candle is the newest one"));
  if (!mayBuy(bot)) return gates;
  gates.push(riskGate(account, bot, explained));
  const advice = adviceGate(account, bot);
  if (advice) gates.push(advice);
  return gates;
}

/** Whether the next thing that it buys would pass the gates of risk: a flat bot's entry, or what is added to a position that is built of several. */
function mayBuy(bot: BotState): boolean {
  return isFlat(bot.position) || (bot.whole !== undefined && (bot.parts?.length ?? 0) < (planOf(bot.spec)?.shares.length ?? 0));
}

/** What advice would make of an entry now. Its words are those of the service, cleaned and cut. */
function adviceGate({ services }: Account, { spec }: BotState): WhyGate | undefined {
  if (!asksAdvice(spec)) return undefined;
  const { use } = advisedNow(services, spec);
  const reasons = use.advice?.reasons.map((reason) => `"${reason}"`).join(", ") ?? "";
  const words = reasons === "" ? "" : `; its words: ${reasons}`;
  const says = use.effect === "none" ? `no advice: ${use.because}` : `${use.because}${words}`;
  return gate("advice", use.effect !== "vetoed", says);
}

function riskGate(account: Account, bot: BotState, { slot }: Explained): WhyGate {
  const answer = account.executor.mayEnter(bot, slot);
  return answer.allowed
    ? gate("risk", true, `an entry would be ${answer.arithmetic}`)
    : gate("risk", false, `an entry would be denied (${answer.code}): ${answer.because}`);
}

function gate(name: string, isOpen: boolean, says: string): WhyGate {
  return { name, isOpen, says };
}
