import type { AccountState, BotState } from "../domain/books.ts";
import type { Protection, Sizing } from "../domain/bot.ts";
import type { DeskState } from "../domain/desk.ts";
import type { AccountEvent, DeskEvent, Recorded } from "../domain/events.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Decimal } from "../domain/money.ts";
import type { Order } from "../domain/order.ts";
import type { MarketMs, WallMs } from "../domain/time.ts";
import type { Timeframe } from "../domain/timeframe.ts";

/** Who asks, and by which chat request: an effect carries the request's id, so that a repeat finds it. */
export interface Caller {
  readonly requestId: string;
  readonly user: string;
}

/** A bot with what memory knows of it now. */
export interface BotFacts {
  readonly state: Readonly<BotState>;
  readonly account: string;
  /** Last price of its symbol, if one was seen. */
  readonly price: Decimal | undefined;
  /** Result of the open position in quote at that price, before the fee of selling; zero when flat. */
  readonly unrealized: Decimal | undefined;
  readonly orders: readonly Order[];
  /** Newest decision in words with the market time of its slot, as "hold: no cross". */
  readonly lastDecision:
    | { readonly slotMs: MarketMs; readonly text: string; readonly values: Readonly<Record<string, number>> }
    | undefined;
}

export interface AccountFacts {
  readonly state: Readonly<AccountState>;
  /** Cash and coins at the last prices, in the account's currency; undefined while a price is missing. */
  readonly equity: Decimal | undefined;
  /** Quote that working entries may still spend. */
  readonly reserved: Decimal;
}

export interface PriceFacts {
  readonly instrument: Instrument;
  readonly price: Decimal;
  /** Market time at which that price was seen. */
  readonly atMs: MarketMs;
  /** Change over the last 24 hours of market time in percent, where that much history is at hand. */
  readonly change24hPct: number | undefined;
}

export interface MarketFacts {
  readonly key: string;
  readonly label: string;
  readonly pace: "stepped" | "live";
  /** As `60`, `max` or `script`. */
  readonly speed: string;
  readonly assumptions: readonly string[];
  readonly symbols: readonly string[];
  readonly atMs: MarketMs;
  readonly ended: boolean;
}

export interface HealthFacts {
  readonly beatAgeMs: number | undefined;
  readonly storeAgeMs: number | undefined;
  readonly watchAgeMs: number | undefined;
  readonly uptimeMs: number;
  readonly residentBytes: number;
  readonly bots: Readonly<Record<string, number>>;
  readonly unknownOrders: number;
  readonly problems: readonly string[];
}

export interface NewBot {
  readonly name: string;
  readonly group: string | undefined;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly strategy: string;
  /** Checked against the strategy's own schema; missing ones take its defaults. */
  readonly params: Readonly<Record<string, number>>;
  readonly sizing: Sizing;
  readonly protection: Protection;
}

/**
 * The engine as commands see it. Reads come from memory and never wait. Writes resolve when their effect is durable; a repeated request id has
 * its effect once. Expected refusals are UserErrors in one sentence.
 */
export interface Engine {
  /** All bots that are not deleted, by name. */
  bots(): readonly BotFacts[];
  bot(name: string): BotFacts | undefined;
  accounts(): readonly AccountFacts[];
  /** The paper account of an owner; undefined before the owner's first bot. */
  accountOf(owner: string): AccountFacts | undefined;
  market(): MarketFacts;
  /** The newest price; undefined when the market does not know the symbol. Rejects with TransientError when a live market does not answer. */
  price(symbol: string): Promise<PriceFacts | undefined>;
  health(): HealthFacts;

  /** Makes a bot in the caller's own paper account (opened on first use). */
  createBot(wish: NewBot, caller: Caller): Promise<BotFacts>;
  startBot(name: string, caller: Caller): Promise<BotFacts>;
  /** Opens nothing more, cancels entries; the position keeps its protection unless `close`. */
  stopBot(name: string, close: boolean, caller: Caller): Promise<BotFacts>;
  /** Refused while a position or an unanswered order exists. */
  deleteBot(name: string, caller: Caller): Promise<void>;
  /** Sells a bot's whole position at market; the fill comes as an alert. */
  closePosition(name: string, caller: Caller): Promise<BotFacts>;
  /** Denies new entries on the whole desk until resumed or until a wall time. Exits, stops and cancels go on. */
  halt(reason: string, untilMs: WallMs | undefined, caller: Caller): Promise<void>;
  resume(caller: Caller): Promise<void>;
  /** Halts, cancels entries and sells every position of the desk. Resolves when the halt is durable; progress comes through `onProgress` and the end as an alert. */
  panic(reason: string, caller: Caller): Promise<PanicFacts>;
  /** Moves a scripted market forward by a span of market time, or to its end. Only with `MARKET_SPEED=script`. */
  moveMarket(span: { readonly forMs: number } | "end"): Promise<MarketFacts>;
}

export interface PanicFacts {
  readonly canceledEntries: number;
  /** Positions that are being sold, one sentence each. */
  readonly closing: readonly string[];
}

/** The desk's own stream: people, channels, audit. Appends are serial and durable when they resolve. */
export interface DeskLedger {
  readonly state: Readonly<DeskState>;
  append(events: readonly DeskEvent[], requestId?: string): Promise<void>;
}

/** Read access to all streams, for delivery: what is durable, in order, and word of what comes. */
export interface Streams {
  names(): readonly string[];
  /** Durable events of a stream after a sequence, at most `limit`. */
  since(stream: string, afterSequence: number, limit: number): Promise<readonly Recorded<AccountEvent | DeskEvent>[]>;
  lastSequence(stream: string): number;
  /** Calls back after each durable append with the stream's name; returns the way to stop. */
  onAppend(listener: (stream: string) => void): () => void;
}

/** Work that falls due at instants of market time, such as digests. The engine calls it when the market has reached `dueMs`, with every account at that instant. */
export interface Scheduled {
  /** The next due instant; Infinity when nothing is. Asked after every step, so it must be cheap. */
  dueMs(): number;
  run(at: MarketMs): Promise<void>;
}
