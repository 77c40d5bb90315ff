import type { AccountState } from "../domain/books.ts";
import type { DeskEvent } from "../domain/events.ts";
import { followsPrice, takesOf } from "../domain/exits.ts";
import { isProtective } from "../domain/order.ts";
import { isFlat } from "../domain/position.ts";
import { wallMs } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { StoreUnavailable } from "../ports/store.ts";
import type { Accounts } from "./accounts.ts";
import type { Desk } from "./desk.ts";
import { WATCH_STALE_MS } from "./limits.ts";
import { accountStream } from "./streams.ts";

export interface BlindnessServices {
  readonly accounts: Accounts;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Says once when prices are too old to watch what bots hold or have ordered on a live market, and when they are back. */
export class Blindness {
  readonly #services: BlindnessServices;
  /** By market and symbol. */
  readonly #prices = new Map<string, Map<string, Seen>>();
  #known: { readonly version: number; readonly bots: readonly Watched[] } | undefined;
  #telling = false;

  constructor(services: BlindnessServices) {
    this.#services = services;
  }

  /** A price that may be traded on has come to a market. */
  saw(market: string, symbol: string): void {
    const seen = this.#seen(market, symbol);
    seen.ms = this.#services.clock.monotonicMs();
    seen.wasSeen = true;
  }

  #seen(market: string, symbol: string): Seen {
    const prices = this.#prices.get(market) ?? new Map<string, Seen>();
    if (prices.size === 0) this.#prices.set(market, prices);
    const known = prices.get(symbol);
    if (known) return known;
    const missed = { ms: this.#services.clock.monotonicMs(), wasSeen: false };
    prices.set(symbol, missed);
    return missed;
  }

  /** Appends what changed since the last time. While the store cannot write, the next beat says it. */
  async tell(): Promise<void> {
    if (this.#telling) return;
    this.#telling = true;
    const { desk, logger } = this.#services;
    try {
      const news = this.#news();
      if (news !== undefined) await desk.append([news]);
    } catch (failure) {
      if (!(failure instanceof StoreUnavailable)) throw failure;
      logger.error({ failure }, "the store did not take whether prices are watched; the next beat tries again");
    } finally {
      this.#telling = false;
    }
  }

  #news(): DeskEvent | undefined {
    const { desk, clock } = this.#services;
    const { blind: told } = desk.state;
    const bots = this.#concerned();
    const stale = bots.filter(({ ageMs }) => ageMs > WATCH_STALE_MS);
    const untold = stale.filter(({ name }) => !told?.bots.includes(name));
    const now = clock.wall();
    if (untold.length > 0) {
      const sinceMs = wallMs(now - Math.max(...untold.map(({ ageMs }) => ageMs)));
      return { type: "watch-blind", sinceMs, bots: untold.map(({ name }) => name) };
    }
    if (told === undefined || stale.length > 0 || bots.some(({ wasSeen }) => !wasSeen)) return undefined;
    const back = told.bots.filter((name) => !this.#isOfOthers(name));
    if (back.length === 0) return undefined;
    const forMs = Math.max(0, now - told.sinceMs);
    return back.length === told.bots.length ? { type: "watch-sees", forMs } : { type: "watch-sees", forMs, bots: back };
  }

  /** Whether a bot that was said to be blind is another process's to watch; one that nobody has any more is anybody's. */
  #isOfOthers(bot: string): boolean {
    const { accounts, desk } = this.#services;
    const registered = desk.names.named(bot);
    return registered !== undefined && accounts.get(accountStream(registered.account))?.isHeld === false;
  }

  /** Bots with something to watch, and how old the price is that it is watched with. */
  #concerned(): { name: string; ageMs: number; wasSeen: boolean }[] {
    const nowMs = this.#services.clock.monotonicMs();
    return this.#watched().map(({ name, market, symbol }) => {
      const { ms, wasSeen } = this.#seen(market, symbol);
      return { name, ageMs: nowMs - ms, wasSeen };
    });
  }

  /** A symbol that nobody follows any more begins anew when somebody does. */
  #forget(markets: ReadonlySet<string>): void {
    for (const [market, prices] of this.#prices) {
      const needed = markets.has(market) ? this.#services.accounts.symbolsOn(market) : undefined;
      for (const symbol of prices.keys()) if (!needed?.has(symbol)) prices.delete(symbol);
    }
  }

  /** Bots that are watched, each with its market and symbol; found again when some account has changed. */
  #watched(): readonly Watched[] {
    const { accounts } = this.#services;
    if (this.#known?.version === accounts.version) return this.#known.bots;
    const bots: Watched[] = [];
    const markets = new Set<string>();
    for (const { state, services } of accounts.active()) {
      const { pace, key } = services.market;
      if (pace !== "live") continue;
      markets.add(key);
      const working = new Set([...state.orders.values()].map(({ botId }) => botId));
      for (const { spec, position } of state.bots.values()) {
        if ((isFlat(position) && !working.has(spec.id)) || restsAtVenue(state, spec.id)) continue;
        bots.push({ name: spec.name, market: key, symbol: spec.symbol });
      }
    }
    this.#forget(markets);
    this.#known = { version: accounts.version, bots };
    return bots;
  }
}

interface Watched {
  readonly name: string;
  readonly market: string;
  readonly symbol: string;
}

/** When the last price of a symbol was seen, or since when the first one is missed. */
interface Seen {
  ms: number;
  wasSeen: boolean;
}

/** Whether all that protects a bot rests at a real exchange, which watches it without us. */
function restsAtVenue({ mode, orders, bots }: AccountState, botId: string): boolean {
  if (mode === "paper") return false;
  const stop = [...orders.values()].find((order) => order.botId === botId && isProtective(order) && order.status === "open");
  const bot = bots.get(botId);
  const protection = bot?.spec.protection;
  if (!stop || !protection || bot.tightened !== undefined || followsPrice(protection) || protection.holdMax !== undefined) return false;
  return takesOf(protection).length === 0 || stop.takePrice !== undefined;
}

/** Names of the bots whose positions nobody watches while the desk is away, because their market goes on. */
export function unwatchedBots(accounts: Accounts): string[] {
  return accounts
    .held()
    .filter(({ services }) => services.market.pace === "live")
    .flatMap(({ state }) =>
      [...state.bots.values()]
        .filter(({ position, spec }) => !isFlat(position) && !restsAtVenue(state, spec.id))
        .map(({ spec }) => spec.name),
    );
}
