import type { AdviceUse } from "./advice.ts";
import type { SeenAnomaly } from "./anomaly.ts";
import type { BacktestRecord } from "./backtest.ts";
import type { BotSpec, Mode } from "./bot.ts";
import type { BreakerEvent, DeskBreakerEvent } from "./breaker-events.ts";
import type { Conversion } from "./conversion.ts";
import type { Digest, DigestPeriod } from "./digest.ts";
import type { FillOutcome } from "./fill-outcome.ts";
import type { EntryLock, Limits, RiskScope } from "./limits.ts";
import type { Decimal } from "./money.ts";
import type { OrderType, Purpose, Side } from "./order.ts";
import type { Part } from "./parts.ts";
import type { Fill } from "./position.ts";
import type { RuleAlertEvent } from "./rule-alerts.ts";
import type { SealedKey } from "./sealed.ts";
import type { MarketMs, WallMs } from "./time.ts";

/** Facts of one account's stream. The union is closed: an unknown type or version refuses to start. */
export type AccountEvent =
  /**
   * `currency` is the one that the account is valued in; the first of the balances where it is not said. `venueMs` is the exchange's own time of the
   * balances: what it lists of before is in them.
   */
  | {
      type: "account-opened";
      account: string;
      owner: string;
      mode: Mode;
      market: string;
      balances: Map<string, Decimal>;
      exchange?: string;
      currency?: string;
      venueMs?: number;
    }
  /** The account's key, sealed, with what the exchange told of its rights. A later one replaces it. */
  | { type: "key-set"; sealed: SealedKey; enteredBy: KeyEntry; rights: KeyRights; acknowledged: boolean }
  | { type: "key-rewrapped"; sealed: SealedKey }
  /** The account sends no entries until it is resumed, by its rule or by a person. */
  | {
      type: "account-paused";
      code: PauseCode;
      reason: string;
      untilMs: WallMs | undefined;
      /** Names of the bots that hold something then; not known where it is left out. */
      holding?: string[];
    }
  | { type: "account-resumed"; reason: string }
  | { type: "account-removed"; reason: string }
  /** The most leverage that anything in the account may have. */
  | { type: "leverage-limited"; leverage: number; by: string }
  | { type: "day-started"; day: string; equity: Decimal }
  | { type: "bot-created"; bot: BotSpec }
  /** What the bot is from now on. `undo`: the newest change is taken back, and the one before it is the next to be. */
  | { type: "bot-changed"; botId: string; spec: BotSpec; by: string; undo?: true }
  | { type: "bot-started"; botId: string }
  | { type: "bot-stopped"; botId: string; closing: boolean; reason: string }
  | { type: "bot-faulted"; botId: string; reason: string }
  | { type: "bot-deleted"; botId: string }
  | {
      type: "wish-denied";
      botId: string;
      slotMs: MarketMs;
      wish: "enter" | "exit";
      reason: string;
      code: string;
      because: string;
      values: Record<string, number>;
      /** Set where the bot asks for advice and the risk door had allowed the entry. */
      advice?: AdviceUse;
      /** By which prices money of several currencies was counted, where it was. */
      conversions?: readonly Conversion[];
    }
  | { type: "intent"; intent: Intent }
  | { type: "attempt"; intentId: string; clientOrderId: string; attempt: number }
  /** `found`: its answer had been lost. */
  | {
      type: "order-accepted";
      clientOrderId: string;
      venueOrderId: string;
      venueOrderIds?: string[];
      found?: { readonly botId: string };
    }
  /** `cause`: what kind of rejection it is, where the venue's own words were understood. `again`: the try before it was refused for the same. */
  | {
      type: "order-rejected";
      botId: string;
      clientOrderId: string;
      code: string;
      reason: string;
      cause?: string;
      purpose?: Purpose;
      again?: true;
    }
  | { type: "order-unknown"; botId: string; clientOrderId: string; reason: string }
  | { type: "order-filled"; fill: Fill; botId: string; purpose: Purpose; reason: string; after: FillOutcome }
  | { type: "order-canceled"; botId: string; clientOrderId: string; reason: string }
  /** `absent`: its answer had been lost, and it is proven that it never reached the venue. */
  | { type: "order-expired"; botId: string; clientOrderId: string; reason: string; absent?: true }
  | { type: "trail-moved"; botId: string; highest: Decimal }
  | BreakerEvent
  /** A real position is to be closed, whatever it takes; ends when it is flat. */
  | {
      type: "exit-wanted";
      botId: string;
      purpose: Purpose;
      key: string;
      slotMs: MarketMs;
      reason: string;
      values: Record<string, number>;
      /** What a target, or a sale of parts, leaves of the position. */
      keep?: Decimal;
      /** With a sale of parts of a position that is built of several: their numbers. */
      parts?: readonly number[];
    }
  /** Everything that the venue lists up to this cursor is booked. */
  | { type: "fills-synced"; symbol: string; cursor: string }
  /** A real position has no protective order that the venue confirmed: since when, in venue time. */
  | { type: "position-naked"; botId: string; sinceMs: number; reason: string }
  | { type: "position-protected"; botId: string; nakedForMs: number }
  /** What is too small to sell leaves the bot and stays in the account; a negative quantity goes the other way, to be sold with a position. */
  | { type: "dust-moved"; botId: string; coin: string; quantity: Decimal }
  /** A change of the balance that no order of ours made. */
  | {
      type: "foreign-booked";
      coin: string;
      quantity: Decimal;
      entryId: string;
      reason: string;
      /** Set where it is the price of holding a perpetual contract. */
      funding?: { readonly symbol: string; readonly atMs: number };
    }
  /** Coins that a bot claims are gone: sold or moved by hand at the exchange. */
  | { type: "claim-reduced"; botId: string; quantity: Decimal; price: Decimal | undefined; reason: string }
  /** An order at the exchange that no durable intent explains: with our prefix it is quarantined, otherwise it is the person's. */
  | { type: "orphan-found"; orphan: Orphan }
  /** A fill of an order in quarantine: booked apart from every bot. */
  | { type: "quarantine-filled"; fill: Fill }
  | { type: "orphan-settled"; symbol: string; venueOrderId: string; outcome: string }
  | { type: "panic-started"; scope: string; reason: string }
  /** A panic at an exchange has not ended yet: what is still held, where its stop rests, and what a person can do. */
  | { type: "panic-stalled"; scope: string; remainder: string[] }
  | { type: "panic-finished"; scope: string; remainder: string[] };

/** A sized wish with its reason and the values it was decided on. `attempt` is the first; it is durable before the venue can see it. */
export interface Intent {
  readonly intentId: string;
  readonly botId: string;
  readonly slotMs: MarketMs;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly purpose: Purpose;
  readonly quantity: Decimal;
  readonly price?: Decimal;
  /** A limit order that fills at once or expires. */
  readonly immediate?: true;
  /** A protective order's target beside its trigger, and the worst price of its triggered stop. */
  readonly takePrice?: Decimal;
  readonly stopLimitPrice?: Decimal;
  /** With an entry: how far from it a stop by ATR stands, in quote. */
  readonly stopDistance?: Decimal;
  /** Which parts it buys or sells of a position that is built of several; with its first entry, what the whole was sized to, in quote. */
  readonly parts?: readonly Part[];
  readonly whole?: Decimal;
  /** With an entry of a bot that asks for advice: what it made of it. */
  readonly advice?: AdviceUse;
  /** With an entry: by which prices money of several currencies was counted to allow it, where it was. */
  readonly conversions?: readonly Conversion[];
  readonly reason: string;
  readonly values: Record<string, number>;
  readonly clientOrderId: string;
}

/** How a key came in: out of band, or through a chat that has seen it. */
export type KeyEntry = "terminal" | "page" | "discord" | "telegram" | "api";

/** What the exchange told of a key; undefined where it does not tell. */
export interface KeyRights {
  readonly mayOrder: boolean | undefined;
  readonly withdraw: boolean | undefined;
  readonly transfer: boolean | undefined;
  readonly addressRestricted: boolean | undefined;
}

export type PauseCode = "key" | "venue" | "symbol" | "clock" | "mode" | "late-appearance" | "ledger" | "hand";

/** An order at the exchange that the books do not explain. */
export interface Orphan {
  readonly venueOrderId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Decimal;
  /** `quarantined` carries our prefix; `foreign` is the person's and never touched. */
  readonly kind: "quarantined" | "foreign";
  readonly seenMs: number;
}

export type Role = "viewer" | "operator" | "trader" | "admin";

/** Kinds of alerts that a channel may subscribe to. */
export const ALERT_KINDS = ["critical", "fills", "bots", "system"] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** Facts of the desk stream: people, roles, channels, bots' owners, halts, starts and stops. */
export type DeskEvent =
  /** `heads`: where the chains of the other streams stood, so that records which are taken from their end are missed. */
  | { type: "desk-started"; version: string; safe: boolean; crash: CrashReport | undefined; heads?: readonly ChainHead[] }
  /** `unwatched`: bots whose positions nobody watches until the next start; none where market time stands still meanwhile. */
  | { type: "desk-stopped"; reason: string; unwatched: string[]; heads?: readonly ChainHead[] }
  /** Prices are too old to watch what these bots hold or have ordered. Not repeated for a bot until `watch-sees`. */
  | { type: "watch-blind"; sinceMs: WallMs; bots: string[] }
  /** Prices are back: for these bots, or for all that lacked them. */
  | { type: "watch-sees"; forMs: number; bots?: string[] }
  /** A process that shares the desk is gone: its time was over, and it gave nothing back of these accounts. */
  | { type: "process-gone"; process: string; host: string; accounts: number }
  /** No process has had these accounts for a while, though something runs or is held in them. Not repeated until `accounts-placed`. */
  | { type: "accounts-unplaced"; sinceMs: WallMs; accounts: string[] }
  | { type: "accounts-placed"; forMs: number }
  | { type: "desk-claimed"; user: string; place: string }
  | { type: "access-granted"; user: string; role: Role; scope: string; by: string }
  | { type: "access-revoked"; user: string; scope: string; by: string }
  /** `count`: so many of that user within ten minutes, where not each of them is written. */
  | { type: "access-denied"; user: string; place: string; path: string; count?: number }
  | { type: "channel-subscribed"; place: string; kinds: AlertKind[]; by: string }
  | { type: "channel-unsubscribed"; place: string; by: string }
  /** Daily where no period is said. */
  | { type: "channel-digest-set"; place: string; at: string | undefined; timeZone: string; by: string; period?: DigestPeriod }
  | { type: "channel-quiet-set"; place: string; hours: { from: string; to: string } | undefined; timeZone: string; by: string }
  /** `day`: the one that it is of, or the first of its period. */
  | { type: "digest-due"; place: string; day: string; digest: Digest; period?: DigestPeriod }
  | { type: "account-registered"; account: string; owner: string; exchange?: string; environment?: "demo" | "live" }
  | { type: "account-unregistered"; account: string }
  /** An exchange sends our address away until then. */
  | { type: "venue-banned"; exchange: string; untilMs: WallMs; reason: string }
  /** The most that the desk may hold at risk; never above the process setting. */
  | { type: "ceiling-lowered"; amount: Decimal; by: string }
  /** The limits at one level from now on, all of them; none lifts them. */
  | { type: "limits-set"; scope: RiskScope; limits: Limits; by: string }
  | DeskBreakerEvent
  /** Entries are denied until then or until somebody allows them again. */
  | { type: "entries-locked"; lock: EntryLock }
  | { type: "entries-unlocked"; scope: RiskScope; by: string }
  /** The smallest real order life was run at an exchange. */
  | { type: "drill-done"; exchange: string; account: string; confirmed: number; refuted: number }
  | { type: "backtest-done"; record: BacktestRecord }
  | RuleAlertEvent
  | { type: "factor-enrolled"; user: string; sealed: SealedKey }
  | { type: "user-linked"; user: string; to: string; by: string }
  /** Ends a person's rights and pending confirmations at once; their bots stay protected. */
  | { type: "access-locked"; user: string; by: string }
  | { type: "access-unlocked"; user: string; by: string }
  /** A program may ask in a person's name, with at most that role; only the hash of its token is kept. */
  | { type: "token-made"; name: string; user: string; role: Role; hash: string; expiresMs: WallMs; by: string }
  | { type: "token-revoked"; name: string; by: string }
  | { type: "bot-registered"; botId: string; name: string; group: string | undefined; owner: string; account: string }
  | { type: "bot-unregistered"; botId: string }
  | { type: "halted"; reason: string; untilMs: WallMs | undefined; by: string; panic: boolean }
  | { type: "resumed"; reason: string; by: string }
  | { type: "platform-failed"; platform: string; reason: string }
  /** The AI service gives no advice that can be used: entries are what they are without it. Not repeated until it is back. */
  | { type: "advice-lost"; reason: string }
  | { type: "advice-back" }
  /** Something is far from what is usual. Nothing that trades reads it. */
  | { type: "anomaly-seen"; anomaly: SeenAnomaly }
  | { type: "command-done"; path: string; args: Record<string, string>; user: string; place: string; result: string };

/** The newest link of a stream as somebody wrote it down. */
export interface ChainHead {
  readonly stream: string;
  readonly sequence: number;
  readonly link: string;
}

/** What start-up found out about the run before this one, when that run did not end by itself. */
export interface CrashReport {
  readonly cause: string;
  readonly awayMs: number;
  readonly crashesInWindow: number;
}

/** An event with its place in the stream and its two times. `requestId` names the chat request that caused it. */
export interface Recorded<E> {
  readonly sequence: number;
  readonly wallMs: WallMs;
  readonly marketMs: MarketMs;
  readonly requestId: string | undefined;
  readonly event: E;
}
