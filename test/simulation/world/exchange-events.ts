import { decimal, floorToStep } from "../../../src/domain/money.ts";
import type { TradingMode } from "../../kit/exchange/spot/listing.ts";
import { isTriggered, type SpotOrder } from "../../kit/exchange/spot/order.ts";
import { Refusal } from "../../kit/exchange/spot/refusal.ts";
import type { SpotCore } from "../../kit/exchange/spot-core.ts";
import type { Dice } from "./dice.ts";
import type { Reach } from "./reach.ts";
import type { Timeline } from "./timeline.ts";
import type { Trace } from "./trace.ts";
import type { VenueAccount } from "./venue-account.ts";
import type { Weather } from "./weather.ts";

const SECOND_MS = 1_000;
/**
 * A stop that somebody else ends is missed when the desk asks after it, once a minute. Where its symbol has gone with it nobody can ask, and what tells
 * of that is the list of symbols, which is read within another minute.
 */
const UNASKED_MS = 130_000;
/** Together with the lag of a read no longer than the desk assumes of one. */
const CONTRADICT_MAX_MS = 10_000;
/** A trade that no ticker showed was at most so far from the last price. */
const RACE_SHARE = 0.005;
const MODES: readonly TradingMode[] = ["halted", "cancel-only", "delisted"];
const DEAREST: readonly string[] = ["10", "25", "60"];
const TRANSFERS: readonly string[] = ["-35.5", "-1.25", "12", "50"];
const BY_HAND_USDT = 40;
const TAKEN_BACK_MS = 1_000;

export interface ExchangeEventsParts {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly weather: Weather;
  readonly core: SpotCore;
  readonly accounts: readonly VenueAccount[];
  readonly reach: Reach;
  readonly dice: Dice;
  /** True time since the beginning at which the faults are over. */
  readonly endMs: number;
}

/** What happens at the exchange by itself, or by the hand of an account's owner in the exchange's own app: E11, E14, E15 and E19 of the fault table. */
export class ExchangeEvents {
  readonly #parts: ExchangeEventsParts;

  constructor(parts: ExchangeEventsParts) {
    this.#parts = parts;
  }

  /** Plans the spells that the weather has. */
  plan(): void {
    const { timeline, weather } = this.#parts;
    for (const { fromMs, untilMs } of weather.spellsOf("E14")) this.#over(fromMs, untilMs, () => this.#changeRules());
    for (const { fromMs, untilMs } of weather.spellsOf("E15 trading")) this.#over(fromMs, untilMs, () => this.#closeTrading());
    for (const { fromMs } of weather.spellsOf("E19")) timeline.at(fromMs, () => this.#byHand());
    for (const { fromMs, untilMs } of weather.spellsOf("E11"))
      for (let atMs = fromMs; atMs < untilMs; atMs += SECOND_MS) timeline.at(atMs, () => this.#loseCancels());
  }

  /** Begins something, and ends it. */
  #over(fromMs: number, untilMs: number, begin: () => (() => void) | undefined): void {
    const { timeline } = this.#parts;
    timeline.at(fromMs, () => {
      const end = begin();
      if (end) timeline.at(untilMs - 1, end);
    });
  }

  /** E14: the smallest notional rises, or lots become larger. */
  #changeRules(): () => void {
    const { core, dice, weather } = this.#parts;
    const market = dice.pick([...core.markets.values()]);
    const { notionalMin, lot, quantityMin } = market.listing.rules;
    const coarse = decimal(lot).times(10).toFixed();
    market.changeRules(dice.chance(0.6) ? { notionalMin: dice.pick(DEAREST) } : { lot: coarse, quantityMin: coarse });
    this.#tell("E14", `${market.id} has other rules`);
    weather.mark("E14");
    return () => market.changeRules({ notionalMin, lot, quantityMin });
  }

  /** E15: the exchange takes no orders, or one symbol takes none. */
  #closeTrading(): (() => void) | undefined {
    const { core, dice, weather } = this.#parts;
    weather.mark("E15 trading");
    if (dice.chance(0.4)) {
      core.maintenance = dice.pick(["trading", "closed"]);
      this.#tell("E15", `maintenance (${core.maintenance})`);
      return () => {
        core.maintenance = "off";
      };
    }
    const market = dice.pick([...core.markets.values()]);
    const mode = dice.pick(MODES);
    if (market.mode !== "trading") return undefined;
    this.#tell("E15", `${market.id} is ${mode}`);
    if (mode === "delisted") for (const { name } of this.#parts.accounts) this.#unasked(name);
    core.setMode(market.id, mode);
    return () => core.setMode(market.id, "trading");
  }

  /** E11: the next cancels of stops lose their race, whole or in part, and neither the answer nor reads know for a while. */
  #loseCancels(): void {
    const { accounts, core, dice, weather } = this.#parts;
    for (const { book } of accounts) {
      for (const order of book.openAt(core.nowMs)) {
        if (!isStop(order) || order.fillOnCancel > 0 || !weather.strikes("E11", 0.2)) continue;
        const contradictMs = dice.chance(0.6) ? dice.magnitude(500, CONTRADICT_MAX_MS) : 0;
        core.loseNextCancel(order, dice.pick([1, 1, 0.5]), contradictMs, () => this.#canRace(order));
      }
    }
  }

  /**
   * A stop fills where the price is, so that it can only overtake its cancel near its level. Away from it the race is played as well, for all that the desk
   * has to do then, but where the account holds other coins of the kind no exchange can do that: there the desk goes by the price.
   */
  #canRace({ account, symbol, draft, remaining }: SpotOrder): boolean {
    const { core } = this.#parts;
    const market = core.market(symbol);
    const others = account.total(market.listing.base).minus(remaining);
    if (others.isLessThan(market.rules.lot)) return true;
    const last = market.last(core.nowMs);
    const level = Number(draft.stopPrice);
    return last !== undefined && Math.abs(last - level) <= level * RACE_SHARE;
  }

  /** E19: money in or out, an order beside the desk's. */
  #byHand(): void {
    const { accounts, core, dice, weather } = this.#parts;
    const account = dice.pick(accounts);
    weather.mark("E19");
    if (dice.chance(0.5)) {
      const amount = dice.pick(TRANSFERS);
      this.#tell("E19", `${amount} USDT by hand at ${account.name}`);
      account.book.transfer("USDT", decimal(amount), core.nowMs);
      return;
    }
    const market = dice.pick([...core.markets.values()]);
    const last = market.last(core.nowMs);
    if (last === undefined) return;
    const quantity = floorToStep(decimal(BY_HAND_USDT / last), market.rules.lot);
    const price = floorToStep(decimal(last * 0.97), market.rules.tick);
    try {
      const order = dice.chance(0.5)
        ? core.place(account.book, { symbol: market.id, side: "BUY", type: "MARKET", quantity })
        : core.place(account.book, { symbol: market.id, side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity, price });
      if (order.open) this.#parts.timeline.at(this.#parts.endMs - TAKEN_BACK_MS, () => this.#takeBack(account, order));
      this.#tell("E19", `${order.draft.type} ${quantity.toFixed()} ${market.id} by hand at ${account.name}`);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
    }
  }

  /** Whoever left an order there takes it back before everything has to come to rest, and tries again while the exchange lets nobody cancel. */
  #takeBack(account: VenueAccount, order: SpotOrder): void {
    if (!order.open) return;
    const { core, timeline } = this.#parts;
    try {
      core.cancel(account.book, order);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      timeline.at(core.nowMs + SECOND_MS, () => this.#takeBack(account, order));
    }
  }

  #unasked(account: string): void {
    this.#parts.reach.block(account, this.#parts.core.nowMs + UNASKED_MS);
  }

  #tell(id: string, what: string): void {
    this.#parts.trace.tell(`${id}: ${what}`);
  }
}

function isStop({ draft }: SpotOrder): boolean {
  return draft.side === "SELL" && isTriggered(draft.type);
}
