import type { AccountState, BotState } from "../domain/books.ts";
import { BotFault, messageOf } from "../domain/errors.ts";
import type { AccountEvent, Intent } from "../domain/events.ts";
import { type Decimal, decimal, ZERO } from "../domain/money.ts";
import { isFlat } from "../domain/position.ts";
import type { Signal } from "../domain/signal.ts";
import type { MarketMs } from "../domain/time.ts";
import { timeframeMs } from "../domain/timeframe.ts";
import { conversionsText } from "../risk/counter.ts";
import type { EntryAnswer, EntryQuestion } from "../risk/entry.ts";
import { stopProblem } from "../risk/exits.ts";
import type { Advised } from "./advice.ts";
import { clearedLoss } from "./breaker-readings.ts";
import { type Beside, entryBeside } from "./building.ts";
import type { Slot } from "./feeds.ts";
import { countedBy, type Wish } from "./intents.ts";
import type { HeldEntry } from "./level-facts.ts";
import { heldIn } from "./risk-guard.ts";
import type { BotRunner, Runners } from "./runner.ts";
import type { AccountServices } from "./services.ts";
import { Funds } from "./valuation.ts";

/** What one running bot wishes at one slot. */
export interface BotWish {
  readonly runner: BotRunner;
  readonly slot: Slot;
  readonly signal: Signal | BotFault;
}

/** What the running bots on these slots wish, holds left out. Pure. `works` says whether an order of a bot is under way. */
export function wishesOf(state: AccountState, runners: Runners, works: (botId: string) => boolean, slots: readonly Slot[]): BotWish[] {
  const wishes: BotWish[] = [];
  for (const slot of slots) {
    for (const runner of runners.on(slot.feed.key)) {
      const { bot } = runner;
      if (!mayDecide(bot, slot) || works(bot.spec.id)) continue;
      const signal = decided(runner, slot);
      if (signal instanceof BotFault || fits(signal, bot, state)) wishes.push({ runner, slot, signal });
    }
  }
  return wishes.length > 1 ? inOrder(wishes, state) : wishes;
}

/** What the door is asked with: the cash, what earlier wishes of the same slots take, and what the entry is of a position that is built of several. */
export interface Asked {
  readonly funds: Funds;
  readonly spent: Decimal;
  readonly pending: readonly HeldEntry[];
  readonly beside: Beside;
}

/** How one kind of account turns wishes into events. */
export interface WishMakers {
  /** Whether an entry may be made and how large. */
  check(bot: BotState, slot: Slot, asked: Asked): EntryAnswer;
  /** What advice leaves of what was allowed; never more. */
  advise(bot: BotState, slot: Slot, answer: EntryAnswer, beside: Beside): Advised;
  /** `parts`: those that it buys, or sells, where it is not all. */
  enter(bot: BotState, quantity: Decimal, wish: Wish, parts: readonly number[] | undefined): AccountEvent;
  exit(bot: BotState, wish: Wish, parts: readonly number[] | undefined): AccountEvent[];
}

/** The events that wishes become: intents, denials with their reason, faults. */
export function wishEvents(
  account: { readonly state: AccountState; readonly priceOf: (symbol: string) => number | undefined },
  wishes: readonly BotWish[],
  makers: WishMakers,
): AccountEvent[] {
  const events: AccountEvent[] = [];
  const funds = new Funds(account);
  const pending: HeldEntry[] = [];
  let spent = ZERO;
  for (const { runner, slot, signal } of wishes) {
    const { bot } = runner;
    if (signal instanceof BotFault) {
      events.push({ type: "bot-faulted", botId: bot.spec.id, reason: signal.message });
      continue;
    }
    if (signal.kind === "hold") continue;
    const slotMs = slot.candle.openTimeMs as MarketMs;
    const stopDistance = runner.stopDistanceAt(slot);
    const wish: Wish = {
      decision: slotMs,
      slotMs,
      reason: signal.reason,
      values: runner.valuesAt(slot),
      ...(stopDistance && { stopDistance }),
    };
    if (signal.kind === "exit") {
      events.push(...makers.exit(bot, wish, signal.parts));
      continue;
    }
    const unprotected = stopProblem(bot.spec.protection, decimal(slot.candle.close), stopDistance);
    if (unprotected !== undefined) {
      events.push(deniedEvent(bot, wish, "stop", unprotected));
      continue;
    }
    const beside = entryBeside(bot, signal.parts, account.priceOf(bot.spec.symbol));
    const { answer, use } = makers.advise(bot, slot, makers.check(bot, slot, { funds, spent, pending, beside }), beside);
    const whole = answer.allowed ? answer.whole : undefined;
    const advised: Wish = { ...wish, ...(use && { advice: use }), ...(whole && { whole }), ...countedBy(answer) };
    runner.counted = answer.conversions && { slotMs, because: conversionsText(answer.conversions) };
    runner.advised = use && { slotMs, because: use.because };
    if (answer.allowed) {
      const entry = makers.enter(bot, answer.quantity, advised, signal.parts);
      events.push(entry);
      pending.push(...heldIn(account, [entry]));
      spent = spent.plus(answer.quantity.times(decimal(slot.candle.close)));
    } else {
      runner.denied = { slotMs, code: answer.code, because: answer.because };
      events.push(deniedEvent(bot, advised, answer.code, answer.because));
    }
  }
  return events;
}

/** What every entry is asked, whatever the account. */
export function entryQuestion(
  { state, services }: { readonly state: AccountState; readonly services: AccountServices },
  slot: Slot | undefined,
  funds: Funds,
  spent: Decimal,
): Omit<EntryQuestion, "instrument" | "price" | "sizing"> {
  return {
    limits: services.limits,
    equity: funds.equity,
    cashFree: funds.free.minus(spent),
    dayOpeningEquity: openingEquity(state),
    halted: services.halted(),
    late: slot !== undefined && slot.closedMs + Math.max(timeframeMs(slot.feed.timeframe), services.lagMs) <= services.now(),
  };
}

/** Why an entry that is durable comes too late to be sent: writing it down took so long that its candle is no longer the newest. */
export function cameLate(services: AccountServices, bot: BotState, intent: Intent | undefined): string | undefined {
  if (!intent || services.market.pace !== "live") return undefined;
  const spanMs = timeframeMs(bot.spec.timeframe);
  return intent.slotMs + 2 * spanMs <= services.now() ? "its candle is no longer the newest one" : undefined;
}

/** What the day is measured by: what it opened with, less what was lost when its breaker was reset. */
export function openingEquity(state: AccountState): Decimal | undefined {
  return state.day?.equity.minus(clearedLoss(state, `account:${state.account}`));
}

/** A denied entry with what it was decided on. */
function deniedEvent(bot: BotState, wish: Wish, code: string, because: string): AccountEvent {
  const { reason, slotMs, values, advice, conversions } = wish;
  const told = { reason, code, because, values, ...(advice === undefined ? {} : { advice }), ...(conversions ? { conversions } : {}) };
  return { type: "wish-denied", botId: bot.spec.id, slotMs, wish: "enter", ...told };
}

/** Only candles that closed after the bot's start, and no slot that was acted on before. */
function mayDecide(bot: BotState, slot: Slot): boolean {
  if (bot.status !== "running" || bot.startedMs === undefined || slot.closedMs <= bot.startedMs) return false;
  return bot.actedSlotMs === undefined || slot.candle.openTimeMs > bot.actedSlotMs;
}

/**
 * A position is opened once, added to where it was begun as one of several parts, and closed: what a strategy wishes beyond that is a hold. Nothing is
 * added while some of it is being sold.
 */
function fits(signal: Signal, bot: BotState, state: AccountState): boolean {
  const { position, exit, whole } = bot;
  if (exit !== undefined && exit.keep === undefined) return false;
  if (isFlat(position)) return signal.kind === "enter";
  if (signal.kind === "add") return whole !== undefined && exit === undefined && !isBeingSold(state, bot);
  return signal.kind === "exit";
}

/** Whether a stop or target has triggered and not filled whole yet. */
function isBeingSold({ orders }: AccountState, { spec }: BotState): boolean {
  return [...orders.values()].some(({ botId, status }) => botId === spec.id && status === "partially-filled");
}

/** In the order in which the bots were created, so that a restart shares the cash out in the same order. */
function inOrder(wishes: readonly BotWish[], { bots }: AccountState): BotWish[] {
  const places = new Map([...bots.keys()].map((botId, place) => [botId, place]));
  const placeOf = ({ runner }: BotWish) => places.get(runner.bot.spec.id) ?? 0;
  return wishes.toSorted((a, b) => placeOf(a) - placeOf(b));
}

function decided(runner: BotRunner, slot: Slot): Signal | BotFault {
  try {
    return runner.decide(slot);
  } catch (failure) {
    return failure instanceof BotFault ? failure : new BotFault(messageOf(failure), { cause: failure });
  }
}
