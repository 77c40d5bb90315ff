import { type AccountState, isAtWork } from "../../domain/books.ts";
import type { BotSpec } from "../../domain/bot.ts";
import type { AccountEvent } from "../../domain/events.ts";
import { baseOf } from "../../domain/instrument.ts";
import { type Decimal, plain, ZERO } from "../../domain/money.ts";
import { isPerpetual } from "../../domain/position.ts";
import type { LiveVenue, VenuePosition } from "../../ports/live-venue.ts";
import { BALANCE_LAG_MS } from "./limits.ts";
import { pauseEvents } from "./refusals.ts";

interface Prepared {
  readonly leverage: number;
  readonly atMs: number;
}

/** Which leverage is known to be set at the venue, by symbol: nothing enters a perpetual contract before it is the bot's, and one that was changed there pauses the account. */
export class Preparations {
  readonly #known = new Map<string, Prepared>();
  /** What the venue held at the last reading in rest that no bot has opened, by symbol. */
  #beside = new Map<string, Decimal>();
  readonly #nowMs: () => number;

  constructor(monotonicMs: () => number) {
    this.#nowMs = monotonicMs;
  }

  /** Sets a symbol up before its first order. Throws UserError in one sentence when that cannot be. */
  async prepare(venue: LiveVenue, symbol: string, leverage = 1): Promise<void> {
    if (!isPerpetual(symbol)) return;
    await venue.prepare(symbol, leverage);
    this.#known.set(symbol, { leverage, atMs: this.#nowMs() });
  }

  /** Why a bot may not enter yet; undefined when it may. */
  missing({ symbol, leverage = 1 }: Pick<BotSpec, "symbol" | "leverage">): string | undefined {
    if (!isPerpetual(symbol)) return undefined;
    const beside = this.#beside.get(symbol);
    if (beside)
      return `the exchange holds ${plain(beside)} ${baseOf(symbol)} in ${symbol} that no bot of this account has opened, and an entry would become one position with it: close it there first`;
    if (this.#known.get(symbol)?.leverage === leverage) return undefined;
    return `it is not known yet that the leverage of ${symbol} at the exchange is ${leverage}; it is read within a minute`;
  }

  /** Notes what the venue holds beyond the bots' positions, as it was read while nothing of ours moved: positions of one contract are one there. */
  noteHeld(positions: readonly VenuePosition[], { bots }: AccountState): void {
    const claimed = new Map<string, Decimal>();
    for (const { spec, position } of bots.values()) claimed.set(spec.symbol, (claimed.get(spec.symbol) ?? ZERO).plus(position.quantity));
    this.#beside = new Map();
    for (const { symbol, quantity } of positions) {
      const own = claimed.get(symbol) ?? ZERO;
      const beside = quantity.minus(own);
      // Less than the bots have is no stranger's: a part of theirs was closed.
      const isLess = !own.isZero() && own.isNegative() === quantity.isNegative() && quantity.abs().isLessThan(own.abs());
      if (!beside.isZero() && !isLess) this.#beside.set(symbol, beside);
    }
  }

  /** Reads what is set for everything that runs or is held, and pauses the account where it is not what its bots were made with. */
  async compare(venue: LiveVenue, state: AccountState): Promise<AccountEvent[]> {
    const before = new Map(this.#known);
    const wanted = new Map(concerned(state).map(({ symbol, leverage = 1 }) => [symbol, leverage]));
    if (wanted.size === 0) return [];
    const found = await venue.leverages([...wanted.keys()]);
    const nowMs = this.#nowMs();
    for (const [symbol, leverage] of wanted) {
      const prepared = this.#known.get(symbol);
      // The reading may be older than what was set meanwhile, or just before it.
      if (prepared !== before.get(symbol) || (prepared && nowMs - prepared.atMs < BALANCE_LAG_MS)) continue;
      const set = found.get(symbol);
      if (set === undefined) continue;
      if (set === leverage) {
        this.#known.set(symbol, { leverage, atMs: Number.NEGATIVE_INFINITY });
        continue;
      }
      this.#known.delete(symbol);
      return pauseEvents(state, "mode", `the leverage of ${symbol} at the exchange is ${set}, and its bot was made for ${leverage}`);
    }
    return [];
  }
}

function concerned({ bots }: AccountState): BotSpec[] {
  const trading = [...bots.values()].filter((bot) => !bot.deleted && isAtWork(bot));
  return trading.map(({ spec }) => spec).filter(({ symbol }) => isPerpetual(symbol));
}
