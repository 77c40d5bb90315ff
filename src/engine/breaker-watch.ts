import type { BotState } from "../domain/books.ts";
import type { OpenBreaker } from "../domain/breaker.ts";
import type { BreakerEvent } from "../domain/breaker-events.ts";
import type { AccountEvent } from "../domain/events.ts";
import { isWithin } from "../domain/limits.ts";
import { decimal } from "../domain/money.ts";
import { isFlat } from "../domain/position.ts";
import type { MarketStep } from "../ports/market.ts";
import { isOpenStill, nextOf } from "../risk/breaker-machine.ts";
import type { BreakerDesk, BrokenAccount } from "./breaker-desk.ts";
import type { AccountExecutor } from "./executor.ts";
import type { Alarm } from "./senses.ts";
import { Tripwire } from "./tripwire.ts";

/** The account that a watch belongs to. */
export interface WatchedAccount extends BrokenAccount {
  readonly executor: AccountExecutor;
  alarmsOf(step: MarketStep): readonly Alarm[] | undefined;
  /** Whether an order that opens or closes is under way, or an exit is wanted. */
  closes(bot: BotState): boolean;
}

/** How much nearer to the price a stop moves: half of the way. */
const TIGHTER = 2;

/**
 * Watches one account: what opens its breakers, what closes them, and what open ones do. A look is asked for with every step and every second, and
 * costs a few comparisons of doubles while nothing has happened.
 */
export class BreakerWatch {
  readonly #account: WatchedAccount;
  readonly #desk: BreakerDesk;
  readonly #wire: Tripwire;
  /** Bots whose books have changed since the last look; all of them at the start, for a crash may have come between a fill and what it opens. */
  #changed: Set<string> | "all" = "all";
  #looking: Set<string> | "all" = new Set();
  #lookedSequence = -1;

  constructor(account: WatchedAccount, desk: BreakerDesk) {
    this.#account = account;
    this.#desk = desk;
    this.#wire = new Tripwire(account, desk.settings);
  }

  /** The books of these bots have changed. */
  changed(botIds: Iterable<string>): void {
    if (this.#changed !== "all") for (const botId of botIds) this.#changed.add(botId);
  }

  /** A look begins. What it asks about is remembered until it has ended, because a store that cannot write makes it ask again. */
  begin(): void {
    this.#looking = this.#looking === "all" || this.#changed === "all" ? "all" : new Set([...this.#looking, ...this.#changed]);
    this.#changed = new Set();
  }

  ended(): void {
    this.#looking = new Set();
  }

  /** Whether a look may find anything. */
  stirs(step?: MarketStep): boolean {
    const { state } = this.#account;
    if (state.sequence === 0) return false;
    if (state.sequence !== this.#lookedSequence || (step && this.#account.alarmsOf(step))) return true;
    return (
      this.#isDue(step?.atMs ?? 0) ||
      this.#wire.crossed() ||
      this.#desk.strained(this.#account) ||
      this.#desk.widened(this.#account).length > 0
    );
  }

  /** Whether an open breaker has something to do. */
  #isDue(stepMs: number): boolean {
    const { open } = this.#account.state.breakers;
    if (open.size === 0) return false;
    const nowMs = Math.max(this.#account.now(), stepMs);
    for (const each of open.values()) if (each.probing || !isOpenStill(each, nowMs)) return true;
    return this.wantsClosing;
  }

  /** What follows from what is the case now: breakers that open, are tried, or close, and stops that move. */
  events(step?: MarketStep): AccountEvent[] {
    const { state, technical } = this.#account;
    this.#lookedSequence = state.sequence;
    const looked = this.#looking === "all" ? [...state.bots.values()] : [...this.#looking].flatMap((id) => state.bots.get(id) ?? []);
    const bots = new Set([...looked, ...this.#desk.widened(this.#account)]);
    const questions = this.#desk.questions(this.#account, {
      bots: [...bots].filter(({ deleted }) => !deleted),
      // What a bot has lost with the sale of all that it held is nothing that a price could still reach.
      results: this.#wire.crossed() || looked.some(({ spec }) => this.#desk.settings.has(`bot:${spec.id}`)),
      alarms: (step && this.#account.alarmsOf(step)) ?? [],
    });
    const events: AccountEvent[] = [];
    for (const question of questions) {
      const event = nextOf(question);
      if (!event) continue;
      if (event.type !== "breaker-reset") technical.begin(question.breaker);
      events.push(this.#completed(event));
      if (event.type === "breaker-tripped" && event.reaction === "tighten") events.push(...this.#tightened(event));
    }
    return events;
  }

  /** Closed by time, a drawdown counts from here, as when a person closes it: otherwise it would open again at once. */
  #completed(event: BreakerEvent): BreakerEvent {
    if (event.type !== "breaker-reset") return event;
    return { ...event, ...this.#desk.baseline(this.#account, event) };
  }

  /** What open breakers want closed, unless that is under way: a level, not an edge. */
  async closing(): Promise<AccountEvent[]> {
    const { state, executor } = this.#account;
    const events: AccountEvent[] = [];
    for (const open of state.breakers.open.values()) {
      if (open.reaction !== "flatten" && open.reaction !== "tighten") continue;
      for (const bot of state.bots.values()) {
        if (!concernsBot(open, bot)) continue;
        const reason = `the ${open.breaker} breaker: ${open.reason}`;
        if (open.reaction === "flatten") events.push(...(await executor.cancelEntries(bot, reason)));
        if (isFlat(bot.position) || this.#account.closes(bot) || (open.reaction === "tighten" && hasStop(bot, this.#account))) continue;
        const at = this.#account.now();
        events.push(...executor.closing(bot, "close", { decision: `${open.breaker}-${at}`, slotMs: at, reason, values: {} }));
      }
    }
    return events;
  }

  /** Whether an open breaker has anything left to close. */
  get wantsClosing(): boolean {
    const { state } = this.#account;
    for (const open of state.breakers.open.values()) {
      if (open.reaction !== "flatten" && open.reaction !== "tighten") continue;
      for (const bot of state.bots.values()) {
        if (!concernsBot(open, bot)) continue;
        if (!isFlat(bot.position)) {
          if (!this.#account.closes(bot) && (open.reaction === "flatten" || !hasStop(bot, this.#account))) return true;
        } else if (open.reaction === "flatten" && this.#enters(bot)) return true;
      }
    }
    return false;
  }

  #enters({ spec }: BotState): boolean {
    for (const order of this.#account.state.orders.values()) if (order.botId === spec.id && order.purpose === "entry") return true;
    return false;
  }

  #tightened(event: Extract<BreakerEvent, { type: "breaker-tripped" }>): AccountEvent[] {
    const { state, priceOf } = this.#account;
    const scope = event.scope ?? `account:${state.account}`;
    return [...state.bots.values()].flatMap((bot): AccountEvent[] => {
      const seen = priceOf(bot.spec.symbol);
      const stop = stopOf(bot, this.#account);
      if (seen === undefined || !stop || isFlat(bot.position) || !isWithin(scope, bot.spec)) return [];
      const price = decimal(seen).minus(decimal(seen).minus(stop).dividedBy(TIGHTER));
      return [{ type: "stop-tightened", botId: bot.spec.id, price, reason: `the ${event.breaker} breaker` }];
    });
  }
}

function concernsBot({ scope }: OpenBreaker, { spec, deleted }: BotState): boolean {
  return !deleted && isWithin(scope, spec);
}

function stopOf({ spec }: BotState, { state }: WatchedAccount) {
  for (const order of state.orders.values()) if (order.botId === spec.id && order.purpose === "stop" && order.price) return order.price;
  return undefined;
}

function hasStop(bot: BotState, account: WatchedAccount): boolean {
  return bot.tightened !== undefined || stopOf(bot, account) !== undefined;
}
