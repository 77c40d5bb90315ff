import { applyAccountEvent } from "../domain/account.ts";
import { type AccountState, type BotState, emptyAccount } from "../domain/books.ts";
import type { BotSpec } from "../domain/bot.ts";
import { UserError } from "../domain/errors.ts";
import type { AccountEvent, Recorded } from "../domain/events.ts";
import { type MarketMs, marketMs, minuteText } from "../domain/time.ts";
import { slotOf, timeframeMs } from "../domain/timeframe.ts";
import type { WhyFacts } from "../ports/why.ts";
import { conversionsText } from "../risk/counter.ts";
import type { Account } from "./account.ts";
import type { AuditReader } from "./audit.ts";
import { BotStrategies } from "./bot-strategies.ts";
import { FeedHub, type Slot } from "./feeds.ts";
import { BotRunner, readsOf } from "./runner.ts";
import { decisionOf } from "./why.ts";

/** Minutes of one candle that are read at once. */
const STEPS_MAX = 2_000;

interface Past {
  readonly bot: BotState;
  /** What became of the decision, where the books say it. */
  readonly outcome: string | undefined;
}

/**
 * Why a bot acted or did not at an instant that is past: a decision is pure, so it is made again with the spec and the position of then, which the records
 * say, and the candles of then. By the code of today: a version that decides otherwise would show it here.
 */
export async function whyAt({ account, bot }: { account: Account; bot: BotState }, audit: AuditReader, atMs: MarketMs): Promise<WhyFacts> {
  const { services, writer } = account;
  if (atMs > services.now()) throw new UserError(`at: ${minuteText(atMs)} UTC has not come yet; name an instant that is past.`);
  const then = await foldedAt(audit.records(writer.name), bot.spec.id, atMs);
  if (!then) throw new UserError(`at: ${bot.spec.name} was not made yet at ${minuteText(atMs)} UTC.`);
  const slotMs = slotBefore(then.bot.spec, atMs);
  const closedMs = marketMs(slotMs + timeframeMs(then.bot.spec.timeframe));
  const { status, startedMs } = then.bot;
  if (status !== "running" || startedMs === undefined || closedMs <= startedMs)
    return { decision: undefined, gates: [], silent: whySilent(then.bot) };
  const slot = await slotAt(account, then.bot.spec, slotMs, closedMs);
  if (!slot) return { decision: undefined, gates: [], silent: "nothing was traded in that candle" };
  const runner = new BotRunner(then.bot, new BotStrategies().of(then.bot.spec));
  runner.decide(slot);
  const explained = runner.explained();
  return { decision: explained && { ...decisionOf(runner, explained), outcome: then.outcome }, gates: [] };
}

function slotBefore({ timeframe }: BotSpec, atMs: MarketMs): MarketMs {
  return marketMs(slotOf(atMs, timeframe) - timeframeMs(timeframe));
}

function whySilent({ status, statusReason, startedMs }: BotState): string {
  if (status === "running" && startedMs !== undefined)
    return `it ran since ${minuteText(startedMs)} UTC, and judges candles that close later`;
  return statusReason === "" ? `it was ${status}` : `it was ${status}: ${statusReason}`;
}

/** The bot as it was when the slot before an instant was judged: everything up to its close, less what that slot itself led to. */
async function foldedAt(records: AsyncIterable<Recorded<AccountEvent>>, botId: string, atMs: MarketMs): Promise<Past | undefined> {
  const state = emptyAccount();
  let frozen: BotState | undefined;
  let outcome: string | undefined;
  for await (const recorded of records) {
    const bot = frozen ?? state.bots.get(botId);
    if (!bot && recorded.marketMs > atMs) return undefined;
    const slotMs = bot && slotBefore(bot.spec, atMs);
    const closedMs = bot && slotMs !== undefined ? slotMs + timeframeMs(bot.spec.timeframe) : atMs;
    const isOfSlot = slotMs !== undefined && slotOfEvent(recorded.event, botId) === slotMs;
    if (isOfSlot || recorded.marketMs > closedMs) frozen ??= copyOf(state, botId);
    if (isOfSlot) outcome ??= outcomeOf(recorded.event);
    // A slot is judged late where its account lagged, never after the next ones were.
    if (frozen && recorded.marketMs > closedMs + LAG_SLOTS * timeframeMs(frozen.spec.timeframe)) break;
    if (!frozen) applyAccountEvent(state, recorded);
  }
  const bot = frozen ?? copyOf(state, botId);
  return bot && { bot, outcome };
}

const LAG_SLOTS = 2;

function copyOf({ bots }: AccountState, botId: string): BotState | undefined {
  const bot = bots.get(botId);
  return bot && { ...bot };
}

function slotOfEvent(event: AccountEvent, botId: string): MarketMs | undefined {
  if (event.type === "intent") return event.intent.botId === botId && DECIDED.has(event.intent.purpose) ? event.intent.slotMs : undefined;
  if (event.type === "wish-denied") return event.botId === botId ? event.slotMs : undefined;
  return event.type === "exit-wanted" && event.botId === botId && DECIDED.has(event.purpose) ? event.slotMs : undefined;
}

/** What a strategy wishes, in contrast to what levels and people do. */
const DECIDED: ReadonlySet<string> = new Set(["entry", "exit"]);

function outcomeOf(event: AccountEvent): string {
  if (event.type === "wish-denied") return `denied (${event.code}): ${event.because}`;
  const { conversions } = event.type === "intent" ? event.intent : {};
  return conversions ? `acted on; counted by ${conversionsText(conversions)}` : "acted on";
}

/** The slot as a feed of its own has it, warmed like every feed. */
async function slotAt({ services: { market } }: Account, spec: BotSpec, slotMs: MarketMs, closedMs: MarketMs): Promise<Slot | undefined> {
  const hub = new FeedHub(market, slotMs);
  await hub.subscribe(spec.symbol, spec.timeframe, readsOf(spec, new BotStrategies().of(spec)));
  const { steps } = await market.advance(slotMs, closedMs, new Set([spec.symbol]), STEPS_MAX);
  return steps.flatMap((step) => hub.push(step)).find(({ candle }) => candle.openTimeMs === slotMs);
}
