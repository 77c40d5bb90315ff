import type { BookedOrder } from "./books.ts";
import { NOTHING, toNumber } from "./exact.ts";
import { Broken, type Facts, type Law, type SentOrder } from "./law.ts";
import type { Fact, LogRow } from "./log.ts";

const MINUTE_MS = 60_000;
/** What prices may have moved between the decision and the log, and between the product's price and the tape's, in percent. */
const MOVED_PCT = 3;
/** A decision is that of a candle which has closed, and its price as old as that. */
const GAP_MS = 2 * MINUTE_MS;
/** A quote that is believed may be as old as this by a clock that is right: its own age and that of the answer it came in. */
const QUOTE_AGE_MS = 15_000;
/** How many times the error of the clock may come between a quote, the decision and the time that is written down. */
const CLOCK_STEPS = 4;

interface Scoped {
  readonly scope: string;
  readonly limits: Fact;
}

interface Entry {
  readonly account: string;
  readonly bot: string;
  readonly symbol: string;
  readonly atMs: number;
}

/**
 * 29: no stream ever shows an entry beyond a number that a person has set, and none is sent that is worth more, beyond what prices move meanwhile; over
 * all bots, accounts and processes. Two processes may both write down an entry where a limit over their accounts has room for one, and never both send it. None of a real account where the spread was too wide, or told by nobody, ever since the oldest quote it could have seen. An entry that was decided on an old or wrong candle may be written down, and is stopped at the send.
 */
export class PersonalLimitsLaw implements Law {
  readonly id = "29";
  readonly #facts: Facts;
  /** In force as far as the log of the desk goes. */
  readonly #limits = new Map<string, Fact>();
  /** Entries of the account's present day, and those of the last minute of its market time. */
  readonly #today = new Map<string, Entry[]>();
  readonly #days = new Map<string, string>();
  /** Entries that are written down, by their order. */
  readonly #entries = new Map<string, Entry>();
  /** Orders that have left a process. */
  readonly #sent = new Set<string>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  durable({ event, stream, marketMs }: LogRow): void {
    if (event.type === "limits-set") this.#limits.set(event.text("scope"), event.part("limits"));
    if (event.type === "day-started" && this.#days.get(stream) !== event.text("day")) {
      this.#days.set(stream, event.text("day"));
      this.#today.set(stream, []);
    }
    if (event.type !== "intent" || event.part("intent").text("purpose") !== "entry") return;
    const intent = event.part("intent");
    const entry = { account: stream, bot: intent.text("botId"), symbol: intent.text("symbol"), atMs: marketMs };
    const entries = this.#today.get(stream) ?? [];
    this.#today.set(stream, [...entries, entry]);
    this.#entries.set(intent.text("clientOrderId"), entry);
    for (const scoped of this.#scopesOf(entry)) this.#judgeNumbers(scoped, entry);
  }

  sent({ clientOrderId }: SentOrder): void {
    const entry = this.#entries.get(clientOrderId);
    const order = this.#facts.books.sentOrder(clientOrderId);
    this.#sent.add(clientOrderId);
    if (!entry || !order) return;
    for (const scoped of this.#scopesOf(entry)) {
      this.#judgeWorth(scoped, entry, toNumber(order.quantity));
      this.#judgeSpread(scoped, entry);
      if (this.#isWide(scoped.scope)) this.#judgePositions(scoped, entry);
    }
  }

  /** Whether a limit is over accounts of several processes: what one of them has written down, another one may refuse to send. */
  #isWide(scope: string): boolean {
    return this.#facts.viewMs > 0 && (scope === "all" || scope.startsWith("symbol:"));
  }

  #scopesOf({ account, bot, symbol }: Entry): Scoped[] {
    return [`bot:${bot}`, `symbol:${symbol}`, account, "all"].flatMap((scope) => {
      const limits = this.#limits.get(scope);
      return limits ? [{ scope, limits }] : [];
    });
  }

  #most(scope: string, entry: Entry, name: string, found: number, limit: number): void {
    this.#facts.coverage.mark(`antecedent 29: an entry under a limit (${name})`);
    if (found > limit) throw new Broken(this.id, `${entry.bot} enters with ${name} at ${found.toFixed(2)}, and ${scope} has ${limit}`);
  }

  #judgeWorth({ scope, limits }: Scoped, entry: Entry, quantity: number): void {
    const trueMs = this.#facts.trueMs();
    const { tape } = this.#facts;
    const price = tape.lastPrice(entry.symbol, trueMs);
    // A gap since the candle that it was decided on is known to nobody who sizes it.
    const moved = Math.max(1 + MOVED_PCT / 100, price / tape.lastPrice(entry.symbol, trueMs - GAP_MS));
    const notional = quantity * price;
    if (limits.has("position")) this.#most(scope, entry, "position", notional / moved, moneyOf(limits, "position"));
    if (limits.has("exposure"))
      this.#most(scope, entry, "exposure", this.#exposure(scope, entry, trueMs) / moved, moneyOf(limits, "exposure"));
  }

  #judgeNumbers({ scope, limits }: Scoped, entry: Entry): void {
    const most = (name: string, found: number, limit: number) => this.#most(scope, entry, name, found, limit);
    if (!this.#isWide(scope)) this.#judgePositions({ scope, limits }, entry);
    // Summed over several accounts, minutes and days begin at different moments: there each account is counted by itself.
    const own = (this.#today.get(entry.account) ?? []).filter((each) => this.#concerns(scope, each.account, each.bot, each.symbol));
    if (limits.has("entries")) most("entries", own.length, limits.number("entries"));
    if (limits.has("orders")) most("orders", own.filter(({ atMs }) => atMs > entry.atMs - MINUTE_MS).length, limits.number("orders"));
  }

  /** What adds to a position opens none. */
  #judgePositions({ scope, limits }: Scoped, entry: Entry): void {
    if (!limits.has("positions") || this.#facts.books.botOf(entry.bot).position !== NOTHING) return;
    this.#most(scope, entry, "positions", this.#open(scope, entry).size, limits.number("positions"));
  }

  /** Any moment at which a quote could be seen that was believed when the entry left will do. */
  #judgeSpread({ scope, limits }: Scoped, entry: Entry): void {
    const { books, coverage, quotes } = this.#facts;
    if (!limits.has("spreadBps") || books.accounts.get(entry.account)?.mode === "paper") return;
    coverage.mark("antecedent 29: a real entry under a limit of the spread");
    const trueMs = this.#facts.trueMs();
    const narrowest = quotes.narrowestBps(entry.symbol, trueMs - QUOTE_AGE_MS - CLOCK_STEPS * this.#facts.clockErrorMaxMs(), trueMs);
    const most = limits.number("spreadBps");
    if (narrowest === undefined || narrowest > most)
      throw new Broken(this.id, `${entry.bot} enters at a spread of ${narrowest ?? "nobody knows how many"} bps, and ${scope} has ${most}`);
  }

  /** Everything that is held or being opened, at the newest prices. */
  #exposure(scope: string, entry: Entry, trueMs: number): number {
    const { books, tape } = this.#facts;
    let sum = 0;
    for (const bot of books.bots.values()) {
      if (bot.position === NOTHING || !this.#counts(scope, entry, bot.account, bot.id, bot.symbol)) continue;
      sum += Math.abs(toNumber(bot.position)) * tape.lastPrice(bot.symbol, trueMs);
    }
    for (const order of this.#entering(scope)) {
      if (!this.#counts(scope, entry, order.account, order.bot, order.symbol)) continue;
      sum += toNumber(order.quantity - order.filled) * tape.lastPrice(order.symbol, trueMs);
    }
    return sum;
  }

  /** Bots that hold something or are about to, with this one. */
  #open(scope: string, entry: Entry): ReadonlySet<string> {
    const { books } = this.#facts;
    const open = new Set<string>();
    for (const bot of books.bots.values())
      if (bot.position !== NOTHING && this.#counts(scope, entry, bot.account, bot.id, bot.symbol)) open.add(bot.id);
    for (const order of this.#entering(scope)) if (this.#counts(scope, entry, order.account, order.bot, order.symbol)) open.add(order.bot);
    return open;
  }

  /** Entries that may still fill: those that are written down, or where that says too much, those that were sent. */
  #entering(scope: string): BookedOrder[] {
    const isWide = this.#isWide(scope);
    return [...this.#facts.books.working].filter((order) => order.purpose === "entry" && (!isWide || this.#sent.has(order.clientOrderId)));
  }

  /** Whether something of a bot counts against a limit of an entry: of the same mode and currency where several accounts are summed. */
  #counts(scope: string, entry: Entry, account: string, bot: string, symbol: string): boolean {
    const { accounts } = this.#facts.books;
    const [one, other] = [accounts.get(entry.account), accounts.get(account)];
    return one?.mode === other?.mode && one?.currency === other?.currency && this.#concerns(scope, account, bot, symbol);
  }

  #concerns(scope: string, account: string, bot: string, symbol: string): boolean {
    return scope === "all" || scope === account || scope === `bot:${bot}` || scope === `symbol:${symbol}`;
  }
}

function moneyOf(limits: Fact, name: string): number {
  return toNumber(limits.part(name).money("value"));
}
