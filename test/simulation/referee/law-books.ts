import { isPerpetual } from "./books.ts";
import { type Exact, exact, NOTHING, textOf, toNumber } from "./exact.ts";
import { Broken, type Facts, type Law, type ProcessFacts, type Told } from "./law.ts";
import type { VenueBooks } from "./law-exchange.ts";
import type { LogRow } from "./log.ts";

const MINUTE_MS = 60_000;
/** What a market order may lose beyond the prices that the exchange has shown, in percent: spread, slippage and a tick. */
const COST_PCT = 0.1;
const COMPARE_EVERY_S = 60;

/** A share of a cost is rounded after 18 decimals by the product, later by the referee and by the exchange. */
const ROUNDING: Exact = exact("0.000000000001");

/** Whether two sums of money are the same. Only where shares of a cost are booked, as of contracts, may the last decimals differ. */
export function isEqual(a: Exact, b: Exact, rounded: boolean): boolean {
  const difference = a > b ? a - b : b - a;
  return rounded ? difference <= ROUNDING : difference === NOTHING;
}

/** 4: positions and balances are the exact sums of fills, each counted once, at prices that there were; nothing goes below zero. */
export class BooksLaw implements Law {
  readonly id = "4";
  readonly #facts: Facts;
  readonly #venue: VenueBooks;
  #seconds = 0;

  constructor(facts: Facts, venue: VenueBooks) {
    this.#facts = facts;
    this.#venue = venue;
  }

  durable(row: LogRow): void {
    const { event } = row;
    if (event.type !== "order-filled") return;
    const { books, coverage } = this.#facts;
    coverage.mark("antecedent 4: a fill");
    const bot = books.botOf(event.text("botId"));
    const said = event.part("after").money("positionQuantity");
    if (said !== bot.position)
      throw new Broken(this.id, `${bot.name} says it holds ${textOf(said)}, its fills say ${textOf(bot.position)}`);
    if (bot.position < NOTHING && isPerpetual(bot.symbol)) coverage.mark("antecedent 4: a bot is short");
    if (bot.position < NOTHING && !isPerpetual(bot.symbol))
      throw new Broken(this.id, `${bot.name} holds ${textOf(bot.position)}, which is short`);
    for (const [coin, balance] of books.accounts.get(row.stream)?.balances ?? []) {
      if (balance < NOTHING) throw new Broken(this.id, `${row.stream} has ${textOf(balance)} ${coin}`);
    }
    this.#claims(row.stream);
    if (this.#facts.books.accounts.get(row.stream)?.mode === "paper") this.#price(row);
    else this.#execution(row);
  }

  arriving(row: LogRow): void {
    if (row.event.type !== "order-filled") return;
    const fill = row.event.part("fill");
    const id = `${row.stream} ${fill.text("symbol")} ${fill.text("fillId")}`;
    if (this.#facts.books.fillIds.has(id)) throw new Broken(this.id, `the fill ${id} is booked twice`);
  }

  /** What the engine tells a person is what the log says. */
  second({ told }: ProcessFacts): void {
    this.#seconds += 1;
    if (told !== undefined && this.#seconds % COMPARE_EVERY_S === 0) this.#compare(told());
  }

  quietEnd({ told }: ProcessFacts): void {
    if (told !== undefined) this.#compare(told());
  }

  #compare(told: Told): void {
    const { books, coverage } = this.#facts;
    coverage.mark("antecedent 4: told books are compared");
    for (const [stream, coins] of told.balances) {
      for (const [coin, text] of coins) {
        const balance = books.accounts.get(stream)?.balances.get(coin) ?? NOTHING;
        if (!isEqual(exact(text), balance, this.#trades(stream)))
          throw new Broken(this.id, `${stream} says ${text} ${coin}, its fills say ${textOf(balance)}`);
      }
    }
    for (const [id, text] of told.positions) {
      const position = textOf(books.bots.get(id)?.position ?? NOTHING);
      if (position !== text) throw new Broken(this.id, `bot ${id} says ${text}, its fills say ${position}`);
    }
  }

  /** Whether an account has bots on contracts. */
  #trades(stream: string): boolean {
    return [...this.#facts.books.bots.values()].some(({ account, symbol }) => account === stream && isPerpetual(symbol));
  }

  #claims(stream: string): void {
    const { books } = this.#facts;
    const claims = new Map<string, bigint>();
    for (const bot of books.bots.values()) {
      if (bot.account !== stream || isPerpetual(bot.symbol)) continue;
      const [base = ""] = bot.symbol.split("/");
      claims.set(base, (claims.get(base) ?? NOTHING) + bot.position);
    }
    for (const [coin, claim] of claims) {
      const balance = books.accounts.get(stream)?.balances.get(coin) ?? NOTHING;
      if (claim > balance) throw new Broken(this.id, `bots claim ${textOf(claim)} ${coin} of ${stream}, which has ${textOf(balance)}`);
    }
  }

  /** A fill at the spot exchange is the one that the exchange made. */
  #execution(row: LogRow): void {
    const fill = row.event.part("fill");
    if (isPerpetual(fill.text("symbol"))) return;
    const execution = this.#venue.executionOf(row.stream, fill.text("symbol"), fill.text("fillId"));
    const said = ["price", "quantity", "fee"].map((name) => textOf(fill.money(name))).join(" ");
    const made = execution && [execution.price, execution.quantity, execution.fee].map((value) => textOf(exact(value.toFixed()))).join(" ");
    if (said !== made)
      throw new Broken(this.id, `${row.stream} books ${said} as ${fill.text("fillId")}, and the exchange made ${made ?? "no such fill"}`);
  }

  /** The price of a fill lies within what the exchange has shown around that time. */
  #price(row: LogRow): void {
    const fill = row.event.part("fill");
    const price = toNumber(fill.money("price"));
    const room = this.#facts.clockErrorMaxMs() + MINUTE_MS;
    const before = this.#facts.tape.lastPrice(fill.text("symbol"), fill.number("marketMs") - room);
    let low = before;
    let high = before;
    for (let atMs = fill.number("marketMs") - room; atMs <= fill.number("marketMs") + room; atMs += MINUTE_MS) {
      const candle = this.#facts.tape.candleAt(fill.text("symbol"), atMs);
      if (!candle) continue;
      low = Math.min(low, candle.low);
      high = Math.max(high, candle.high);
    }
    if (price >= low * (1 - COST_PCT / 100) && price <= high * (1 + COST_PCT / 100)) return;
    throw new Broken(this.id, `a fill of ${fill.text("symbol")} at ${price}, and the exchange has shown ${low} to ${high}`);
  }
}

/** 6: no order beyond a limit: the position cap, the free cash, the daily loss, over all bots of an account and across restarts. A day that is over stays so. */
export class LimitsLaw implements Law {
  readonly id = "6";
  readonly #facts: Facts;
  readonly #days = new Map<string, string>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  durable({ event, stream, trueMs }: LogRow): void {
    const { books, coverage, limits } = this.#facts;
    if (event.type === "day-started") this.#day(stream, event.text("day"));
    if (event.type === "breaker-tripped" && event.text("breaker") === "daily-loss")
      coverage.mark("antecedent 6: the daily loss is reached");
    if (event.type === "wish-denied") coverage.mark(`antecedent 6: a wish is denied (${event.text("code")})`);
    if (event.type !== "intent" || event.part("intent").text("purpose") !== "entry") return;
    coverage.mark("antecedent 6: an entry is sized");
    const intent = event.part("intent");
    const account = books.accounts.get(stream);
    if (!account) throw new Broken(this.id, `an entry belongs to ${stream}, which was never opened`);
    if (account.tripped !== undefined && account.tripped === account.day?.day)
      throw new Broken(this.id, `${stream} enters on ${account.tripped} after its daily loss was reached`);
    const equity = this.#equity(stream, trueMs);
    // What a person enters by hand follows from no candle: its price is the worst that it may fill at.
    const values = intent.part("values");
    const price = values.has("close") ? values.number("close") : toNumber(intent.money("price"));
    const notional = toNumber(intent.money("quantity")) * price;
    if (notional > (equity * limits.positionCapPct) / 100 + equity * 0.03)
      throw new Broken(this.id, `an entry of ${notional.toFixed(2)} is beyond ${limits.positionCapPct}% of ${equity.toFixed(2)}`);
    const opening = account.day && toNumber(account.day.equity);
    if (opening !== undefined && equity < opening * (1 - (limits.dailyLossPct + 3) / 100))
      throw new Broken(this.id, `${stream} enters with ${equity.toFixed(2)} left of ${opening.toFixed(2)} this morning`);
    const cash = toNumber(account.balances.get(account.currency) ?? NOTHING);
    if (notional > cash) throw new Broken(this.id, `an entry of ${notional.toFixed(2)} is beyond the cash of ${cash.toFixed(2)}`);
  }

  #day(stream: string, day: string): void {
    const before = this.#days.get(stream);
    this.#days.set(stream, day);
    if (before === undefined) return;
    this.#facts.coverage.mark("antecedent 6: a day ends");
    if (day <= before) throw new Broken(this.id, `${stream} begins ${day} after ${before}`);
  }

  #equity(stream: string, atMs: number): number {
    const account = this.#facts.books.accounts.get(stream);
    let equity = 0;
    for (const [coin, balance] of account?.balances ?? []) {
      const symbol = `${coin}/${account?.currency}`;
      if (coin !== account?.currency && !this.#facts.tape.symbols.includes(symbol)) continue;
      const price = coin === account?.currency ? 1 : this.#facts.tape.lastPrice(symbol, atMs);
      equity += toNumber(balance) * price;
    }
    for (const bot of this.#facts.books.bots.values()) {
      if (bot.account !== stream || !isPerpetual(bot.symbol)) continue;
      equity += toNumber(bot.position) * this.#facts.tape.lastPrice(bot.symbol, atMs) - toNumber(bot.cost);
    }
    return equity;
  }
}
