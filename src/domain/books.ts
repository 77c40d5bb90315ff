import type { BotSpec, BotStatus, Mode } from "./bot.ts";
import { type BreakerBooks, emptyBreakers } from "./breaker.ts";
import type { Intent, KeyEntry, KeyRights, Orphan, PauseCode } from "./events.ts";
import { type Decimal, ZERO } from "./money.ts";
import type { Order, Purpose } from "./order.ts";
import type { Part } from "./parts.ts";
import { FLAT, isFlat, type Position } from "./position.ts";
import type { Quarantine } from "./quarantine.ts";
import type { Result } from "./result.ts";
import { emptyRecord, type RecentOrder, type RiskRecord } from "./risk-record.ts";
import type { SealedKey } from "./sealed.ts";
import { type MarketMs, marketMs, type WallMs } from "./time.ts";

export interface BotState {
  spec: BotSpec;
  /** What it was before, newest last, as far back as changes can be taken back. */
  earlier?: readonly BotSpec[];
  status: BotStatus;
  statusReason: string;
  deleted: boolean;
  /** Market time of the newest start: only candles that close after it are decided on. */
  startedMs: MarketMs | undefined;
  /** Slot of the newest decision that acted or was denied. */
  actedSlotMs: MarketMs | undefined;
  position: Position;
  /** Sum of all base and quote movements of this bot's fills: the second, independent way to its position and cash. */
  baseEntries: Decimal;
  quoteEntries: Decimal;
  /** Highest price since entry (lowest of a short position), for trailing stops. */
  highest: Decimal | undefined;
  results: Map<number, Result>;
  /** From when to when it held something, one span after the other as [from, to, from, to...], and since when it does now. */
  held: number[];
  heldSinceMs?: MarketMs | undefined;
  /** A real position is to be closed, whatever it takes; `tries` counts the orders that were made for it. */
  exit: ExitWanted | undefined;
  /** Since when, in venue time, a real position has had no confirmed protective order, once the owner was told. */
  naked: { readonly sinceMs: number; readonly reason: string } | undefined;
  /** Since when the last protective order of a real position has ended and no other was accepted. */
  uncoveredSinceMs?: MarketMs | undefined;
  /** Since when, in venue time, a real position is more than its stop covers, and what it was before that. */
  added?: { readonly sinceMs: MarketMs; readonly from: Decimal } | undefined;
  /** The most that was held of the position, which the parts of targets are parts of. */
  heldMost?: Decimal | undefined;
  /** How far from the newest entry its stop by ATR stands, in quote. */
  stopDistance?: Decimal | undefined;
  /** What is held, by part, where the position is built of several; by number. */
  parts?: readonly Part[] | undefined;
  /** What the whole of such a position was sized to when it was begun, in quote. */
  whole?: Decimal | undefined;
  /** When the newest entry filled. */
  enteredMs?: MarketMs | undefined;
  /** Where an open breaker has moved the stop of a real position to; the desk watches it. */
  tightened?: Decimal | undefined;
  risk: RiskRecord;
  /** Closed result at the moment at which the position was opened, or was to be. */
  openedResult: Decimal;
}

export interface ExitWanted {
  readonly purpose: Purpose;
  readonly key: string;
  readonly slotMs: MarketMs;
  readonly reason: string;
  readonly values: Record<string, number>;
  readonly tries: number;
  /** What a target, or a sale of parts, leaves of the position; all of it is to be closed where it is left out. */
  readonly keep?: Decimal | undefined;
  readonly parts?: readonly number[] | undefined;
}

/** What an account at an exchange has beside the books that every account has. */
export interface VenueBooks {
  key: { readonly sealed: SealedKey; readonly enteredBy: KeyEntry; readonly rights: KeyRights; readonly acknowledged: boolean } | undefined;
  paused: { readonly code: PauseCode; readonly reason: string; readonly untilMs: WallMs | undefined } | undefined;
  removed: boolean;
  /** The most leverage that anything here may have; the risk room knows what holds where nobody has said it. */
  leverageLimit?: number;
  /** Since when its books exist: what changed the balance before is in the opening balances. */
  openedMs: MarketMs;
  /** By symbol, up to where the venue's fills are booked. */
  cursors: Map<string, string>;
  /** Orders that have ended, newest last: a fill may come after the word that ended them. */
  closed: Map<string, Order>;
  /** Orders at the exchange that the books do not explain, by the venue's id. */
  orphans: Map<string, Orphan>;
  /** What orders in quarantine have filled, by symbol. */
  quarantine: Map<string, Quarantine>;
  /** Changes of balances already booked, newest last. */
  foreignIds: string[];
  /** What was received for holding perpetual contracts, less what was paid: by symbol, then by quarter of an hour. */
  funding: Map<string, Map<number, Decimal>>;
  /** Coins left over from positions, too few to sell. */
  dust: Map<string, Decimal>;
  /** Protective orders made so far, by bot: numbers their intents. */
  protections: Map<string, number>;
}

/** One account's books: a fold of its stream. Only its writer changes it, by `applyAccountEvent`. */
export interface AccountState {
  account: string;
  owner: string;
  mode: Mode;
  exchange: string | undefined;
  market: string;
  currency: string;
  startBalances: Map<string, Decimal>;
  balances: Map<string, Decimal>;
  bots: Map<string, BotState>;
  /** Orders that are not terminal, by client order id. */
  orders: Map<string, Order>;
  intents: Map<string, Intent>;
  day: { day: string; equity: Decimal } | undefined;
  breakers: BreakerBooks;
  risk: RiskRecord;
  /** Orders of about the last minute, protective ones left out. */
  recentOrders: RecentOrder[];
  venue: VenueBooks;
  panic: { scope: string; reason: string } | undefined;
  requests: string[];
  sequence: number;
  /** Market time of the last step whose outcome is in these books. */
  marketMs: MarketMs;
}

/** Whether a bot has something to look after: it runs, it is stopping, or it holds a position. */
export function isAtWork({ status, position }: Pick<BotState, "status" | "position">): boolean {
  return status === "running" || status === "stopping" || !isFlat(position);
}

/** The books of an account before the first event of its stream. */
export function emptyAccount(): AccountState {
  return {
    account: "",
    owner: "",
    mode: "paper",
    exchange: undefined,
    market: "",
    currency: "",
    startBalances: new Map(),
    balances: new Map(),
    bots: new Map(),
    orders: new Map(),
    intents: new Map(),
    day: undefined,
    breakers: emptyBreakers(),
    risk: emptyRecord(),
    recentOrders: [],
    venue: emptyVenueBooks(),
    panic: undefined,
    requests: [],
    sequence: 0,
    marketMs: marketMs(0),
  };
}

function emptyVenueBooks(): VenueBooks {
  return {
    key: undefined,
    paused: undefined,
    removed: false,
    openedMs: marketMs(0),
    cursors: new Map(),
    closed: new Map(),
    orphans: new Map(),
    quarantine: new Map(),
    foreignIds: [],
    funding: new Map(),
    dust: new Map(),
    protections: new Map(),
  };
}

/** A bot as it is created: flat and waiting for its start. */
export function newBot(spec: BotSpec): BotState {
  return {
    spec,
    status: "created",
    statusReason: "",
    deleted: false,
    startedMs: undefined,
    actedSlotMs: undefined,
    position: FLAT,
    baseEntries: ZERO,
    quoteEntries: ZERO,
    highest: undefined,
    results: new Map(),
    held: [],
    exit: undefined,
    naked: undefined,
    risk: emptyRecord(),
    openedResult: ZERO,
  };
}
