import type { Decimal } from "./money.ts";
import type { WallMs } from "./time.ts";

/** An amount in one currency. What is counted in another one is not compared with it. */
export interface LimitMoney {
  readonly value: Decimal;
  readonly currency: string;
}

/** From a time of day to another in the desk's time zone; the other may be the next morning. */
export interface Session {
  readonly from: string;
  readonly to: string;
}

/** What may be limited. */
export interface LimitValues {
  /** Notional of one position. */
  readonly position: LimitMoney;
  /** Notional of all open positions and working entries together. */
  readonly exposure: LimitMoney;
  /** Open positions, with those that working entries will be. */
  readonly positions: number;
  readonly leverage: number;
  /** Orders within a minute, protective ones left out. */
  readonly orders: number;
  /** Entries since the local day began. */
  readonly entries: number;
  /** Lost since the local day began, in percent of the equity. */
  readonly dailyLossPct: number;
  /** Below the highest result so far, in percent of the equity at that height. */
  readonly drawdownPct: number;
  /** Closed positions in a row that lost. */
  readonly losses: number;
  /** No entry so long after a position was closed with a loss. */
  readonly coolDownMs: number;
  readonly session: Session;
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Distance of bid and ask, in basis points of the price. */
  readonly spreadBps: number;
  /** Traded in the last closed candle of the bot's timeframe, in quote. */
  readonly volume: LimitMoney;
}

export type LimitName = keyof LimitValues;

/** The limits of one level. What is left out is not limited there; every level holds for itself. */
export type Limits = { readonly [N in keyof LimitValues]?: LimitValues[N] };

/** What a limit or a lock is about: `all` (the whole desk), `account:NAME`, `symbol:BTC/USDT` or `bot:ID`. */
export type RiskScope = "all" | `account:${string}` | `symbol:${string}` | `bot:${string}`;
export type LimitLevel = "bot" | "symbol" | "account" | "fleet";

/** What a scope covers: `bot:b1` one bot, `symbol:BTC/USDT` a symbol, `account:play` an account, `all` the fleet. */
export function levelOf(scope: RiskScope): LimitLevel {
  const [kind] = scope.split(":");
  return kind === "bot" || kind === "symbol" || kind === "account" ? kind : "fleet";
}

/** The scopes that concern a bot, the narrowest first. */
export function scopesOf({ id, symbol, account }: { readonly id: string; readonly symbol: string; readonly account: string }): RiskScope[] {
  return [`bot:${id}`, `symbol:${symbol}`, `account:${account}`, "all"];
}

/** Whether a scope is one of those that concern a bot. It is asked for every bot and open breaker each second, so it makes none of them. */
export function isWithin(
  scope: RiskScope,
  { id, symbol, account }: { readonly id: string; readonly symbol: string; readonly account: string },
): boolean {
  const names = (kind: string, name: string): boolean =>
    scope.length === kind.length + name.length && scope.startsWith(kind) && scope.endsWith(name);
  return scope === "all" || names("bot:", id) || names("symbol:", symbol) || names("account:", account);
}

/** Entries denied until a time or until somebody removes it; one for each scope. Exits pass. */
export interface EntryLock {
  readonly scope: RiskScope;
  readonly reason: string;
  readonly by: string;
  readonly untilMs: WallMs | undefined;
  /** Set by `bot pause`: starting the bot ends it, as nobody meant more than this bot. */
  readonly isPause?: true;
}

/** The lock that holds for one of these scopes at an instant, the longest first. */
export function lockOn(locks: Iterable<EntryLock>, scopes: readonly RiskScope[], nowMs: number): EntryLock | undefined {
  let found: EntryLock | undefined;
  for (const lock of locks) {
    if (!scopes.includes(lock.scope) || (lock.untilMs !== undefined && lock.untilMs <= nowMs)) continue;
    if (!found || (found.untilMs !== undefined && (lock.untilMs === undefined || lock.untilMs > found.untilMs))) found = lock;
  }
  return found;
}
