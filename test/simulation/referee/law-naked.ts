import type { SpotOrder } from "../../kit/exchange/spot/order.ts";
import type { VenueAccount } from "../world/venue-account.ts";
import { type Exact, exact, exactOf, NOTHING, textOf, toNumber } from "./exact.ts";
import { Broken, type Facts, type Law, type ProcessFacts, type SentOrder } from "./law.ts";
import { VenueBooks } from "./law-exchange.ts";

const BEAT_MS = 1_000;
/** A process that has just opened cannot say what it finds before it had the time to ask and to be answered. */
const FIRST_LOOK_MS = 2 * BEAT_MS;
/** The desk knows the exchange's time by its answers, and these take their time. */
const HALF_ROUND_TRIP_MS = 250;
/** The design's five seconds, and one beat, because the desk looks once a second. */
const NAKED_MAX_MS = 5_000 + BEAT_MS + HALF_ROUND_TRIP_MS;
/**
 * After the alarm it must still end, once nothing has been wrong for so long: a fence and the readings after it, the longest pause between two tries, and
 * between two rounds of a reconciliation that failed.
 */
const ALARMED_CALM_MS = 150_000;
/** A little more than the exchange's smallest order cannot be sold, for prices move. */
const DUST_FACTOR = 1.1;
/** While lots are coarse, several positions may each leave almost a lot behind, until a later one takes them along. */
const RESTS_MAX = 4;

interface Holding {
  readonly account: VenueAccount;
  readonly symbol: string;
  quantity: Exact;
  price: number;
  changedMs: number;
  /** What was too little to be sold when it was left: it waits for a later position, also when the exchange asks for less again. */
  dust: Exact;
}

/** What is the same for all that an account holds in one look. */
interface Look {
  readonly nowMs: number;
  readonly reachable: boolean;
  /** Whether the log knows of this position. */
  readonly isKnown: boolean;
}

/** A position without its stop. */
interface Episode {
  /** Reachable time so far. */
  ms: number;
  /** Reachable time without a break since it is said. */
  calmMs: number;
}

/**
 * 5, at the exchange: what our fills hold there is covered by our stops there, or the log says so within the deadline. Reachable time counts: one process
 * runs, has looked once and stands not still, its clock is right, its store takes what it writes, and the exchange neither silences the account nor was one of its requests
 * spoilt so lately that the desk has not asked again. And while the log says so, that account enters nothing.
 */
export class NakedLaw implements Law {
  readonly id = "5";
  readonly #facts: Facts;
  readonly #venue: VenueBooks;
  readonly #episodes = new Map<string, Episode>();
  readonly #held = new Map<string, Holding>();
  readonly #executions = new Map<VenueAccount, number>();
  readonly #orders = new Map<VenueAccount, number>();
  #process = 0;
  /** When the process that runs had opened. */
  #openedMs: number | undefined;
  /** Entries that left a process while the log called a position of their account naked. */
  readonly #bold = new Map<string, string>();

  constructor(facts: Facts, venue: VenueBooks) {
    this.#facts = facts;
    this.#venue = venue;
  }

  sent({ clientOrderId, venue }: SentOrder): void {
    const order = venue === "exchange" ? this.#facts.books.sentOrder(clientOrderId) : undefined;
    if (order?.purpose !== "entry") return;
    const naked = this.#nakedBots(order.account)[0];
    if (naked) this.#bold.set(clientOrderId, naked.name);
  }

  second({ number, alive }: ProcessFacts): void {
    const nowMs = this.#facts.trueMs();
    // A process that has just begun waits the whole fence for what an earlier one left unanswered.
    if (number !== this.#process) for (const episode of this.#episodes.values()) episode.calmMs = 0;
    if (number !== this.#process || !alive) this.#openedMs = undefined;
    if (alive) this.#openedMs ??= nowMs;
    this.#process = number;
    const hasLooked = this.#openedMs !== undefined && nowMs - this.#openedMs >= FIRST_LOOK_MS;
    this.#venue.followRules();
    for (const account of this.#venue.accounts) {
      this.#follow(account);
      this.#lookForEntries(account);
      const held = [...this.#held.values()].filter((each) => each.account === account);
      if (held.length === 0) continue;
      const stops = account.book.openAt(nowMs).filter(isStop);
      const reachable = hasLooked && this.#facts.reaches(account.name);
      const positions = this.#positionsOf(account.name);
      for (const each of held) {
        const own = stops.filter(({ symbol }) => symbol === each.symbol);
        this.#look(each, own, { nowMs, reachable, isKnown: positions.has(each.symbol) });
      }
    }
  }

  #lookForEntries(account: VenueAccount): void {
    const { name, book } = account;
    const { orders } = book;
    for (let index = this.#orders.get(account) ?? 0; index < orders.length; index += 1) {
      const { clientOrderId } = orders[index]!;
      const naked = this.#bold.get(clientOrderId);
      if (naked !== undefined) throw new Broken(this.id, `${name} entered with ${clientOrderId} while the log called ${naked} naked`);
      this.#orders.set(account, index + 1);
    }
  }

  /** What our orders hold, by the exchange's own executions. */
  #follow(account: VenueAccount): void {
    const executions = account.book.trades;
    for (let index = this.#executions.get(account) ?? 0; index < executions.length; index += 1) {
      const { order, quantity, fee, feeCoin, price, ms } = executions[index]!;
      if (!VenueBooks.isOurs(order)) continue;
      const id = `${account.name} ${order.symbol}`;
      const held = this.#held.get(id) ?? { account, symbol: order.symbol, quantity: NOTHING, price: 0, changedMs: ms, dust: NOTHING };
      const moved = exact(quantity.toFixed());
      const feeInBase = order.draft.side === "BUY" && order.symbol.startsWith(feeCoin) ? exact(fee.toFixed()) : NOTHING;
      held.quantity += order.draft.side === "BUY" ? moved - feeInBase : -moved;
      held.price = price.toNumber();
      held.changedMs = ms;
      this.#held.set(id, held);
    }
    this.#executions.set(account, executions.length);
  }

  #look(held: Holding, stops: readonly SpotOrder[], { nowMs, reachable, isKnown }: Look): void {
    const { symbol, quantity, price } = held;
    const account = held.account.name;
    const id = `${account} ${symbol}`;
    let covered = NOTHING;
    for (const { open, now } of stops) if (open) covered += exactOf(now.quantity) - exactOf(now.executed);
    // Rests of fees stay in the account: what could not be sold anyway needs no stop.
    const least = this.#venue.smallest(symbol, price);
    const left = isKnown ? least * DUST_FACTOR : least * RESTS_MAX;
    if (toNumber(quantity) * price < left) held.dust = quantity;
    if (toNumber(quantity - covered - held.dust) * price < least * DUST_FACTOR) {
      if (this.#episodes.delete(id)) this.#facts.coverage.mark("antecedent 5: a position was naked and is covered");
      return;
    }
    // A stop that came and went between two looks had ended the earlier episode.
    if (stops.some(({ acceptedMs }) => nowMs - acceptedMs < BEAT_MS)) this.#episodes.delete(id);
    const changedMs = stops.reduce((latest, { now }) => Math.max(latest, now.ms), held.changedMs);
    const known = this.#episodes.get(id);
    const episode = known ?? { ms: 0, calmMs: 0 };
    this.#episodes.set(id, episode);
    const alarmed = this.#nakedBots(`account:${account}`).some((bot) => bot.symbol.replace("/", "") === symbol);
    if (!reachable) {
      episode.calmMs = 0;
      return;
    }
    episode.ms += known ? BEAT_MS : Math.min(BEAT_MS, nowMs - changedMs);
    if (alarmed) this.#facts.coverage.mark("antecedent 5: a naked position is alarmed");
    // Where no order is taken, nothing protects and nothing sells: that has to be said, and cannot be ended.
    episode.calmMs = alarmed && this.#venue.takesOrders(symbol) ? episode.calmMs + BEAT_MS : 0;
    const said = `${account} holds ${textOf(quantity)} ${symbol}, covered ${textOf(covered)}, for`;
    if (!alarmed && episode.ms > NAKED_MAX_MS) throw new Broken(this.id, `${said} ${episode.ms} ms of reachable time without an alarm`);
    if (episode.calmMs > ALARMED_CALM_MS)
      throw new Broken(this.id, `${said} ${episode.calmMs} ms after the alarm, in which nothing was wrong`);
  }

  /** Symbols in which the log knows of a position. */
  #positionsOf(account: string): ReadonlySet<string> {
    const stream = `account:${account}`;
    const symbols = new Set<string>();
    for (const bot of this.#facts.books.bots.values())
      if (bot.position !== NOTHING && bot.account === stream) symbols.add(bot.symbol.replace("/", ""));
    return symbols;
  }

  #nakedBots(stream: string) {
    const { bots, naked } = this.#facts.books;
    return [...naked].flatMap((id) => {
      const bot = bots.get(id);
      return bot?.account === stream ? [bot] : [];
    });
  }
}

function isStop(order: SpotOrder): boolean {
  const { side, type } = order.draft;
  return side === "SELL" && type.startsWith("STOP_LOSS") && order.now.status !== "PENDING_NEW" && VenueBooks.isOurs(order);
}
