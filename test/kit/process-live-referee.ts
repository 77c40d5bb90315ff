import { plain } from "../../src/domain/money.ts";
import { type Exact, exact, NOTHING, textOf, times } from "../simulation/referee/exact.ts";
import type { LiveBooks, LiveBot, LiveOrder } from "./process-live-books.ts";
import { OURS } from "./process-live-faults.ts";
import type { LiveWorld, PerpetualSeat, SpotSeat, WorldSeat } from "./process-live-world.ts";

/** What an exchange's own books say, in the words of the comparison. */
interface Truth {
  /** Every order that it ever accepted under an id of ours, legs of lists one by one. */
  readonly accepted: readonly { readonly id: string; readonly own: string; readonly open: boolean; readonly symbol: string }[];
  readonly balances: ReadonlyMap<string, Exact>;
  /** What its open protective orders cover, by symbol, in base. */
  readonly covered: ReadonlyMap<string, Exact>;
  /** Open positions by symbol, in base; undefined where coins are held instead. */
  readonly positions: ReadonlyMap<string, Exact> | undefined;
  /** The smallest amount of each symbol that can be sold. */
  lotOf(symbol: string): Exact;
}

/** An exchange's own books of one account, and what was sent in its name. */
type NamedSeat = (Pick<SpotSeat, "kind" | "book" | "door" | "line"> | Pick<PerpetualSeat, "kind" | "book" | "exchange" | "line">) & {
  readonly id: string;
};

/** What the exchange has of one account. */
export function truthOf(seat: NamedSeat): Truth {
  return seat.kind === "spot" ? spotTruth(seat) : perpetualTruth(seat);
}

function spotTruth({ book, door }: Pick<SpotSeat, "book" | "door">): Truth {
  const accepted: Truth["accepted"][number][] = [];
  const covered = new Map<string, Exact>();
  for (const { clientOrderId, open, symbol: id, draft, remaining } of book.orders) {
    const own = OURS.exec(clientOrderId)?.[1];
    if (own === undefined) continue;
    const { base, quote } = door.core.markets.get(id)!.listing;
    const symbol = `${base}/${quote}`;
    accepted.push({ id: clientOrderId, own, open, symbol });
    if (open && draft.type === "STOP_LOSS_LIMIT") covered.set(symbol, (covered.get(symbol) ?? NOTHING) + exact(plain(remaining)));
  }
  const balances = new Map(book.coins.map((coin) => [coin, exact(plain(book.total(coin)))]));
  const lotOf = (symbol: string) => exact(plain(door.core.market(symbol.replace("/", "")).rules.lot));
  return { accepted, balances, covered, positions: undefined, lotOf };
}

function perpetualTruth({ book, exchange }: Pick<PerpetualSeat, "book" | "exchange">): Truth {
  const worth = (instId: string) => exact(plain(exchange.contract(instId)!.contractValue));
  const symbolOf = (instId: string) => `${exchange.contract(instId)!.base}/USDT:USDT`;
  const accepted: Truth["accepted"][number][] = [];
  for (const { clientOrderId, instId, state } of [...book.orders.all(), ...book.tpsl.all(), ...book.algo.all()]) {
    const own = OURS.exec(clientOrderId)?.[1];
    if (own === undefined) continue;
    accepted.push({ id: clientOrderId, own, open: state === "live" || state === "partially_filled", symbol: symbolOf(instId) });
  }
  const positions = new Map<string, Exact>();
  for (const { instId, contracts } of book.positions()) positions.set(symbolOf(instId), times(exact(plain(contracts)), worth(instId)));
  const covered = new Map<string, Exact>();
  for (const { instId, size } of book.tpsl.live()) {
    const symbol = symbolOf(instId);
    const all = positions.get(symbol) ?? NOTHING;
    const amount = size.isNegative() ? (all < NOTHING ? -all : all) : times(exact(plain(size)), worth(instId));
    covered.set(symbol, (covered.get(symbol) ?? NOTHING) + amount);
  }
  const lotOf = (symbol: string) => {
    const { instId, lotSize } = exchange.contracts().find(({ base }) => symbol.startsWith(`${base}/`))!;
    return times(exact(plain(lotSize)), worth(instId));
  };
  return { accepted, balances: new Map([["USDT", exact(plain(book.balance))]]), covered, positions, lotOf };
}

/** What is wrong whatever moment it is: orders that were never durable, intents that were accepted twice, orders that were sent twice. */
export function unsound(world: LiveWorld, books: readonly LiveBooks[]): string[] {
  return world.seats.flatMap((seat) => {
    const own = books.find(({ exchange }) => exchange === seat.id);
    return own ? unsoundAt(seat, own) : [`${seat.id} has no books`];
  });
}

/** The same of one account, under the name of its seat. */
export function unsoundAt(seat: NamedSeat, { orders }: LiveBooks): string[] {
  const faults: string[] = [];
  const ids = new Set<string>();
  const accepted = new Map<string, string>();
  for (const { id, own } of truthOf(seat).accepted) {
    const intentId = orders.get(own)?.intentId;
    if (ids.has(id)) faults.push(`${seat.id} accepted ${id} twice`);
    ids.add(id);
    if (intentId === undefined) faults.push(`${seat.id} accepted ${id}, and no attempt of it is durable`);
    const other = accepted.get(intentId ?? "");
    if (intentId !== undefined && other !== undefined && other !== own)
      faults.push(`${seat.id} accepted ${other} and ${own} of one intent`);
    accepted.set(intentId ?? "", own);
  }
  for (const [id, times] of seat.line.placings) {
    if (times > 1) faults.push(`${id} was sent ${times} times to ${seat.id}`);
    if (!orders.has(id)) faults.push(`${id} was sent to ${seat.id}, and no attempt of it is durable`);
  }
  return faults;
}

/** What is not as it must be at rest: nothing unanswered, books equal to the exchange's, every position covered or said to be naked. */
export function unsettled(world: LiveWorld, books: readonly LiveBooks[]): string[] {
  world.advance();
  return world.seats.flatMap((seat) => {
    const own = books.find(({ exchange }) => exchange === seat.id);
    return own ? unsettledAt(truthOf(seat), own).map((fault) => `${seat.id}: ${fault}`) : [`${seat.id} has no books`];
  });
}

/** Of what is not at rest, the attempts whose answer is missing and that their exchange never took: only their fence has to pass. */
export function unreached(world: LiveWorld, books: readonly LiveBooks[]): string[] {
  return world.seats.flatMap((seat) => {
    const accepted = new Set(truthOf(seat).accepted.map(({ own }) => own));
    const own = books.find(({ exchange }) => exchange === seat.id);
    const lost = [...(own?.orders.values() ?? [])].filter(
      ({ status, clientOrderId }) => status === "unknown" && !accepted.has(clientOrderId),
    );
    return lost.map((order) => `${seat.id}: ${unansweredText(order)}`);
  });
}

function unansweredText({ purpose, clientOrderId, status }: LiveOrder): string {
  return `the ${purpose} ${clientOrderId} is ${status}`;
}

/** The same of one account. */
export function unsettledAt(truth: Truth, books: LiveBooks): string[] {
  const faults: string[] = [];
  for (const order of books.orders.values())
    if (order.status === "unknown" || order.status === "in-flight") faults.push(unansweredText(order));
  for (const coin of new Set([...truth.balances.keys(), ...books.balances.keys()])) {
    const [held, booked] = [truth.balances.get(coin) ?? NOTHING, books.balances.get(coin) ?? NOTHING];
    if (held !== booked) faults.push(`it holds ${textOf(held)} ${coin}, the books say ${textOf(booked)}`);
  }
  for (const bot of books.bots.values()) faults.push(...uncovered(truth, bot));
  for (const [symbol, held] of truth.positions ?? []) {
    const booked = positionsIn(books, symbol);
    if (held !== booked) faults.push(`it holds ${textOf(held)} of ${symbol}, the books say ${textOf(booked)}`);
  }
  for (const { id, own, open } of truth.accepted) {
    const order = books.orders.get(own);
    if (open && (!order || isStray(order, books))) faults.push(`${id} is open, and its bot holds nothing`);
  }
  return faults;
}

function uncovered({ covered, lotOf }: Truth, { name, symbol, position, naked }: LiveBot): string[] {
  const held = position < NOTHING ? -position : position;
  const lot = lotOf(symbol);
  if (held < lot || naked) return [];
  const stop = covered.get(symbol) ?? NOTHING;
  if (stop > held) return [`the stop of ${name} covers ${textOf(stop)} ${symbol}, and it holds ${textOf(held)}`];
  return held - stop < lot ? [] : [`${name} holds ${textOf(held)} ${symbol}, its stop covers ${textOf(stop)}, and nobody was told`];
}

function positionsIn({ bots }: LiveBooks, symbol: string): Exact {
  return [...bots.values()].reduce((sum, bot) => (bot.symbol === symbol ? sum + bot.position : sum), NOTHING);
}

function isStray({ botId }: LiveOrder, { bots }: LiveBooks): boolean {
  return bots.get(botId)?.position === NOTHING;
}

/** What an exchange holds of ours, in words: coins that could be sold, positions, and open orders. */
export function heldAt(seat: WorldSeat): string[] {
  const { balances, positions, accepted, lotOf } = truthOf(seat);
  const open = accepted.flatMap(({ id, open, symbol }) => (open ? [`${id} of ${symbol} is open`] : []));
  if (positions) return [...[...positions].map(([symbol, held]) => `${textOf(held)} of ${symbol}`), ...open];
  const coins = [...balances].filter(([coin, held]) => coin !== "USDT" && held >= lotOf(`${coin}/USDT`));
  return [...coins.map(([coin, held]) => `${textOf(held)} ${coin}`), ...open];
}
