import { messageOf, TransientError, UserError } from "../domain/errors.ts";
import type { DeskEvent } from "../domain/events.ts";
import type { RuleAlert } from "../domain/rule-alerts.ts";
import { type MarketMs, marketMs } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Market } from "../ports/market.ts";
import type { AlertWish, RuleAlerts } from "../ports/rule-alerts.ts";
import { StoreUnavailable } from "../ports/store.ts";
import { type Asked, askRule } from "../strategies/follow-rules.ts";
import type { Accounts } from "./accounts.ts";
import type { Desk } from "./desk.ts";
import type { FeedHub, Slot } from "./feeds.ts";
import { follow } from "./follow.ts";
import type { SlotListener } from "./slot-listener.ts";

/** Between tries to follow what a market did not answer for. */
const RETRY_MS = 5_000;

export interface AlertWatchServices {
  readonly desk: Desk;
  readonly accounts: Accounts;
  readonly floorOf: (market: string) => { readonly market: Market; readonly hub: FeedHub } | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Turn = Extract<DeskEvent, { type: "alert-fired" | "alert-rested" }>;

/**
 * Asks the rules of alerts at each closed candle, on the feeds that bots share. Whether an alert was true is in the desk's books, so that a restart
 * neither repeats nor swallows its turn; a turn that the store cannot take waits here and is written with the next beat.
 */
export class AlertWatch implements RuleAlerts, SlotListener {
  readonly #services: AlertWatchServices;
  readonly #asked = new Map<string, Asked>();
  /** Turns that are not in the books yet, oldest first: at most one for each alert and candle of a store's outage. */
  readonly #turns: Turn[] = [];
  #writing: Promise<void> | undefined;
  #triedMs = Number.NEGATIVE_INFINITY;
  #grouped: { readonly sequence: number; readonly byFeed: ReadonlyMap<string, readonly RuleAlert[]> } | undefined;

  constructor(services: AlertWatchServices) {
    this.#services = services;
  }

  /** Whether some alert is about a market. */
  isOn(market: string): boolean {
    for (const alert of this.#services.desk.state.alerts.values()) if (alert.market === market) return true;
    return false;
  }

  /** Whether an alert's rule is asked at all: its market is read and its feed runs. */
  isWatched(alert: RuleAlert): boolean {
    const asked = this.#rule(alert);
    const floor = this.#services.floorOf(alert.market);
    return asked !== undefined && floor?.hub.has(feedKey(alert), asked.reads.series) === true;
  }

  /** Follows what a new alert reads, and says how its rule stands at the newest closed candle. Rejects with UserError or TransientError. */
  async stand({ market, symbol, timeframe, rule }: AlertWish): Promise<Pick<RuleAlert, "isTrue" | "atMs">> {
    const floor = this.#services.floorOf(market);
    if (!floor?.market.instruments.has(symbol)) throw new UserError(`There is no ${symbol.slice(0, 40)} in this market.`);
    const asked = askRule(rule);
    const feed = await follow(this.#services.accounts, floor, { symbol, timeframe }, asked.reads);
    const latest = feed.latest();
    return { isTrue: latest !== undefined && asked.isTrue(latest.past), atMs: latest?.closedMs ?? marketMs(0) };
  }

  /** What the slots of one step of a market turn, written down; undefined where they turn nothing. */
  onSlots(market: string, slots: readonly Slot[]): Promise<void> | undefined {
    const { desk } = this.#services;
    // Who has the desk asks, and no other process beside it.
    if (slots.length === 0 || desk.state.alerts.size === 0 || !desk.isHeld) return undefined;
    const byFeed = this.#byFeed();
    for (const slot of slots) for (const alert of byFeed.get(`${market} ${slot.feed.key}`) ?? []) this.#ask(alert, slot);
    return this.#turns.length > 0 ? this.#write() : undefined;
  }

  /** Follows what is not followed yet, and writes what could not be written. Called at start and on every beat. */
  async tend(): Promise<void> {
    const { clock, desk, logger, floorOf, accounts } = this.#services;
    if (this.#turns.length > 0) await this.#write();
    if (clock.monotonicMs() - this.#triedMs < RETRY_MS) return;
    this.#triedMs = clock.monotonicMs();
    for (const alert of [...desk.state.alerts.values()]) {
      const floor = floorOf(alert.market);
      const asked = this.#rule(alert);
      if (!floor || !asked || floor.hub.has(feedKey(alert), asked.reads.series)) continue;
      try {
        await follow(accounts, floor, alert, asked.reads);
      } catch (failure) {
        if (!(failure instanceof TransientError) && !(failure instanceof UserError)) throw failure;
        logger.warn({ alert: alert.id, problem: messageOf(failure) }, "an alert waits for its market; it is tried again");
      }
    }
  }

  #ask(alert: RuleAlert, slot: Slot): void {
    const { id, place, symbol, timeframe, rule } = alert;
    const asked = this.#rule(alert);
    const last = this.#turns.findLast((turn) => turn.id === id);
    const [was, sinceMs]: [boolean, MarketMs] = last ? [last.type === "alert-fired", last.closedMs] : [alert.isTrue, alert.atMs];
    if (!asked || slot.closedMs <= sinceMs || asked.isTrue(slot.past) === was) return;
    const { closedMs, candle } = slot;
    if (was) this.#turns.push({ type: "alert-rested", id, closedMs });
    else {
      const reason = asked.because(slot.past);
      this.#turns.push({ type: "alert-fired", id, closedMs, reason, close: candle.close, alert: { place, symbol, timeframe, rule } });
    }
  }

  /** One append at a time; what turns meanwhile is the next. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeTurns().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #writeTurns(): Promise<void> {
    while (this.#turns.length > 0) {
      const turns = [...this.#turns];
      try {
        await this.#services.desk.append(turns);
      } catch (failure) {
        if (!(failure instanceof StoreUnavailable)) throw failure;
        this.#services.logger.warn({ turns: turns.length }, "the store does not take what alerts have to tell; the next beat tries again");
        return;
      }
      this.#turns.splice(0, turns.length);
    }
  }

  /** A rule that this build cannot read, after a change of the language, is not asked. */
  #rule({ id, rule }: Pick<RuleAlert, "id" | "rule">): Asked | undefined {
    const known = this.#asked.get(rule);
    if (known) return known;
    try {
      const asked = askRule(rule);
      this.#asked.set(rule, asked);
      return asked;
    } catch (failure) {
      if (!(failure instanceof UserError)) throw failure;
      this.#services.logger.warn({ alert: id, problem: messageOf(failure) }, "the rule of an alert cannot be read any more");
      return undefined;
    }
  }

  #byFeed(): ReadonlyMap<string, readonly RuleAlert[]> {
    const { state } = this.#services.desk;
    if (this.#grouped?.sequence !== state.sequence) {
      const byFeed = Map.groupBy(state.alerts.values(), (alert) => `${alert.market} ${feedKey(alert)}`);
      this.#grouped = { sequence: state.sequence, byFeed };
      const rules = new Set([...state.alerts.values()].map(({ rule }) => rule));
      for (const rule of this.#asked.keys()) if (!rules.has(rule)) this.#asked.delete(rule);
    }
    return this.#grouped.byFeed;
  }
}

function feedKey({ symbol, timeframe }: Pick<RuleAlert, "symbol" | "timeframe">): string {
  return `${symbol} ${timeframe}`;
}
