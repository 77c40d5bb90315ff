import { type Exact, NOTHING, over, times } from "./exact.ts";
import type { Fact, LogRow } from "./log.ts";

/** An order as the log tells it. */
export interface BookedOrder {
  readonly clientOrderId: string;
  readonly intentId: string;
  readonly attempt: number;
  readonly account: string;
  readonly bot: string;
  readonly symbol: string;
  readonly purpose: string;
  readonly side: string;
  readonly quantity: Exact;
  readonly slotMs: number;
  readonly durableMs: number;
  filled: Exact;
  status: string;
}

export interface BookedBot {
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly symbol: string;
  readonly timeframe: string;
  /** Negative when short. */
  position: Exact;
  /** Of what is held of a perpetual contract, in quote. */
  cost: Exact;
  status: string;
  stop: Exact | undefined;
}

export interface BookedAccount {
  readonly stream: string;
  readonly mode: string;
  readonly currency: string;
  readonly balances: Map<string, Exact>;
  day: { day: string; equity: Exact } | undefined;
  tripped: string | undefined;
  panic: boolean;
}

/** An order that nothing more is expected of. */
export function isOver({ status }: BookedOrder): boolean {
  return status === "filled" || status === "canceled" || status === "expired" || status === "rejected";
}

/** The referee's own fold of the log: orders, positions and balances, computed from fills alone. */
export class Books {
  readonly accounts = new Map<string, BookedAccount>();
  readonly bots = new Map<string, BookedBot>();
  readonly orders = new Map<string, BookedOrder>();
  /** Orders that something is still expected of. */
  readonly working = new Set<BookedOrder>();
  /** Attempts by intent, oldest first. */
  readonly intents = new Map<string, BookedOrder[]>();
  readonly fillIds = new Set<string>();
  readonly requests = new Map<string, Set<number>>();
  /** In force as far as the log goes. */
  halted: { panic: boolean; untilMs: number | undefined } | undefined;
  /** Bots that were said to be without prices. */
  readonly blind = new Set<string>();
  /** Until when the spot exchange wants no request, by the latest of its wishes that is written. Wall time. */
  silentUntilMs = 0;
  /** Bots whose position is said to have no protective order. */
  readonly naked = new Set<string>();

  apply(row: LogRow): void {
    const { event, stream } = row;
    if (row.requestId !== undefined) {
      const batches = this.requests.get(row.requestId) ?? new Set();
      this.requests.set(row.requestId, batches.add(row.batch));
    }
    if (stream === "desk") this.#applyDesk(event);
    else this.#applyAccount(row, event);
  }

  /** The order behind an id that was sent: a stop goes out under the id of its leg. */
  sentOrder(id: string): BookedOrder | undefined {
    return this.orders.get(id) ?? this.orders.get(id.slice(0, -1));
  }

  /** The position's bot behind a fill or an order event. */
  botOf(id: string): BookedBot {
    const bot = this.bots.get(id);
    if (!bot) throw new Error(`the log speaks of the bot ${id}, which it never made`);
    return bot;
  }

  #applyDesk(event: Fact): void {
    if (event.type === "halted")
      this.halted = { panic: event.flag("panic"), untilMs: event.has("untilMs") ? event.number("untilMs") : undefined };
    else if (event.type === "resumed") this.halted = undefined;
    else if (event.type === "venue-banned" && event.text("exchange") === "binance")
      this.silentUntilMs = Math.max(this.silentUntilMs, event.number("untilMs"));
    else if (event.type === "watch-blind") for (const bot of event.texts("bots")) this.blind.add(bot);
    else if (event.type === "watch-sees") for (const bot of event.has("bots") ? event.texts("bots") : this.blind) this.blind.delete(bot);
  }

  #applyAccount(row: LogRow, event: Fact): void {
    switch (event.type) {
      case "account-opened":
        return this.#open(row.stream, event);
      case "day-started":
        this.#account(row).day = { day: event.text("day"), equity: event.money("equity") };
        return;
      case "breaker-tripped":
        if (event.text("breaker") === "daily-loss") this.#account(row).tripped = event.text("day");
        return;
      case "panic-started":
        this.#account(row).panic = true;
        return;
      case "panic-finished":
        this.#account(row).panic = false;
        return;
      case "bot-created":
        return this.#create(row.stream, event.part("bot"));
      case "bot-started":
        this.botOf(event.text("botId")).status = "running";
        return;
      case "bot-stopped":
      case "bot-faulted":
      case "bot-deleted":
        this.botOf(event.text("botId")).status = event.type.slice("bot-".length);
        return;
      case "position-naked":
        this.naked.add(event.text("botId"));
        return;
      case "position-protected":
        this.naked.delete(event.text("botId"));
        return;
      case "dust-moved":
      case "claim-reduced":
        return this.#leave(this.botOf(event.text("botId")), event.money("quantity"), this.#account(row));
      case "foreign-booked": {
        const account = this.#account(row);
        const quantity = event.money("quantity");
        // What came or went without a trade is no result of the day. That it did is checked against the exchange.
        if (account.day && event.text("coin") === account.currency) account.day = { ...account.day, equity: account.day.equity + quantity };
        return this.#move(account, event.text("coin"), quantity);
      }
      default:
        return this.#applyOrder(row, event);
    }
  }

  #applyOrder(row: LogRow, event: Fact): void {
    if (event.type === "intent") return this.#intend(row, event.part("intent"));
    if (event.type === "attempt") return this.#attempt(row, event);
    if (event.type === "order-filled") return this.#fill(row, event);
    if (!event.type.startsWith("order-")) return;
    const order = this.orders.get(event.text("clientOrderId"));
    const status = event.type.slice("order-".length);
    if (!order || isOver(order) || (status === "accepted" && order.filled > NOTHING)) return;
    this.#setStatus(order, status);
  }

  /** What leaves a bot without a sale. */
  #leave(bot: BookedBot, quantity: Exact, account: BookedAccount): void {
    leave(bot, quantity);
    if (bot.position === NOTHING) this.#flatten(bot, account);
  }

  #open(stream: string, event: Fact): void {
    const balances = event.moneyMap("balances");
    const currency = event.textOr("currency", [...balances.keys()][0] ?? "");
    const none = { day: undefined, tripped: undefined, panic: false };
    this.accounts.set(stream, { stream, mode: event.textOr("mode", "paper"), currency, balances, ...none });
  }

  #create(stream: string, bot: Fact): void {
    const [id, name, symbol, timeframe] = [bot.text("id"), bot.text("name"), bot.text("symbol"), bot.text("timeframe")];
    this.bots.set(id, {
      id,
      name,
      account: stream,
      symbol,
      timeframe,
      position: NOTHING,
      cost: NOTHING,
      status: "created",
      stop: undefined,
    });
  }

  #intend(row: LogRow, intent: Fact): void {
    this.#add({
      clientOrderId: intent.text("clientOrderId"),
      intentId: intent.text("intentId"),
      attempt: 1,
      account: row.stream,
      bot: intent.text("botId"),
      symbol: intent.text("symbol"),
      purpose: intent.text("purpose"),
      side: intent.text("side"),
      quantity: intent.money("quantity"),
      slotMs: intent.number("slotMs"),
      durableMs: row.trueMs,
      filled: NOTHING,
      status: "in-flight",
    });
  }

  #attempt(row: LogRow, event: Fact): void {
    const first = this.intents.get(event.text("intentId"))?.[0];
    if (!first) throw new Error(`an attempt belongs to the intent ${event.text("intentId")}, which the log never made`);
    const clientOrderId = event.text("clientOrderId");
    this.#add({ ...first, clientOrderId, attempt: event.number("attempt"), durableMs: row.trueMs, filled: NOTHING, status: "in-flight" });
  }

  #add(order: BookedOrder): void {
    this.orders.set(order.clientOrderId, order);
    this.working.add(order);
    this.intents.set(order.intentId, [...(this.intents.get(order.intentId) ?? []), order]);
  }

  #fill(row: LogRow, event: Fact): void {
    const fill = event.part("fill");
    const [base = "", rest = ""] = fill.text("symbol").split("/");
    const quote = rest.split(":")[0] ?? "";
    const id = `${row.stream} ${fill.text("symbol")} ${fill.text("fillId")}`;
    if (this.fillIds.has(id)) return;
    this.fillIds.add(id);
    const account = this.#account(row);
    const bot = this.botOf(event.text("botId"));
    const quantity = fill.money("quantity");
    const signed = fill.text("side") === "buy" ? quantity : -quantity;
    const order = this.orders.get(fill.text("clientOrderId"));
    if (order) {
      order.filled += quantity;
      if (!isOver(order)) this.#setStatus(order, order.filled >= order.quantity ? "filled" : "partially-filled");
    }
    if (isPerpetual(fill.text("symbol"))) this.#move(account, quote, moveContract(bot, signed, fill.money("price")));
    else {
      this.#move(account, base, signed);
      this.#move(account, quote, -times(fill.money("price"), signed));
    }
    this.#move(account, fill.text("feeCurrency"), -fill.money("fee"));
    bot.position += signed - (fill.text("feeCurrency") === base ? fill.money("fee") : NOTHING);
    const after = event.part("after");
    if (after.has("stopPrice")) bot.stop = after.money("stopPrice");
    if (bot.position === NOTHING) this.#flatten(bot, account);
  }

  /** In a paper account, what only reduces a position ends with it, without an event of its own. */
  #flatten(bot: BookedBot, { mode }: BookedAccount): void {
    bot.stop = undefined;
    this.naked.delete(bot.id);
    if (mode !== "paper") return;
    for (const order of this.working) if (order.bot === bot.id && order.purpose !== "entry") this.#setStatus(order, "canceled");
  }

  #setStatus(order: BookedOrder, status: string): void {
    order.status = status;
    if (isOver(order)) this.working.delete(order);
  }

  #move(account: BookedAccount, coin: string, change: Exact): void {
    account.balances.set(coin, (account.balances.get(coin) ?? NOTHING) + change);
  }

  #account(row: LogRow): BookedAccount {
    const account = this.accounts.get(row.stream);
    if (!account) throw new Error(`row ${row.sequence} of ${row.stream} comes before the account was opened`);
    return account;
  }
}

/** Whether a symbol is a contract: its results are paid into the balance, and it moves no coins. */
export function isPerpetual(symbol: string): boolean {
  return symbol.includes(":");
}

/** Cost of a contract's position after a fill, and what was gained or lost by what the fill closes. */
function moveContract(bot: BookedBot, signed: Exact, price: Exact): Exact {
  const opens = bot.position === NOTHING || bot.position > NOTHING === signed > NOTHING;
  if (opens) {
    bot.cost += times(price, signed);
    return NOTHING;
  }
  const closed = bot.position + signed === NOTHING ? bot.cost : over(times(bot.cost, signed), -bot.position);
  bot.cost -= closed;
  return -times(price, signed) - closed;
}

/** What leaves a bot without an order of ours takes its share of the cost along. */
function leave(bot: BookedBot, quantity: Exact): void {
  const signed = bot.position < NOTHING ? quantity : -quantity;
  if (bot.position !== NOTHING) bot.cost += over(times(bot.cost, signed), bot.position);
  bot.position += signed;
}
