import type { AccountState, BotState } from "../domain/books.ts";
import type { BotSpec } from "../domain/bot.ts";
import { BotFault } from "../domain/errors.ts";
import { ATR_STOP_PERIOD } from "../domain/exits.ts";
import { type Decimal, decimal, toDouble } from "../domain/money.ts";
import { entryPrice, type Position } from "../domain/position.ts";
import { indicatorKey, type Signal } from "../domain/signal.ts";
import type { MarketMs } from "../domain/time.ts";
import { slotOf, timeframeMs } from "../domain/timeframe.ts";
import { atr } from "../indicators/atr.ts";
import type { DecideInput, Decider, Explanation, IndicatorValues, PositionFacts } from "../ports/strategy.ts";
import { candlesFor } from "../rules/plan.ts";
import type { Reads, Slot } from "./feeds.ts";
import { sizingSpecs } from "./sizing.ts";

export interface Decision {
  readonly slotMs: MarketMs;
  readonly signal: Signal;
  readonly values: Readonly<Record<string, number>>;
}

/** A decision with its input, to be told. */
export interface Explained {
  readonly slot: Slot;
  readonly input: DecideInput;
  readonly signal: Signal;
  readonly isWarm: boolean;
  readonly explanation: Explanation | undefined;
}
/** The range that stops by ATR are measured in: that of the bot's own candles. */
const STOP_ATR = atr(ATR_STOP_PERIOD);
const STOP_ATR_KEYS = [["atr", indicatorKey(STOP_ATR)]] as const;

const NO_PARTS: readonly number[] = [];
const FLAT_FACTS: PositionFacts = { flat: true, long: false, entryPrice: undefined, barsHeld: 0, barsSinceEntry: 0, parts: NO_PARTS };

/** What decides for one bot, at work: pure decisions on slots. It holds nothing that a restart would miss. */
export class BotRunner {
  readonly bot: BotState;
  readonly reads: Reads;
  readonly #decider: Decider;
  readonly #keys: readonly (readonly [string, string])[];
  readonly #bundle: string;
  /** The newest wish that the risk door refused. */
  denied: { readonly slotMs: MarketMs; readonly code: string; readonly because: string } | undefined;
  /** What advice made of the newest wish that the risk door had allowed. */
  advised: { readonly slotMs: MarketMs; readonly because: string } | undefined;
  /** By which prices money of several currencies was counted for the newest wish, where it was. */
  counted: { readonly slotMs: MarketMs; readonly because: string } | undefined;
  #last: { readonly slot: Slot; readonly input: DecideInput; readonly signal: Signal } | undefined;
  #position: Position | undefined;
  #entryPrice: number | undefined;
  #parts: readonly number[] = NO_PARTS;

  constructor(bot: BotState, decider: Decider) {
    this.bot = bot;
    this.#decider = decider;
    const declared = Object.entries(decider.indicators);
    this.reads = readsOf(bot.spec, decider);
    this.#keys = declared.map(([name, spec]) => [name, indicatorKey(spec)]);
    this.#bundle = this.#keys.map(([name, key]) => `${name}=${key}`).join(";");
  }

  /** The wish at a slot. Throws BotFault when the strategy fails, for then only this bot may suffer. */
  decide(slot: Slot): Signal {
    try {
      const input = this.#input(slot);
      const signal = this.#decider.decide(input);
      this.#last = { slot, input, signal };
      return signal;
    } catch (cause) {
      throw new BotFault(`strategy ${this.bot.spec.strategy} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }

  /** The newest slot that was decided on. */
  get lastSlot(): Slot | undefined {
    return this.#last?.slot;
  }

  #input(slot: Slot): DecideInput {
    const { candle, previous, past } = slot;
    const values = slot.bundle(this.#bundle, this.#keys);
    return { candle, previous, values, past, position: this.#facts(slot) };
  }

  /** How far from an entry at this slot a stop by ATR stands, in quote; undefined without one, and while the ATR is not known yet. */
  stopDistanceAt(slot: Slot): Decimal | undefined {
    const { stopAtr } = this.bot.spec.protection;
    if (stopAtr === undefined) return undefined;
    const atr = slot.bundle("stop-atr", STOP_ATR_KEYS).atr?.value?.now ?? Number.NaN;
    return Number.isFinite(atr) && atr > 0 ? decimal(atr).times(decimal(stopAtr)) : undefined;
  }

  /** The newest decision with the numbers it saw. */
  lastDecision(): Decision | undefined {
    if (!this.#last) return undefined;
    const { slot, signal } = this.#last;
    return { slotMs: slot.candle.openTimeMs as MarketMs, signal, values: this.valuesAt(slot) };
  }

  /** The newest decision with all that it saw. */
  explained(): Explained | undefined {
    if (!this.#last) return undefined;
    const { slot, input, signal } = this.#last;
    const { series } = this.#decider;
    const isWarm =
      series.length > 0
        ? series.every((each) => slot.past.seen(each.key) >= candlesFor(each))
        : !Object.values(this.valuesAt(slot)).some(Number.isNaN);
    return { slot, input, signal, isWarm, explanation: this.#decider.explain?.(input) };
  }

  /** Close and every indicator line by name, as `fast` or `bands.upper`. */
  valuesAt(slot: Slot): Record<string, number> {
    const values: IndicatorValues = slot.bundle(this.#bundle, this.#keys);
    const flat: Record<string, number> = { close: slot.candle.close };
    for (const [name, lines] of Object.entries(values)) {
      for (const [line, reading] of Object.entries(lines)) flat[line === "value" ? name : `${name}.${line}`] = reading.now;
    }
    return flat;
  }

  /** A position object never changes, so its decimals are looked at once, not at every slot. */
  #facts(slot: Slot): PositionFacts {
    const { position } = this.bot;
    if (this.#position !== position) {
      this.#position = position;
      const price = entryPrice(position);
      this.#entryPrice = price && toDouble(price);
      this.#parts = this.bot.parts?.map(({ number }) => number) ?? NO_PARTS;
    }
    if (this.#entryPrice === undefined) return FLAT_FACTS;
    const { timeframe } = slot.feed;
    // From the start of the candle in which it was bought: at an exchange seconds pass before a fill, and on paper none do.
    const barsSince = (atMs: MarketMs) => Math.floor((slot.closedMs - slotOf(atMs, timeframe)) / timeframeMs(timeframe));
    const barsHeld = barsSince(position.openedMs ?? slot.closedMs);
    const { enteredMs } = this.bot;
    const barsSinceEntry = enteredMs === undefined ? barsHeld : barsSince(enteredMs);
    return { flat: false, long: true, entryPrice: this.#entryPrice, barsHeld, barsSinceEntry, parts: this.#parts };
  }
}

/** What a bot asks of its feed. */
export function readsOf({ protection, sizing }: BotSpec, { indicators, series }: Decider): Reads {
  const isByAtr = protection.stopAtr !== undefined;
  return { specs: [...Object.values(indicators), ...(isByAtr ? [STOP_ATR] : []), ...sizingSpecs(sizing)], series };
}

/** The running bots of one account, by bot and by feed, in the order in which they were added. */
export class Runners {
  readonly #byBot = new Map<string, { runner: BotRunner; feedKey: string }>();
  readonly #byFeed = new Map<string, BotRunner[]>();

  add(runner: BotRunner, feedKey: string): void {
    this.remove(runner.bot.spec.id);
    this.#byBot.set(runner.bot.spec.id, { runner, feedKey });
    this.#byFeed.set(feedKey, [...(this.#byFeed.get(feedKey) ?? []), runner]);
  }

  remove(botId: string): void {
    const known = this.#byBot.get(botId);
    if (!known) return;
    this.#byBot.delete(botId);
    this.#byFeed.set(
      known.feedKey,
      (this.#byFeed.get(known.feedKey) ?? []).filter((each) => each !== known.runner),
    );
  }

  get(botId: string): BotRunner | undefined {
    return this.#byBot.get(botId)?.runner;
  }

  on(feedKey: string): readonly BotRunner[] {
    return this.#byFeed.get(feedKey) ?? [];
  }
}

/** Running bots that have no runner. */
export function withoutRunner({ state, runners }: { readonly state: AccountState; readonly runners: Runners }): BotState[] {
  const found: BotState[] = [];
  for (const bot of state.bots.values()) if (bot.status === "running" && !runners.get(bot.spec.id)) found.push(bot);
  return found;
}
