import type { PerpetualAccount } from "../world/venue-account.ts";
import { isOver } from "./books.ts";
import { type Exact, exact, NOTHING, textOf } from "./exact.ts";
import { Broken, type Facts, type Law, type ProcessFacts } from "./law.ts";
import { isEqual } from "./law-books.ts";
import { SEEN_MS } from "./law-exchange.ts";
import type { Fact, LogRow } from "./log.ts";
import { absolute, type PerpetualBooks, type PerpetualHolding, type PerpetualOrder } from "./perpetual-books.ts";

const ENDS: ReadonlySet<string> = new Set(["order-expired", "order-canceled", "order-rejected"]);

/** Until a payment for holding contracts is booked: a reconciliation a minute, and its own readings. */
const LEDGER_READ_MS = 70_000;

/** The laws of the exchange, for accounts at Blofin. */
export function perpetualLaws(facts: Facts, venue: PerpetualBooks): Law[] {
  return [new PerpetualAcceptedLaw(facts, venue), new PerpetualNakedLaw(facts, venue), new PerpetualQuietLaw(facts, venue)];
}

/** 3, at Blofin: every order with our prefix belongs to an attempt that was durable before, and no intent has two accepted attempts. */
class PerpetualAcceptedLaw implements Law {
  readonly id = "3";
  readonly #facts: Facts;
  readonly #venue: PerpetualBooks;
  readonly #accepted = new Map<string, string>();
  readonly #absent = new Set<string>();

  constructor(facts: Facts, venue: PerpetualBooks) {
    this.#facts = facts;
    this.#venue = venue;
  }

  /** What was proven absent must not be there, now or later; what the log has ended must have ended, with all its fills booked. */
  durable({ event, stream }: LogRow): void {
    if (event.type === "order-filled") return this.#mustBeMade(stream, event.part("fill"));
    const account = ENDS.has(event.type) ? this.#venue.accounts.find(({ name }) => stream === `account:${name}`) : undefined;
    if (!account) return;
    const id = event.text("clientOrderId");
    const there = this.#venue.under(account, id);
    this.#facts.coverage.mark("Blofin antecedent 3: an order ends in the log");
    if (event.flag("absent")) {
      this.#facts.coverage.mark("Blofin antecedent 3: an order is proven absent");
      this.#absent.add(id);
      if (there.length > 0) throw new Broken(this.id, `${id} was called proven absent, and Blofin has it`);
    }
    const open = there.find((order) => this.#venue.rests(order));
    if (open) throw new Broken(this.id, `${id} ended in the log (${event.text("reason")}), and at Blofin it is ${open.state}`);
    const executed = this.#venue.executed(account, id);
    const booked = this.#facts.books.orders.get(id)?.filled ?? NOTHING;
    if (executed !== booked)
      throw new Broken(this.id, `${id} ended in the log with ${textOf(booked)} filled, and at Blofin it is ${textOf(executed)}`);
  }

  /** A fill at Blofin is the one that Blofin made. */
  #mustBeMade(stream: string, fill: Fact): void {
    const account = this.#venue.accounts.find(({ name }) => stream === `account:${name}`);
    if (!account) return;
    const id = fill.text("fillId");
    const made = account.book.fills.findLast((each) => each.id === id);
    const said = ["price", "quantity", "fee"].map((name) => textOf(fill.money(name))).join(" ");
    const parts = made && [exact(made.price.toFixed()), this.#venue.inBase(made.instId, made.size), exact(made.fee.toFixed())];
    const told = parts?.map(textOf).join(" ");
    if (said !== told) throw new Broken("4", `${stream} books ${said} as ${id}, and Blofin made ${told ?? "no such fill"}`);
  }

  second(): void {
    for (const { account, order } of this.#venue.accepted()) this.#look(account, order);
  }

  #look({ name }: PerpetualAccount, order: PerpetualOrder): void {
    this.#facts.coverage.mark("Blofin antecedent 3: the exchange accepts an order");
    const attempt = this.#venue.attemptOf(order);
    if (!attempt || attempt.durableMs > order.createMs)
      throw new Broken(this.id, `${name} has the order ${order.clientOrderId}, and no attempt of it was durable before`);
    const other = this.#accepted.get(attempt.intentId);
    if (other !== undefined)
      throw new Broken(this.id, `Blofin accepted ${other} and ${attempt.clientOrderId} of the one intent ${attempt.intentId}`);
    this.#accepted.set(attempt.intentId, attempt.clientOrderId);
    if (this.#absent.has(attempt.clientOrderId))
      throw new Broken(this.id, `${attempt.clientOrderId} was called proven absent, and then Blofin accepted it`);
    if (this.#facts.books.accounts.get(attempt.account)?.mode === "paper")
      throw new Broken("11", `${order.clientOrderId} of a paper account is at Blofin`);
  }
}

/** Naked within calm times, and in a time that has just become calm: the fence is four times as long as at a spot exchange. */
const NAKED_CALM_MS = 7_000;
const NAKED_AFTER_FAULT_MS = 150_000;
const CALM_BEFORE_MS = 150_000;
/** After the alarm it must still end. */
const NAKED_ALARMED_MS = 300_000;

/** 5, at Blofin: what our fills hold there, long or short, is covered by our stops there, or it is said, within the deadline. Only time without any fault counts. */
class PerpetualNakedLaw implements Law {
  readonly id = "5";
  readonly #facts: Facts;
  readonly #venue: PerpetualBooks;
  readonly #since = new Map<PerpetualHolding, { readonly calm: boolean; ms: number }>();

  constructor(facts: Facts, venue: PerpetualBooks) {
    this.#facts = facts;
    this.#venue = venue;
  }

  second(process: ProcessFacts): void {
    for (const account of this.#venue.accounts) this.#venue.follow(account);
    const healthyMs = process.alive ? this.#facts.healthySinceMs() : undefined;
    for (const held of this.#venue.holdings.values()) this.#look(held, healthyMs);
  }

  #look(held: PerpetualHolding, healthyMs: number | undefined): void {
    const { account, instId, ours } = held;
    const covered = this.#venue.covered(account, instId, ours > NOTHING ? "sell" : "buy");
    if (absolute(ours) <= covered) {
      if (this.#since.delete(held)) this.#facts.coverage.mark("Blofin antecedent 5: a position was naked and is covered");
      return;
    }
    if (ours < NOTHING) this.#facts.coverage.mark("Blofin antecedent 5: a short position waits for its stop");
    if (healthyMs === undefined) {
      this.#since.set(held, { calm: false, ms: 0 });
      return;
    }
    const episode = this.#since.get(held) ?? { calm: this.#facts.trueMs() - healthyMs > CALM_BEFORE_MS, ms: 0 };
    episode.ms += 1_000;
    this.#since.set(held, episode);
    const alarmed = this.#isAlarmed(held);
    const limit = alarmed ? NAKED_ALARMED_MS : episode.calm ? NAKED_CALM_MS : NAKED_AFTER_FAULT_MS;
    if (alarmed) this.#facts.coverage.mark("Blofin antecedent 5: a naked position is alarmed");
    if (episode.ms <= limit) return;
    const said = alarmed ? "" : " and without an alarm";
    throw new Broken(
      this.id,
      `${account.name} holds ${textOf(ours)} ${instId}, covered ${textOf(covered)}, for ${episode.ms} ms without a fault${said}`,
    );
  }

  #isAlarmed({ account, instId }: PerpetualHolding): boolean {
    const { bots, naked } = this.#facts.books;
    return [...naked].some((id) => {
      const bot = bots.get(id);
      return bot?.account === `account:${account.name}` && instId === bot.symbol.replace(/:.*$/, "").replace("/", "-");
    });
  }
}

/** 4 and 16, at Blofin: when all is quiet, the books say what Blofin's say, and nothing of ours rests there that they do not know. */
class PerpetualQuietLaw implements Law {
  readonly id = "16";
  readonly #facts: Facts;
  readonly #venue: PerpetualBooks;

  constructor(facts: Facts, venue: PerpetualBooks) {
    this.#facts = facts;
    this.#venue = venue;
  }

  quietEnd(): void {
    const { books, coverage } = this.#facts;
    for (const account of this.#venue.accounts) {
      const booked = books.accounts.get(`account:${account.name}`);
      if (!booked) continue;
      coverage.mark("Blofin antecedent 16: an account is compared with the exchange");
      const [ours, theirs] = [booked.balances.get("USDT") ?? NOTHING, exact(account.book.balance.toFixed())];
      const paid = this.#justPaid(account);
      const known = [NOTHING, ...this.#notSeenYet(account).map(({ balance }) => balance)].map((unseen) => theirs - unseen);
      if (!known.some((balance) => isEqual(ours, balance, true) || isEqual(ours, balance - paid, true)))
        throw new Broken("4", `${account.name} says ${textOf(ours)} USDT, Blofin says ${textOf(theirs)}`);
      this.#positions(account);
      this.#resting(account);
    }
  }

  /** Funding is read with each reconciliation, and a day may end between a payment and the next one. */
  #justPaid({ book }: PerpetualAccount): Exact {
    const sinceMs = this.#facts.trueMs() - LEDGER_READ_MS;
    return book.ledger.reduce(
      (sum, { kind, atMs, amount }) => (kind === "funding" && atMs > sinceMs ? sum + exact(amount.toFixed()) : sum),
      NOTHING,
    );
  }

  /** What fills of a moment ago have moved, which need not be known yet: the newest one, the two newest, and so on. */
  #notSeenYet({ book }: PerpetualAccount): { readonly balance: Exact; readonly positions: ReadonlyMap<string, Exact> }[] {
    const nowMs = this.#facts.trueMs();
    let balance = NOTHING;
    const positions = new Map<string, Exact>();
    return book.fills
      .filter(({ atMs }) => nowMs - atMs < SEEN_MS)
      .toReversed()
      .map(({ instId, side, size, pnl, fee }) => {
        const moved = this.#venue.inBase(instId, size);
        balance += exact(pnl.minus(fee).toFixed());
        positions.set(instId, (positions.get(instId) ?? NOTHING) + (side === "buy" ? moved : -moved));
        return { balance, positions: new Map(positions) };
      });
  }

  #positions(account: PerpetualAccount): void {
    this.#venue.follow(account);
    const claims = new Map<string, bigint>();
    for (const bot of this.#facts.books.bots.values()) {
      if (bot.account !== `account:${account.name}`) continue;
      const instId = bot.symbol.replace(/:.*$/, "").replace("/", "-");
      claims.set(instId, (claims.get(instId) ?? NOTHING) + bot.position);
    }
    for (const [instId, claim] of claims) {
      const held = this.#venue.holdings.get(`${account.name} ${instId}`)?.ours ?? NOTHING;
      const unseen = this.#notSeenYet(account).map(({ positions }) => positions.get(instId) ?? NOTHING);
      if (claim !== held && !unseen.some((moved) => claim === held - moved))
        throw new Broken("4", `bots of ${account.name} claim ${textOf(claim)} ${instId}, at Blofin it is ${textOf(held)}`);
    }
  }

  #resting(account: PerpetualAccount): void {
    const { orders, tpsl, algo } = account.book;
    for (const order of [...orders.live(), ...tpsl.live(), ...algo.live()]) {
      if (!order.clientOrderId.startsWith("ss")) continue;
      const attempt = this.#venue.attemptOf(order);
      if (!attempt || isOver(attempt))
        throw new Broken(this.id, `${order.clientOrderId} rests at Blofin, and the log says ${attempt?.status ?? "nothing of it"}`);
      if (this.#facts.books.botOf(attempt.bot).position === NOTHING)
        throw new Broken(this.id, `${order.clientOrderId} rests at Blofin, and its bot holds nothing`);
    }
  }
}
