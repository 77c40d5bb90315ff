import type { Mode } from "../domain/bot.ts";
import type { Conversion, ConversionLeg, Rates } from "../domain/conversion.ts";
import type { DeskState } from "../domain/desk.ts";
import { messageOf, TransientError } from "../domain/errors.ts";
import { isDemoMarket } from "../domain/market-key.ts";
import { decimal } from "../domain/money.ts";
import { MINUTE_MS, marketMs, SECOND_MS, spanText } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Market } from "../ports/market.ts";
import type { FeedHub } from "./feeds.ts";
import type { LimitedAccount } from "./level-facts.ts";
import type { AccountServices } from "./services.ts";

/** Older prices count no money. A stepped market has one each minute, and may miss a minute. */
export const RATE_AGE_MAX_MS = 2 * MINUTE_MS;
/** Between questions to a live market for prices that no bot of it reads. */
export const RATES_EVERY_MS = 20 * SECOND_MS;
/** Through what one currency is counted in another one, where no market trades the two against each other. */
const BRIDGES: readonly string[] = ["USDT", "USDC", "USD", "EUR", "BTC"];

/** A market whose prices may count money. */
export interface RateFloor {
  readonly market: Pick<Market, "key" | "pace" | "instruments" | "prices">;
  readonly services: Pick<AccountServices, "now"> & { readonly hub: Pick<FeedHub, "price"> };
}

export interface DeskRatesOptions {
  readonly currency: string;
  /** The desk's floors; the main one, on which paper trades, first. */
  readonly floors: () => readonly RateFloor[];
  readonly accounts: () => readonly LimitedAccount[];
  readonly desk: { readonly state: Readonly<DeskState> };
  /** What the live ceiling is counted in. */
  readonly ceilingCurrency: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Hop {
  readonly symbol: string;
  readonly inverse?: true;
}

interface Route {
  readonly floor: RateFloor;
  readonly hops: readonly Hop[];
}

interface Seen {
  readonly price: number;
  readonly atMs: number;
}

/** Prices between currencies. What bots read is known anyway; what nobody reads is asked for beside the trading, never with it. */
export class DeskRates implements Rates {
  readonly currency: string;
  readonly #options: DeskRatesOptions;
  readonly #asked = new Map<string, Seen>();
  readonly #asking = new Set<string>();
  readonly #askedMs = new Map<string, number>();

  constructor(options: DeskRatesOptions) {
    this.#options = options;
    this.currency = options.currency;
  }

  of(currency: string, mode: Mode): Conversion | string {
    let stale: string | undefined;
    for (const route of this.#routes(currency, mode)) {
      const found = this.#legs(route);
      if (typeof found !== "string") return { from: currency, to: this.currency, legs: found };
      stale ??= found;
    }
    return stale ?? `no market that may say so lists a price between ${currency} and ${this.currency}`;
  }

  /** Once a second: asks live markets for what is needed and not read by any bot. Nothing waits for it, and where all money is in one currency it does nothing. */
  tend(onFatal: (failure: unknown) => void): void {
    if (!this.#isMixed()) return;
    for (const [floor, symbols] of this.#needed()) {
      const { key } = floor.market;
      const nowMs = this.#options.clock.monotonicMs();
      if (this.#asking.has(key) || nowMs - (this.#askedMs.get(key) ?? Number.NEGATIVE_INFINITY) < RATES_EVERY_MS) continue;
      this.#askedMs.set(key, nowMs);
      this.#asking.add(key);
      void this.#ask(floor, symbols)
        .catch(onFatal)
        .finally(() => this.#asking.delete(key));
    }
  }

  async #ask({ market }: RateFloor, symbols: ReadonlySet<string>): Promise<void> {
    try {
      for (const { symbol, price, wallMs } of await market.prices(symbols))
        this.#asked.set(`${market.key} ${symbol}`, { price, atMs: wallMs });
    } catch (failure) {
      if (!(failure instanceof TransientError)) throw failure;
      this.#options.logger.warn({ market: market.key, problem: messageOf(failure) }, "no prices between currencies for now");
    }
  }

  /** By floor, the symbols of the best way to count each currency in use. */
  #needed(): Map<RateFloor, Set<string>> {
    const needed = new Map<RateFloor, Set<string>>();
    for (const [mode, currencies] of this.#inUse()) {
      for (const currency of currencies) {
        const [route] = this.#routes(currency, mode);
        if (route?.floor.market.pace !== "live") continue;
        const symbols = needed.get(route.floor) ?? new Set();
        for (const { symbol } of route.hops) symbols.add(symbol);
        needed.set(route.floor, symbols);
      }
    }
    return needed;
  }

  /** Whether anything may be held or limited in another currency than the desk's own. */
  #isMixed(): boolean {
    const { accounts, desk, ceilingCurrency } = this.#options;
    const isOther = (currency: string | undefined): boolean => currency !== undefined && currency !== this.currency;
    if (isOther(ceilingCurrency)) return true;
    for (const { state } of accounts()) if (state.sequence > 0 && isOther(state.currency)) return true;
    for (const { position, exposure, volume } of desk.state.limits.values())
      if (isOther(position?.currency) || isOther(exposure?.currency) || isOther(volume?.currency)) return true;
    return false;
  }

  /** Currencies other than the desk's own in which something is held or limited, by mode. */
  #inUse(): Map<Mode, Set<string>> {
    const { accounts, desk, ceilingCurrency } = this.#options;
    const found = new Map<Mode, Set<string>>();
    for (const { state } of accounts()) {
      if (state.sequence === 0 || state.venue.removed) continue;
      const currencies = found.get(state.mode) ?? new Set();
      found.set(state.mode, currencies.add(state.currency));
    }
    for (const [mode, currencies] of found) {
      for (const { position, exposure, volume } of desk.state.limits.values())
        for (const limit of [position, exposure, volume]) if (limit) currencies.add(limit.currency);
      if (mode === "live" && ceilingCurrency !== undefined) currencies.add(ceilingCurrency);
      currencies.delete(this.currency);
    }
    return found;
  }

  /** Ways from a currency to the desk's own, the shortest first; through a third one only within one market. */
  *#routes(currency: string, mode: Mode): Generator<Route> {
    const floors = this.#floorsFor(mode);
    for (const floor of floors) {
      const hop = hopOf(floor, currency, this.currency);
      if (hop) yield { floor, hops: [hop] };
    }
    for (const floor of floors) {
      for (const bridge of BRIDGES) {
        const first = bridge === currency ? undefined : hopOf(floor, currency, bridge);
        const second = first && bridge !== this.currency ? hopOf(floor, bridge, this.currency) : undefined;
        if (first && second) yield { floor, hops: [first, second] };
      }
    }
  }

  /** Paper counts by its own market, whose time is its own, and on live prices by other real ones, too; test money prefers its own world; real money knows real prices only. */
  #floorsFor(mode: Mode): readonly RateFloor[] {
    const floors = this.#options.floors();
    const [main] = floors;
    if (mode === "paper" && main?.market.pace !== "live") return main ? [main] : [];
    const live = floors.filter(({ market }) => market.pace === "live");
    const real = live.filter(({ market }) => !isDemoMarket(market.key));
    return mode === "demo" ? [...live.filter(({ market }) => isDemoMarket(market.key)), ...real] : real;
  }

  /** The prices of a route, or which of them is missing or too old. */
  #legs({ floor, hops }: Route): readonly ConversionLeg[] | string {
    const { market, services } = floor;
    const legs: ConversionLeg[] = [];
    for (const { symbol, inverse } of hops) {
      const seen = newest(services.hub.price(symbol), this.#asked.get(`${market.key} ${symbol}`));
      if (!seen || seen.price <= 0) return `no price of ${symbol} was seen at ${market.key} yet`;
      const ageMs = services.now() - seen.atMs;
      if (ageMs > RATE_AGE_MAX_MS)
        return `the newest price of ${symbol} at ${market.key} is ${spanText(ageMs)} old, and ${spanText(RATE_AGE_MAX_MS)} is the most to count money by`;
      legs.push({ market: market.key, symbol, price: decimal(seen.price), atMs: marketMs(seen.atMs), ...(inverse ? { inverse } : {}) });
    }
    return legs;
  }
}

function hopOf({ market: { instruments } }: RateFloor, from: string, to: string): Hop | undefined {
  if (instruments.has(`${from}/${to}`)) return { symbol: `${from}/${to}` };
  return instruments.has(`${to}/${from}`) ? { symbol: `${to}/${from}`, inverse: true } : undefined;
}

function newest(first: Seen | undefined, second: Seen | undefined): Seen | undefined {
  return first && second ? (second.atMs > first.atMs ? second : first) : (first ?? second);
}
