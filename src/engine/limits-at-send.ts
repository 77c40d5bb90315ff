import type { BotState } from "../domain/books.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Limits } from "../domain/limits.ts";
import { type Decimal, decimal, max, percentOf, shown, ZERO } from "../domain/money.ts";
import { type Order, remainingOf } from "../domain/order.ts";
import { isFlat } from "../domain/position.ts";
import { MINUTE_MS } from "../domain/time.ts";
import type { Counter } from "../risk/counter.ts";
import type { Level, LevelFacts } from "../risk/limit-rules.ts";
import { limitDenial, limitRooms } from "../risk/limits.ts";
import { worthOf } from "./account-sums.ts";
import type { BrokenAccount } from "./breaker-desk.ts";
import type { LimitedAccount } from "./level-facts.ts";
import type { RiskGuard } from "./risk-guard.ts";

/** What is held may have moved since an entry was sized to the last of a limit: so much is no reason not to send it. */
const MOVED_PCT = 0.5;

/**
 * Why the limits keep a durable entry from being sent after all: they were tightened, or used up, since it was decided. The entry is in the books by now, so that it is
 * taken out of what is used. The volume belongs to the candle of the decision and is not asked again.
 */
export function limitsAtSend(
  guard: RiskGuard,
  account: BrokenAccount,
  bot: BotState,
  order: Order,
  instrument: Instrument | undefined,
): string | undefined {
  const counter = guard.counter(account);
  const levels = guard.levels(account, bot.spec, counter);
  if (levels.length === 0 || !instrument) return undefined;
  const own = {
    notional: remainingOf(order).times(order.price ?? decimal(account.priceOf(order.symbol) ?? 0)),
    order,
    bot,
    account,
    counter,
  };
  const without = levels.map((level): Level => ({ ...level, limits: ofNow(level.limits), facts: new FactsWithout(level.facts, own) }));
  const entry = guard.entryFacts(account, bot.spec, { instrument, slot: undefined }, counter);
  const denial = limitDenial(without, entry);
  if (denial) return denial.because;
  const held = isFlat(bot.position) ? ZERO : worthOf(bot.position, account.priceOf(order.symbol));
  const room = limitRooms(without, entry, held).find(({ amount }) => own.notional.isGreaterThan(withSlack(amount, own.notional)));
  if (room?.code === "conversion") return room.none;
  return room && `${room.name}, leaves ${shown(max(ZERO, room.amount), 2)} ${instrument.quote} by now`;
}

function ofNow({ volume: _volume, ...limits }: Limits): Limits {
  return limits;
}

/** A limit that is used up leaves nothing; one that an entry was cut to may have shrunk by a moment's prices. */
function withSlack(amount: Decimal, notional: Decimal): Decimal {
  return amount.isGreaterThan(0) ? amount.plus(percentOf(notional, MOVED_PCT)) : amount;
}

interface OwnEntry {
  readonly notional: Decimal;
  readonly order: Order;
  readonly bot: BotState;
  readonly account: LimitedAccount;
  readonly counter: Counter;
}

/** What a level has used, less one entry that is in its books and not sent yet. */
class FactsWithout implements LevelFacts {
  readonly #facts: LevelFacts;
  readonly #own: OwnEntry;

  constructor(facts: LevelFacts, own: OwnEntry) {
    this.#facts = facts;
    this.#own = own;
  }

  get currency(): string {
    return this.#facts.currency;
  }

  get exposure(): Decimal | undefined {
    const { counter, notional, account } = this.#own;
    const own = counter.convert(notional, account.state.currency, this.currency);
    return own && this.#facts.exposure?.minus(own);
  }

  get positions(): number {
    return this.#facts.positions - 1;
  }

  get orders(): number {
    const { account, order } = this.#own;
    return this.#facts.orders - (order.sinceMs > account.now() - MINUTE_MS ? 1 : 0);
  }

  get entries(): number {
    const { account, bot } = this.#own;
    return this.#facts.entries - (bot.risk.entriesDay === account.state.day?.day ? 1 : 0);
  }

  get dailyLossPct(): number | undefined {
    return this.#facts.dailyLossPct;
  }

  get drawdownPct(): number | undefined {
    return this.#facts.drawdownPct;
  }

  get losses(): number {
    return this.#facts.losses;
  }

  get lostToday(): boolean {
    return this.#facts.lostToday;
  }

  get sinceLossMs(): number | undefined {
    return this.#facts.sinceLossMs;
  }
}
