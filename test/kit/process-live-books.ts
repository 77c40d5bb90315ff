import { type Exact, exact, NOTHING, times } from "../simulation/referee/exact.ts";
import type { StoredFact } from "./process-books.ts";

interface StoredDecimal {
  readonly $d: string;
}
interface StoredIntent {
  readonly intentId: string;
  readonly botId: string;
  readonly symbol: string;
  readonly purpose: string;
  readonly clientOrderId: string;
  readonly quantity: StoredDecimal;
}
interface StoredFill {
  readonly fillId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly price: StoredDecimal;
  readonly quantity: StoredDecimal;
  readonly fee: StoredDecimal;
  readonly feeCurrency: string;
}

export interface LiveOrder {
  readonly clientOrderId: string;
  readonly intentId: string;
  readonly botId: string;
  readonly symbol: string;
  readonly purpose: string;
  readonly quantity: Exact;
  filled: Exact;
  status: "in-flight" | "unknown" | "open" | "ended";
}

export interface LiveBot {
  readonly name: string;
  readonly symbol: string;
  position: Exact;
  naked: boolean;
  faulted: string | undefined;
}

/** The books of one account at an exchange, as its stored events add up. */
export interface LiveBooks {
  readonly account: string;
  readonly exchange: string;
  readonly balances: Map<string, Exact>;
  readonly bots: Map<string, LiveBot>;
  readonly orders: Map<string, LiveOrder>;
  /** What the desk could not explain by its own orders, one sentence each. */
  readonly unexplained: string[];
  /** Bots that were said to be naked, each time. */
  readonly alarms: string[];
  fills: number;
  lost: number;
  found: number;
  absent: number;
  panicked: boolean;
}

const LIVE = "account:";

/** Adds up the events of every account at an exchange. A second way to the books: none of the desk's own folds and decimals is used. */
export function foldLive(facts: readonly StoredFact[]): LiveBooks[] {
  const found = new Map<string, LiveBooks>();
  const seen = new Set<string>();
  for (const { stream, event } of facts) {
    if (!stream.startsWith(LIVE)) continue;
    if (event.type === "account-opened" && event.exchange !== undefined) found.set(stream, opened(event));
    const books = found.get(stream);
    if (!books) continue;
    if (event.type === "order-filled") {
      const { symbol, fillId } = event.fill as StoredFill;
      const id = `${stream} ${symbol} ${fillId}`;
      if (seen.has(id)) throw new Error(`the fill ${id} is in the books twice`);
      seen.add(id);
    }
    apply(books, event);
  }
  return [...found.values()];
}

function opened(event: StoredFact["event"]): LiveBooks {
  const { $m } = event.balances as { $m: [string, StoredDecimal][] };
  return {
    account: String(event.account),
    exchange: String(event.exchange),
    balances: new Map($m.map(([coin, { $d }]) => [coin, exact($d)])),
    bots: new Map(),
    orders: new Map(),
    unexplained: [],
    alarms: [],
    fills: 0,
    lost: 0,
    found: 0,
    absent: 0,
    panicked: false,
  };
}

function apply(books: LiveBooks, event: StoredFact["event"]): void {
  const bot = books.bots.get(String(event.botId));
  switch (event.type) {
    case "bot-created": {
      const { id, name, symbol } = event.bot as { id: string; name: string; symbol: string };
      books.bots.set(id, { name, symbol, position: NOTHING, naked: false, faulted: undefined });
      return;
    }
    case "bot-faulted":
      if (bot) bot.faulted = String(event.reason);
      return;
    case "position-naked":
      if (bot) bot.naked = true;
      books.alarms.push(bot?.name ?? "?");
      return;
    case "position-protected":
      if (bot) bot.naked = false;
      return;
    case "dust-moved":
      if (bot) move(bot, -exact((event.quantity as StoredDecimal).$d));
      return;
    case "foreign-booked":
      add(books.balances, String(event.coin), exact((event.quantity as StoredDecimal).$d));
      books.unexplained.push(`${(event.quantity as StoredDecimal).$d} ${String(event.coin)} as foreign`);
      return;
    case "claim-reduced":
      if (bot) move(bot, -exact((event.quantity as StoredDecimal).$d));
      books.unexplained.push(`a claim of ${bot?.name} on ${(event.quantity as StoredDecimal).$d} that was gone`);
      return;
    case "orphan-found":
      books.unexplained.push(`the order ${JSON.stringify(event.orphan)}`);
      return;
    case "panic-started":
      books.panicked = true;
      return;
    case "panic-finished":
      books.panicked = false;
      return;
    default:
      applyOrder(books, event);
  }
}

function applyOrder(books: LiveBooks, event: StoredFact["event"]): void {
  if (event.type === "intent") {
    const { intentId, clientOrderId, botId, symbol, purpose, quantity } = event.intent as StoredIntent;
    const order = { intentId, clientOrderId, botId, symbol, purpose, quantity: exact(quantity.$d), filled: NOTHING };
    books.orders.set(clientOrderId, { ...order, status: "in-flight" });
    return;
  }
  if (event.type === "attempt") throw new Error("an intent had a second attempt: the comparison does not know how to judge that");
  if (event.type === "order-filled") return applyFill(books, event);
  const order = books.orders.get(String(event.clientOrderId));
  if (!order || order.status === "ended") return;
  switch (event.type) {
    case "order-accepted":
      if (order.status === "unknown") books.found += 1;
      order.status = "open";
      return;
    case "order-unknown":
      books.lost += 1;
      order.status = "unknown";
      return;
    case "order-expired":
      if (event.absent === true) books.absent += 1;
      order.status = "ended";
      return;
    case "order-rejected":
    case "order-canceled":
      order.status = "ended";
  }
}

function applyFill(books: LiveBooks, event: StoredFact["event"]): void {
  const { clientOrderId, symbol, side, price, quantity, fee, feeCurrency } = event.fill as StoredFill;
  const bot = books.bots.get(String(event.botId));
  const order = books.orders.get(clientOrderId);
  if (!bot || !order) throw new Error(`a fill of ${clientOrderId} belongs to nobody`);
  books.fills += 1;
  const [base = "", rest = ""] = symbol.split("/");
  const [quote = ""] = rest.split(":");
  const [amount, paid] = [exact(quantity.$d), exact(fee.$d)];
  if (order.status === "unknown") books.found += 1;
  order.filled += amount;
  if (order.filled >= order.quantity) order.status = "ended";
  else if (order.status !== "ended") order.status = "open";
  const sign = side === "buy" ? 1n : -1n;
  if (rest.includes(":")) {
    const { realized } = event.after as { realized?: StoredDecimal };
    move(bot, sign * amount);
    add(books.balances, quote, realized === undefined ? -paid : exact(realized.$d));
    return;
  }
  move(bot, sign * amount - (feeCurrency === base ? paid : NOTHING));
  add(books.balances, base, sign * amount);
  add(books.balances, quote, -sign * times(exact(price.$d), amount));
  add(books.balances, feeCurrency, -paid);
}

function move(bot: LiveBot, change: Exact): void {
  bot.position += change;
  if (bot.position === NOTHING) bot.naked = false;
}

function add(balances: Map<string, Exact>, coin: string, change: Exact): void {
  balances.set(coin, (balances.get(coin) ?? NOTHING) + change);
}
