import type { AdviceMode } from "../domain/advice.ts";
import type { AccountState, BotState } from "../domain/books.ts";
import type { BotRules, Protection, SizeCap, Sizing } from "../domain/bot.ts";
import type { BreakerName, BreakerSetting, OpenBreaker } from "../domain/breaker.ts";
import type { Rates } from "../domain/conversion.ts";
import type { DeskState } from "../domain/desk.ts";
import type { DeskEvent, KeyEntry } from "../domain/events.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { RiskScope } from "../domain/limits.ts";
import type { Decimal } from "../domain/money.ts";
import type { Order } from "../domain/order.ts";
import type { Quote } from "../domain/quote.ts";
import type { MarketMs, WallMs } from "../domain/time.ts";
import type { Timeframe } from "../domain/timeframe.ts";
import type { Audit } from "./audit.ts";
import type { BotChanges } from "./bot-changes.ts";
import type { Member } from "./cluster.ts";
import type { ExitFacts } from "./exits.ts";
import type { HealthFacts, MarketFacts } from "./health-facts.ts";
import type { Environment, KeyFacts } from "./live-venue.ts";
import type { MarketReader } from "./market-reader.ts";
import type { PlanFacts } from "./plan.ts";
import type { BreakerFacts, EntryNow, LimitFacts } from "./risk-facts.ts";
import type { RuleAlerts } from "./rule-alerts.ts";
import type { Credentials } from "./vault.ts";
import type { CeilingFacts, DrillStep, MarginFacts, ReconcileFacts } from "./venue-facts.ts";
import type { WhyFacts } from "./why.ts";

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
  /** Where the exchange would close a perpetual position, reckoned on the safe side; undefined where it never would. */
  readonly liquidationPrice?: Decimal | undefined;
  readonly orders: readonly Order[];
  /** Why somebody keeps it from entering: a pause or another lock. */
  readonly locked?: string | undefined;
  /** Average true range in percent of the price at the newest decision, where the bot's size asks for it. */
  readonly atrPct?: number | undefined;
  /** From the price to the nearest stop of an entry at the newest decision, in percent; undefined without a stop, and before its range is known. */
  readonly stopPct?: number | undefined;
  /** What closes the position by itself, as it stands now; empty when flat. */
  readonly exits?: readonly ExitFacts[];
  /** Newest decision in words with the market time of its slot, as "hold: no cross". */
  readonly lastDecision:
    | { readonly slotMs: MarketMs; readonly text: string; readonly values: Readonly<Record<string, number>> }
    | undefined;
}

/** What only the process that runs a bot knows of its size and its stop. */
export type BotRanges = Pick<BotFacts, "atrPct" | "stopPct">;

/** What is known at once where a bot runs in this process, and must be asked for where another one has it. */
export type Soon<T> = T | Promise<T>;

export interface BotLook {
  readonly bot: BotFacts;
  /** Undefined where it holds something or there is no price. */
  readonly entryNow: EntryNow | undefined;
  /** What its position may come to; undefined where one entry opens it. */
  readonly plan: PlanFacts | undefined;
}

export interface AccountFacts {
  readonly state: Readonly<AccountState>;
  /** Cash and coins at the last prices, in the account's currency; undefined while a price is missing. */
  readonly equity: Decimal | undefined;
  /** Quote that working entries may still spend. */
  readonly reserved: Decimal;
  /** What a person should know first, as "one order unanswered since 00:12, checking"; empty when all is well. */
  readonly troubles: readonly string[];
  /** Set for accounts at an exchange. */
  readonly venue: VenueFacts | undefined;
}

export interface VenueFacts {
  readonly exchangeId: string;
  readonly environment: Environment;
  /** Where stops and targets rest, as "stops and targets rest at the venue". */
  readonly protection: string;
  /** Whether a drill has confirmed our assumptions at this exchange since this desk exists. */
  readonly drilled: boolean;
  readonly clockOffsetMs: number | undefined;
  /** Set where perpetual contracts are traded: the most leverage that anything in the account may have. */
  readonly leverageLimit: number | undefined;
}

export interface PriceFacts {
  readonly instrument: Instrument;
  readonly price: Decimal;
  /** Market time at which that price was seen. */
  readonly atMs: MarketMs;
  /** Change over the last 24 hours of market time in percent, where that much history is at hand. */
  readonly change24hPct: number | undefined;
  /** The worst prices at which an entry may fill now that names none; only for accounts at an exchange. */
  readonly worst?: { readonly buy: Decimal; readonly sell: Decimal };
  /** The best bid and ask where the market tells them, of the price's own moment. */
  readonly quote?: Quote;
}

export interface NewBot {
  readonly name: string;
  /** Nobody chose the name: where it is another bot's by then, one with a number behind it is taken. */
  readonly isNameMadeUp?: boolean;
  readonly group: string | undefined;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly strategy: string;
  /** Checked against the strategy's own schema; missing ones take its defaults. */
  readonly params: Readonly<Record<string, number>>;
  /** With the strategy `OWN_RULES`; kept in their canonical text. */
  readonly rules?: BotRules;
  readonly sizing: Sizing;
  readonly sizeMax?: SizeCap;
  readonly protection: Protection;
  /** On perpetual contracts only. */
  readonly leverage?: number;
  readonly advice?: AdviceMode;
}

/** An account at an exchange as a person asks for it. */
export interface NewAccount {
  /** Unique on the desk; letters, digits and dashes. */
  readonly name: string;
  readonly exchangeId: string;
  readonly environment: Environment;
  readonly credentials: Credentials;
  readonly enteredBy: KeyEntry;
  /** The person has typed that they know the key's rights could not be read. */
  readonly acknowledged: boolean;
}

export interface AccountTest {
  readonly rights: KeyFacts;
  readonly clockOffsetMs: number;
  readonly roundTripMs: number;
  readonly balances: ReadonlyMap<string, Decimal>;
  /** What is not as it should be, one sentence each. */
  readonly problems: readonly string[];
}

/** What going live with a bot means, in numbers, before anybody says yes. */
export interface PromotionFacts {
  readonly bot: BotFacts;
  readonly account: AccountFacts;
  readonly newName: string;
  readonly instrument: Instrument;
  /** Smallest order that the venue takes, and the one that the sizing gives now, in quote. */
  readonly smallestNotional: Decimal;
  readonly orderNotional: Decimal;
  /** How that size is come by, before anything cuts it. */
  readonly orderArithmetic?: string;
  /** Fees of one round trip in percent of the target's gain; undefined without a target. */
  readonly feePctOfTarget: number | undefined;
  readonly lossAtStop: Decimal;
  /** Set on perpetual contracts. */
  readonly margin: MarginFacts | undefined;
  readonly dailyLossLimit: Decimal;
  readonly positionCap: Decimal;
  readonly ceiling: CeilingFacts | undefined;
  readonly paper: { readonly days: number; readonly fills: number; readonly netResult: Decimal; readonly market: string };
  /** Why it is refused, one sentence each; empty when it may go on. */
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
}

/** An order by hand on an account at an exchange or on a paper account, with its protection. */
export interface ManualOrder {
  readonly account: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly notional: Decimal;
  /** With a price it fills at that price or better at once, or not at all. */
  readonly price: Decimal | undefined;
  readonly stopPct: number;
  readonly takePct: number | undefined;
  /** On perpetual contracts only. */
  readonly leverage?: number;
}

/** Every breaker of every account: what opens it, what it reads, and whether it is open. */
export interface Breakers {
  all(): readonly BreakerFacts[];
  setting(breaker: BreakerName, scope: RiskScope): BreakerSetting | undefined;
  /** Closes an open one; a drawdown counts from here on, also that of a limit. Throws UserError where there is nothing to reset, or another opening than the one that was looked at. */
  reset(account: string, opening: BreakerOpening, reason: string, caller: Caller): Promise<void>;
}

/** Which opening of a breaker is meant: without `sinceMs` whichever is in force. */
export type BreakerOpening = Pick<OpenBreaker, "breaker" | "scope"> & Partial<Pick<OpenBreaker, "sinceMs">>;

/**
 * The engine as commands see it. Reads come from memory and never wait, but for those that say so. Writes resolve when their effect is durable; a repeated request id has
 * its effect once. Expected refusals are UserErrors in one sentence.
 */
export interface Engine extends MarketReader {
  readonly audit: Audit;
  readonly changes: BotChanges;
  /** All bots that are not deleted, by name. */
  bots(): readonly BotFacts[];
  bot(name: string): BotFacts | undefined;
  /** What the risk door would answer a flat bot that wished to enter now; undefined where it holds something or there is no price. */
  entryNow(name: string): Soon<EntryNow | undefined>;
  /** A bot with all that whoever runs it knows. Throws UserError when there is no such bot. */
  look(name: string): Soon<BotLook>;
  /** The newest decision of a bot with every term and gate. Throws UserError when there is no such bot. */
  why(name: string): Soon<WhyFacts>;
  readonly alerts: RuleAlerts;
  /** The decision in force at an instant of market time, made again from the records and the candles of then; its gates are told for now only. */
  whyAt(name: string, atMs: MarketMs): Promise<WhyFacts>;
  accounts(): readonly AccountFacts[];
  /** The paper account of an owner; undefined before the owner's first bot. */
  accountOf(owner: string): AccountFacts | undefined;
  /** The processes that share this desk, this one among them. Rejects with TransientError when the store does not answer. */
  readonly nodes: () => Promise<readonly Member[]>;
  market(): MarketFacts;
  /**
   * The newest price; undefined when the market does not know the symbol. Rejects with TransientError when a live market does not answer. With an
   * account at an exchange, it is the price there, with the rules and fees of that exchange.
   */
  price(symbol: string, account?: string): Promise<PriceFacts | undefined>;
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
  account(name: string): AccountFacts | undefined;
  /** Checks the key at the exchange, seals it and opens the account. Rejects with UserError in one sentence for a key that may not be taken. */
  connectAccount(wish: NewAccount, caller: Caller): Promise<AccountFacts>;
  testAccount(name: string): Promise<AccountTest>;
  /** Reads orders, fills and balances again and books what is new. */
  reconcileAccount(name: string, caller: Caller): Promise<ReconcileFacts>;
  /** The smallest real order life in a demo account; each step is told as it ends. */
  drillAccount(name: string, caller: Caller, onStep: (step: DrillStep) => void): Promise<readonly DrillStep[]>;
  /** Refused while the account has bots that run or hold something, or unanswered orders. The key is forgotten. */
  removeAccount(name: string, caller: Caller): Promise<void>;
  /** Lets an account enter again after a pause that only a person may end. */
  resumeAccount(name: string, caller: Caller): Promise<void>;
  /** What promoting this paper bot into an account means; changes nothing. */
  promotion(bot: string, account: string, newName: string | undefined): Soon<PromotionFacts>;
  /** Makes the new flat bot beside the paper one and starts it. */
  promoteBot(bot: string, account: string, newName: string | undefined, caller: Caller): Promise<BotFacts>;
  /** A flat bot of its own for one order by hand: risk-checked, protected, stopped when it is closed. */
  enterOrder(order: ManualOrder, caller: Caller): Promise<BotFacts>;
  /** Cancels a working entry by its client order id. Protective orders are not canceled by hand: close the position instead. */
  cancelOrder(clientOrderId: string, caller: Caller): Promise<void>;
  /** The most that live accounts may hold at risk; undefined when this process allows no live trading. */
  ceiling(): CeilingFacts | undefined;
  /** What money of several currencies is counted in, and by which prices. */
  readonly rates: Rates;
  /**
   * The most leverage that anything in an account at an exchange may have; what is held keeps its own. With `from` only while that is still what holds:
   * throws UserError where somebody else has set it meanwhile.
   */
  limitLeverage(account: string, leverage: number, caller: Caller, from?: number): Promise<void>;
  /** Every limit in force, with how much of it is used. */
  limits(): readonly LimitFacts[];
  readonly breakers: Breakers;
  lowerCeiling(amount: Decimal, caller: Caller): Promise<CeilingFacts>;
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
  /** A function is asked for its events once all earlier ones are folded. */
  append(events: readonly DeskEvent[] | (() => readonly DeskEvent[]), requestId?: string): Promise<void>;
}
